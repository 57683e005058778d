import type { ListenErrorCode } from "../../../base/errors.ts";
import { formatHostPort } from "../../../model/address.ts";
import type { AppConfig } from "../../../model/config.ts";
import { ListenClaims } from "../../listen/listen_claims.ts";
import { hasNames, isName, keyOf, listenKeys } from "./listen_keys.ts";
import type { ListenName } from "./listen_names.ts";

/** One address to bind; the port is that of its {@link ListenEntry}. */
export interface PlannedListener {
  /** Identity of the listener over rollouts and its label. */
  readonly key: string;
  readonly ip: string;
}

/** What one listen address of the config stands for. */
export interface ListenEntry {
  /** As `listenKeys` has it. */
  readonly configured: string;
  /** 0 where the system is to choose one for all of the listeners. */
  readonly port: number;
  readonly listeners: readonly PlannedListener[];
}

/** What cannot be listened on for now. */
export interface ListenProblem {
  /** Key of the listener; of a name without an address the configured one. */
  readonly listener: string;
  readonly configured: string;
  /** For people; empty where the name has none. */
  readonly address: string;
  readonly code: ListenErrorCode;
  readonly message: string;
}

/** Where an app is to listen. */
export interface AppListening {
  readonly entries: readonly ListenEntry[];
  readonly problems: readonly ListenProblem[];
}

/** Where the apps are to listen that have names among their addresses, or lose one to such an app; no others. */
export type ListenPlan = ReadonlyMap<string, AppListening>;

/** An address that an app would like to have. */
interface Wish extends PlannedListener {
  readonly app: AppConfig;
  readonly configured: string;
  readonly port: number;
  readonly isOfName: boolean;
}

/** Where each app without names listens as long as nobody else has it. */
const literalByApp = new WeakMap<AppConfig, AppListening>();

/** Where an app listens whose addresses are all literals, none of them taken by another. */
export function literalListening(app: AppConfig): AppListening {
  const known = literalByApp.get(app);
  if (known !== undefined) return known;
  const keys = listenKeys(app);
  const entries = app.ports.map(({ host, port }, index) => {
    const key = keys[index] ?? "";
    return { configured: key, port, listeners: [{ key, ip: host }] };
  });
  const listening = { entries, problems: [] };
  literalByApp.set(app, listening);
  return listening;
}

/**
 * Works out where the apps listen. Of two apps that want the same address the one has it that has it now; then one that
 * says so goes before one of whose name it is a result; then the order of the config counts.
 * @param nameOf what names are, by `listenKeys`.
 * @param holders apps by key of the listeners that they have now; only called where there are names.
 */
export function planListening(
  apps: readonly AppConfig[],
  nameOf: (key: string) => ListenName,
  holders: () => ReadonlyMap<string, string>,
): ListenPlan {
  if (!apps.some(hasNames)) return new Map();
  const wishes = apps.flatMap((app) => wishesOf(app, nameOf));
  const held = holders();
  const rank = ({ key, app, isOfName }: Wish): number => held.get(key) === app.name ? 0 : isOfName ? 2 : 1;
  const claims = new ListenClaims<Wish>();
  const losers = new Map<Wish, Wish>();
  for (const wish of wishes.toSorted((a, b) => rank(a) - rank(b))) {
    const winner = claims.claim({ host: wish.ip, port: wish.port }, wish);
    if (winner !== undefined) losers.set(wish, winner);
  }
  const byApp = Map.groupBy(wishes, ({ app }) => app);
  return new Map(
    apps.filter((app) => hasNames(app) || byApp.get(app)?.some((wish) => losers.has(wish))).map((app) => [
      app.name,
      listeningOf(app, byApp.get(app) ?? [], nameOf, losers),
    ]),
  );
}

function wishesOf(app: AppConfig, nameOf: (key: string) => ListenName): Wish[] {
  const keys = listenKeys(app);
  return app.ports.flatMap(({ host, port }, index) => {
    const configured = keys[index] ?? "";
    const isOfName = isName(host);
    return (isOfName ? nameOf(configured).ips : [host]).map((ip) => (
      { key: keyOf(ip, port, app.name, index), ip, app, configured, port, isOfName }
    ));
  });
}

function listeningOf(
  app: AppConfig,
  wishes: readonly Wish[],
  nameOf: (key: string) => ListenName,
  losers: ReadonlyMap<Wish, Wish>,
): AppListening {
  const keys = listenKeys(app);
  const entries = app.ports.map(({ port }, index): ListenEntry => {
    const configured = keys[index] ?? "";
    const own = wishes.filter((wish) => wish.configured === configured && !losers.has(wish));
    return { configured, port, listeners: own.map(({ key, ip }) => ({ key, ip })) };
  });
  const unresolved = app.ports.flatMap(({ host }, index): ListenProblem[] => {
    const configured = keys[index] ?? "";
    const failure = isName(host) ? nameOf(configured).failure : null;
    return failure === null ? [] : [{ listener: configured, configured, address: "", ...failure }];
  });
  const lost = wishes.flatMap((wish) => {
    const winner = losers.get(wish);
    // What the app listens on already, by another of its addresses, it has.
    return winner === undefined || winner.app === app ? [] : [lostProblem(wish, winner)];
  });
  return {
    entries: entries.filter(({ listeners }) => listeners.length > 0),
    problems: [...unresolved, ...lost],
  };
}

function lostProblem({ key, configured, ip, port }: Wish, winner: Wish): ListenProblem {
  const address = formatHostPort(ip, port);
  const as = winner.configured === address ? "" : ` (as ${winner.configured})`;
  return {
    listener: key,
    configured,
    address,
    code: "claimed",
    message: `Cannot listen on ${address}: app "${winner.app.name}" listens there${as}`,
  };
}
