import { resolve } from "node:path";
import * as z from "zod";
import { errorMessage } from "../../base/errors.ts";
import { RecordType } from "../../control/dns/wire/record_type.ts";
import { dnsServer, duration, filePath } from "../../model/config_values.ts";
import { ServiceHosts } from "./dns/service_hosts.ts";
import { readTsigKey } from "./dns/tsig_key.ts";
import type { TsigKey } from "./dns/tsig.ts";
import { UpdateClient } from "./dns/update_client.ts";
import { addressData, type RecordSet, serviceData } from "./dns/update_message.ts";
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

const NAME = /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;
const NAME_FORMS = 'expected a name such as "web.example.com"';
const SERVICE = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

const dnsName = z.string({ error: NAME_FORMS }).transform((text) => text.toLowerCase().replace(/\.$/, ""))
  .refine((name) => name.length <= 253 && NAME.test(name), { error: NAME_FORMS });

const settings = z.strictObject({
  type: z.literal("dns"),
  ...COMMON_SETTINGS,
  server: dnsServer,
  zone: dnsName,
  names: z.record(appName, dnsName).refine((names) => Object.keys(names).length > 0, {
    error: "expected apps and their names, such as { web: web.example.com }",
  }),
  ttl: duration(1_000, 86_400_000).prefault("30s"),
  srv: z.boolean().prefault(false),
  on_empty: z.enum(["keep", "remove"]).prefault("keep"),
  key_file: filePath.optional(),
}).superRefine(({ zone, names, srv }, context) => {
  const refuse = (app: string, message: string): void =>
    context.addIssue({ code: "custom", path: ["names", app], message });
  for (const [app, name] of Object.entries(names)) {
    if (name !== zone && !name.endsWith(`.${zone}`)) refuse(app, `"${name}" is not in zone "${zone}"`);
    if (srv && !SERVICE.test(app)) {
      refuse(
        app,
        `"${app}" cannot be the name of a service: lower-case letters, digits and hyphens, at most 63`,
      );
    }
  }
  if (new Set(Object.values(names)).size < Object.keys(names).length) {
    context.addIssue({ code: "custom", path: ["names"], message: "two apps cannot share a name" });
  }
});

type Settings = z.output<typeof settings>;

/** A zone of a DNS server that takes updates (RFC 2136): each app is a name with the addresses of its replicas. */
export const dnsFronts: DriverKind<typeof settings> = {
  type: "dns",
  settings,
  // Only somebody who changes the zone by hand changes these records: an update that changes nothing mends it.
  checkMs: 60_000,
  appsOf: ({ names }) => Object.keys(names),
  open: (own, parts) => new DnsFront(own, parts),
};

class DnsFront implements FrontDriver {
  readonly #client: UpdateClient;
  readonly #hosts = new ServiceHosts();
  #knowsHosts = false;
  /** What the server was told last, and when resolvers have forgotten what it was told before. */
  #told = "";
  #goneAt = -Infinity;

  /** @throws {FrontError} where the key cannot be read. */
  constructor(private readonly own: Settings, private readonly parts: DriverParts) {
    const { server, zone, key_file: file } = own;
    const key = file === undefined ? null : readKey(resolve(parts.folder, file));
    this.#client = new UpdateClient(server, zone, key, parts.clock);
  }

  async apply(replicas: FrontReplicas): Promise<number> {
    const { names, ttl, srv, on_empty: onEmpty } = this.own;
    const { clock } = this.parts;
    const problems: string[] = [];
    const sets: RecordSet[] = [];
    const hosts = new Set<string>();
    if (srv) await this.#findHosts();
    for (const [app, name] of Object.entries(names)) {
      const all = replicas.get(app) ?? [];
      const nameless = all.find(({ address }) => addressData(address) === null);
      if (nameless !== undefined) {
        problems.push(`node ${nameless.node} has the address "${nameless.address}", which is no IP address`);
      }
      // What is there stays: a name without addresses would be remembered as one that does not exist.
      if (nameless !== undefined || all.length === 0 && onEmpty === "keep") {
        for (const host of this.#hosts.under(name)) hosts.add(host);
        continue;
      }
      sets.push(...this.#addressSets(name, all), ...(srv ? this.#serviceSets(app, name, all, hosts) : []));
    }
    const gone = this.#hosts.gone(hosts, clock.now(), ttl);
    sets.push(...gone.flatMap((host) => this.#addressSets(host, [])));
    const plainNames = [...new Set(sets.filter(({ data }) => data.length > 0).map(({ name }) => name))];
    if (sets.length > 0) await this.#client.update({ plainNames, sets });
    this.#hosts.forget(gone);
    if (problems.length > 0) throw new FrontError(problems[0]!);
    return this.#goneMs(JSON.stringify([...replicas]));
  }

  /** Resolvers remember what was there for its time to live. */
  #goneMs(told: string): number {
    const now = this.parts.clock.now();
    if (told !== this.#told) this.#goneAt = now + this.own.ttl;
    this.#told = told;
    return Math.max(0, this.#goneAt - now);
  }

  #addressSets(name: string, replicas: readonly Pick<FrontReplica, "address">[]): RecordSet[] {
    const found = [...new Set(replicas.map(({ address }) => address))].flatMap((address) =>
      addressData(address) ?? []
    );
    return [RecordType.A, RecordType.AAAA].map((type) =>
      this.#set(name, type, found.filter((one) => one.type === type).map(({ data }) => data))
    );
  }

  /** The service, and a host for each replica: the record of a service names hosts, not addresses. */
  #serviceSets(
    app: string,
    name: string,
    replicas: readonly FrontReplica[],
    hosts: Set<string>,
  ): RecordSet[] {
    const records = replicas.map((replica) => ({ replica, host: `${replica.node}.${name}` }));
    for (const { host } of records) hosts.add(host);
    const data = records.map(({ replica, host }) => serviceData(replica.weight, replica.port, host));
    return [
      this.#set(serviceName(app, name), RecordType.SRV, data),
      ...records.flatMap(({ replica, host }) => this.#addressSets(host, [replica])),
    ];
  }

  #set(name: string, type: number, data: readonly Uint8Array[]): RecordSet {
    return { name, type, ttl: Math.ceil(this.own.ttl / 1_000), data };
  }

  /** Once: what a former run of this program left. */
  async #findHosts(): Promise<void> {
    if (this.#knowsHosts) return;
    this.#knowsHosts = true;
    for (const [app, name] of Object.entries(this.own.names)) {
      const hosts = await this.#client.hostsOf(serviceName(app, name));
      // Others of the service were not made here.
      this.#hosts.found(hosts.filter((host) => host.endsWith(`.${name}`)));
    }
  }
}

function serviceName(app: string, name: string): string {
  return `_${app}._tcp.${name}`;
}

function readKey(path: string): TsigKey {
  try {
    return readTsigKey(Deno.readTextFileSync(path));
  } catch (error) {
    throw new FrontError(`Cannot use the key in ${path}: ${errorMessage(error)}`, error);
  }
}
