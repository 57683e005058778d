import { isIP } from "node:net";
import { resolve } from "node:path";
import * as z from "zod";
import { formatHostPort } from "../../model/address.ts";
import { reading } from "../../model/config_values.ts";
import { parseTargetAddress } from "../../model/host_port.ts";
import {
  appName,
  COMMON_SETTINGS,
  type DriverKind,
  type DriverParts,
  type FrontDriver,
  FrontError,
  type FrontReplica,
  type FrontReplicas,
} from "./driver.ts";
import { type RuntimeAddress, RuntimeApi } from "./haproxy/runtime_api.ts";
import { planServers, type WantedServer } from "./haproxy/server_plan.ts";
import { busyServers, type HaproxyServer, readServers } from "./haproxy/server_table.ts";

/** Names of servers and backends, as HAProxy takes them. */
const HAPROXY_NAME = /^[\w.:-]{1,63}$/;
const SOCKET_FORMS =
  'expected the path of a `stats socket`, with a slash in it, or its address such as "127.0.0.1:9999"';
const OPTIONS = /^[\x20-\x3a\x3c-\x5b\x5d-\x7e]{0,1000}$/;
/** What the driver says itself, and what would give a server connections behind its back. */
const OWN_OPTIONS = ["agent-check", "disabled", "enabled", "id", "weight"];

const settings = z.strictObject({
  type: z.literal("haproxy"),
  ...COMMON_SETTINGS,
  socket: z.string({ error: SOCKET_FORMS }).transform(reading(parseSocket)),
  backends: z.record(appName, z.string().regex(HAPROXY_NAME, { error: "expected the name of a backend" }))
    .refine((backends) => Object.keys(backends).length > 0, {
      error: "expected apps and their backends, such as { web: be_web }",
    })
    .refine((backends) => new Set(Object.values(backends)).size === Object.keys(backends).length, {
      error: "two apps cannot share a backend",
    }),
  server_options: z.string().regex(OPTIONS, { error: "expected one line without `;` and backslashes" })
    .refine((text) => !text.split(" ").some((word) => OWN_OPTIONS.includes(word)), {
      error: `must have none of ${OWN_OPTIONS.join(", ")}`,
    }).prefault("check inter 1s"),
  server_prefix: z.string().regex(HAPROXY_NAME, { error: "expected letters, digits and .:-_" })
    .prefault("fproxy-"),
});

type Settings = z.output<typeof settings>;

/** HAProxy, 2.5 or newer, whose servers are added and taken away through its runtime API. */
export const haproxyFronts: DriverKind<typeof settings> = {
  type: "haproxy",
  settings,
  // A HAProxy that was started anew has none of the servers.
  checkMs: 1_000,
  appsOf: ({ backends }) => Object.keys(backends),
  open: (own, parts) => new HaproxyFront(own, parts),
};

/** @throws {RangeError} where it is neither. */
function parseSocket(text: string): RuntimeAddress {
  if (text.includes("/")) return { path: text };
  try {
    return parseTargetAddress(text);
  } catch {
    throw new RangeError(`"${text}" cannot be used: ${SOCKET_FORMS}`);
  }
}

class HaproxyFront implements FrontDriver {
  readonly #api: RuntimeApi;
  /** What HAProxy did not take at this call. */
  #refusals: string[] = [];

  constructor(private readonly own: Settings, { clock, folder }: DriverParts) {
    const { socket } = own;
    this.#api = new RuntimeApi("path" in socket ? { path: resolve(folder, socket.path) } : socket, clock);
  }

  async apply(replicas: FrontReplicas): Promise<number> {
    this.#refusals = [];
    for (const [app, backend] of Object.entries(this.own.backends)) {
      await this.#applyTo(backend, this.#wantedOf(replicas.get(app) ?? []));
    }
    const [first, ...others] = this.#refusals;
    if (first === undefined) return 0;
    throw new FrontError(others.length === 0 ? first : `${first} (and ${others.length} more)`);
  }

  #wantedOf(replicas: readonly FrontReplica[]): WantedServer[] {
    return replicas.flatMap(({ node, address, port, weight }) => {
      if (isIP(address) === 0) {
        this.#refusals.push(
          `node ${node} has the address "${address}", and HAProxy takes IP addresses only for servers that are added while it runs`,
        );
        return [];
      }
      // A replica with another address is another server: so its sessions are told from those of the one before.
      const name = `${this.own.server_prefix}${node}-${address}:${port}`;
      return [{ name, address: formatHostPort(address, port), weight }];
    });
  }

  /** What comes is there before anything goes, and one that cannot come keeps none from going. */
  async #applyTo(backend: string, wanted: readonly WantedServer[]): Promise<void> {
    const { server_prefix: prefix, server_options: options } = this.own;
    let present = await this.#servers(backend);
    if (present === null) return;
    const { add } = planServers(present, wanted, prefix);
    for (const { name, address, weight } of add) {
      const added = `add server ${backend}/${name} ${address} weight ${weight} ${options}`.trimEnd();
      await this.#do(added, /^New server registered/);
    }
    if (add.length > 0) present = await this.#servers(backend) ?? present;
    const { check, reweigh, enable, drain, leaving } = planServers(present, wanted, prefix);
    for (const name of check) await this.#do(`enable health ${backend}/${name}`);
    for (const { name, weight } of reweigh) {
      await this.#do(`set server ${backend}/${name} weight ${weight}`);
    }
    for (const name of enable) {
      await this.#do(`set server ${backend}/${name} state ready`);
      // It may have failed checks while it was drained. Its node says that it serves, and checks go on.
      await this.#do(`set server ${backend}/${name} health up`);
    }
    for (const name of drain) await this.#do(`set server ${backend}/${name} state drain`);
    await this.#remove(backend, leaving);
  }

  /** Takes out servers whose sessions are over; the others have another chance at the next call. */
  async #remove(backend: string, leaving: readonly HaproxyServer[]): Promise<void> {
    const [first] = leaving;
    if (first === undefined) return;
    // By number: another proxy may have the same name.
    const busy = busyServers(await this.#api.ask(`show stat ${first.backendId} 4 -1`));
    for (const { name, isInMaintenance } of leaving) {
      if (busy.has(name)) continue;
      if (!isInMaintenance) await this.#do(`set server ${backend}/${name} state maint`);
      await this.#do(`del server ${backend}/${name}`, /^Server deleted|connection|queue/);
    }
  }

  /** Null where HAProxy does not tell, which is noted. */
  async #servers(backend: string): Promise<HaproxyServer[] | null> {
    const answer = await this.#api.ask(`show servers state ${backend}`);
    const servers = readServers(answer);
    if (servers === null) {
      const isMissing = /find backend/i.test(answer);
      this.#refusals.push(
        isMissing ? `HAProxy has no backend "${backend}"` : `HAProxy tells no servers: ${answer}`,
      );
    }
    return servers;
  }

  /** Sends a command that HAProxy answers like this where it did it. */
  async #do(command: string, done = /^$/): Promise<void> {
    const answer = await this.#api.ask(command);
    if (done.test(answer)) return;
    const why = /dynamic load balancing/.test(answer)
      ? "its `balance` takes no servers while it runs: use roundrobin, leastconn, random, or a hash with `hash-type consistent`"
      : answer.replaceAll(/\s+/g, " ");
    this.#refusals.push(`HAProxy does not take "${command}": ${why}`);
  }
}
