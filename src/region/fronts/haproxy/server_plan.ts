import type { HaproxyServer } from "./server_table.ts";

/** A server as it should be. */
export interface WantedServer {
  readonly name: string;
  /** As HAProxy reads it. */
  readonly address: string;
  readonly weight: number;
}

/** What is to be done with the servers of a backend. */
export interface ServerPlan {
  readonly add: readonly WantedServer[];
  /** Those whose health checks are to be switched on. */
  readonly check: readonly string[];
  readonly reweigh: readonly WantedServer[];
  /** Those that are to get connections (again). */
  readonly enable: readonly string[];
  readonly drain: readonly string[];
  /** Those that get no new connections, and go when their sessions are over. */
  readonly leaving: readonly HaproxyServer[];
}

/**
 * Compares the servers of a backend with the wanted ones.
 * @param prefix that names of servers begin with which are this program's to change; others are left alone.
 */
export function planServers(
  present: readonly HaproxyServer[],
  wanted: readonly WantedServer[],
  prefix: string,
): ServerPlan {
  const there = new Map(present.map((server) => [server.name, server]));
  const names = new Set(wanted.map(({ name }) => name));
  const kept = wanted.flatMap((server) => {
    const found = there.get(server.name);
    return found === undefined ? [] : [{ server, found }];
  });
  const foreign = present.filter(({ name }) => name.startsWith(prefix) && !names.has(name));
  const isOut = (server: HaproxyServer): boolean => server.isDrained || server.isInMaintenance;
  return {
    add: wanted.filter(({ name }) => !there.has(name)),
    check: kept.filter(({ found }) => found.hasIdleCheck).map(({ server }) => server.name),
    reweigh: kept.filter(({ server, found }) => server.weight !== found.weight).map(({ server }) => server),
    enable: kept.filter(({ found }) => isOut(found)).map(({ server }) => server.name),
    drain: foreign.filter((server) => !isOut(server)).map(({ name }) => name),
    leaving: foreign.filter(isOut),
  };
}
