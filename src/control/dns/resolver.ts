import { isIP } from "node:net";
import type { Clock } from "../../base/clock.ts";
import { CHANGE_GATHER_MS, MAX_KEPT_NAMES, NAME_WAIT_MS } from "../../base/limits.ts";
import type { Logger } from "../../base/log.ts";
import { isIPv6, type SocketAddress } from "../../model/address.ts";
import type { DnsFamily } from "../../model/config.ts";
import { isServiceName } from "../../model/host_port.ts";
import { type KeepTimes, type KeptName, KeptNames } from "./kept_names.ts";
import type { Lookup, LookupResult } from "./lookup.ts";
import { type LookupCounts, LookupQueue } from "./lookup_queue.ts";
import { type Lookups, machineLookups } from "./lookups.ts";
import { AddressOrder } from "./order/address_order.ts";
import { localAddresses } from "./order/local_addresses.ts";
import { ServiceHosts } from "./services/service_hosts.ts";
import type { ServiceResult } from "./services/service_lookup.ts";
import { formatServiceRecord, type ServiceRecord } from "./services/service_record.ts";

/** How names are kept. */
export interface ResolverOptions extends KeepTimes {
  /** DNS servers to ask instead of the system. */
  readonly servers: readonly SocketAddress[];
  /** Which addresses are used, and which of them first. */
  readonly family: DnsFamily;
}

/** What status shows of a name. */
export interface NameStatus {
  readonly host: string;
  /** IP literals, best first; none of a service. */
  readonly ips: readonly string[];
  /** Of a service alone: its hosts, best first, as `PRIORITY WEIGHT PORT NAME`. */
  readonly records?: readonly string[];
  /** Why the last look-up failed, null when it did not. */
  readonly error: string | null;
  /** What is in use, or a part of it, is an earlier answer, since the last look-up failed. */
  readonly stale: boolean;
  /** Time since the last good answer, milliseconds; null before any. */
  readonly age_ms: number | null;
}

/** Keeps the addresses of all names in the config fresh, off the way of connections. */
export class Resolver {
  readonly #queue = new LookupQueue();
  readonly #addresses: KeptNames<LookupResult, readonly string[]>;
  readonly #services: KeptNames<ServiceResult, readonly ServiceRecord[]>;
  readonly #hosts = new ServiceHosts();
  /** Names of the config that are not services. */
  #watched: ReadonlySet<string> = new Set();
  /** Ends look-ups of names that are not watched. */
  readonly #closing = new AbortController();
  /** Names whose change was not told yet. */
  #changed = new Set<string>();
  #cancelTell = (): void => {};
  #order: AddressOrder;
  #lookups: Lookups;
  #options: ResolverOptions;

  constructor(
    private readonly clock: Clock,
    log: Logger,
    options: ResolverOptions,
    /** Called with the names whose addresses changed, those of {@link CHANGE_GATHER_MS} together. */
    private readonly onChange: (hosts: ReadonlySet<string>) => void,
    private readonly fixedLookup?: Lookup,
    private readonly fixedServiceLookup?: Lookup<ServiceResult>,
  ) {
    this.#options = options;
    this.#order = new AddressOrder(options.family, localAddresses(clock));
    this.#lookups = this.#chooseLookups();
    const common = { clock, log, queue: this.#queue, times: (): KeepTimes => this.#options };
    this.#addresses = new KeptNames<LookupResult, readonly string[]>({
      ...common,
      lookup: (host, call) => this.#lookups.addresses(host, call),
      nothing: [],
      take: (found, known) => this.#withUnanswered(found, known),
      isSame: isSameSet,
      count: (ips) => ips.length,
      onChange: (host) => this.#noteChange([host, ...this.#hosts.servicesOf(host)]),
    });
    this.#services = new KeptNames<ServiceResult, readonly ServiceRecord[]>({
      ...common,
      lookup: (service, call) => this.#lookups.services(service, call),
      nothing: [],
      take: ({ records, addresses }, known) => {
        this.#hosts.suggest(addresses);
        return { value: isSameList(records, known) ? known : records, isStale: false };
      },
      isSame: (one, other) => one === other,
      count: (records) => records.length,
      onChange: (service) => void this.#followService(service),
    });
  }

  /** Takes new options; names are asked again when their time comes, or at once where other addresses are wanted. */
  configure(options: ResolverOptions): void {
    const { servers, family } = this.#options;
    const asksOthers = JSON.stringify(options.servers) !== JSON.stringify(servers);
    this.#options = options;
    if (!asksOthers && options.family === family) return;
    this.#order = new AddressOrder(options.family, localAddresses(this.clock));
    this.#lookups = this.#chooseLookups();
    for (const names of [this.#addresses, this.#services]) names.forgetUnused();
    if (options.family !== family) this.#addresses.refreshAll((ips) => this.#order.choose(ips));
  }

  /** Keeps exactly these hosts fresh; literals cost nothing, known names stay as they are. */
  watch(hosts: ReadonlySet<string>): void {
    const services = new Set([...hosts].filter(isServiceName));
    this.#watched = hosts.difference(services);
    this.#services.watch(services);
    this.#hosts.retain(services);
    for (const service of services) this.#hosts.expect(service, this.#services.get(service));
    this.#watchAddresses();
  }

  /** Resolves when each of these hosts was asked for once, or after `waitMs`; no host is waited for twice. */
  async settled(hosts: Iterable<string>, waitMs: number): Promise<void> {
    const until = this.clock.now() + waitMs;
    const all = [...hosts];
    const services = all.filter(isServiceName);
    if (services.length > 0) await this.#services.settled(services, waitMs);
    const names = [...all, ...services.flatMap((service) => this.#services.get(service).map(hostOf))];
    await this.#addresses.settled(names, until - this.clock.now());
    for (const service of services) this.#putInForce(service);
    // Whoever waited reads the addresses now: they are told to those before, not to it.
    this.#tell();
  }

  /** IP literals of a host, best first; empty while it has none. A literal stands for itself. */
  addresses(host: string): readonly string[] {
    return isIP(host) !== 0 ? [host] : this.#addresses.get(host);
  }

  /** Hosts of a service, best first; empty while it has none. */
  records(service: string): readonly ServiceRecord[] {
    return this.#hosts.inForce(service);
  }

  /**
   * Looks a name up once, whether it is watched or not. Rejects when it has no address, and once the resolver is closed.
   * @returns all of its addresses, IP literals, best first.
   */
  async find(host: string): Promise<readonly string[]> {
    let part: LookupResult | null = null;
    try {
      return (await this.#queue.run<LookupResult>({
        host,
        lookup: (name, call) => this.#lookups.addresses(name, call),
        isDoubtful: false,
        onPart: (known) => {
          part = known;
        },
        signal: this.#closing.signal,
      })).ips;
    } catch (error) {
      // It had to make room for others: what was found until then is what is known.
      const known = part as LookupResult | null;
      if (known === null || this.#closing.signal.aborted) throw error;
      return known.ips;
    }
  }

  /** How look-ups went so far. */
  get lookups(): LookupCounts {
    return this.#queue.counts;
  }

  /** Every watched name. */
  status(): NameStatus[] {
    const services = this.#services.status().map((name): NameStatus => ({
      ...commonStatus(name),
      ips: [],
      records: name.value.map(formatServiceRecord),
    }));
    const names = this.#addresses.status().map((name) => ({ ...commonStatus(name), ips: name.value }));
    return [...services, ...names];
  }

  /** Stops all look-ups; nothing more is told. */
  close(): void {
    this.#closing.abort();
    this.watch(new Set());
    this.#cancelTell();
    this.#changed.clear();
  }

  #chooseLookups(): Lookups {
    const chosen = machineLookups(this.clock, this.#options.servers, this.#order);
    return {
      addresses: this.fixedLookup ?? chosen.addresses,
      services: this.fixedServiceLookup ?? chosen.services,
    };
  }

  /** Names of the config, and hosts of its services. */
  #watchAddresses(): void {
    const hosts = this.#watched.union(this.#hosts.all());
    this.#addresses.watch(new Set([...hosts].filter((host) => isIP(host) === 0)));
    for (const [host, ips] of this.#hosts.takeSuggested()) {
      this.#addresses.suggest(host, { ips, ttlMs: null, unanswered: null });
    }
    // What nobody uses makes room for what is used.
    while (this.#addresses.size + this.#services.size > MAX_KEPT_NAMES) {
      if (!this.#addresses.forgetOldest() && !this.#services.forgetOldest()) break;
    }
  }

  /** A service has other hosts: those that it had stay in use until the new ones were looked up. */
  async #followService(service: string): Promise<void> {
    const records = this.#services.get(service);
    this.#hosts.expect(service, records);
    this.#watchAddresses();
    await this.#addresses.settled(records.map(hostOf), NAME_WAIT_MS);
    // Meanwhile it may have changed again.
    if (!this.#closing.signal.aborted && this.#services.get(service) === records) this.#putInForce(service);
  }

  #putInForce(service: string): void {
    if (!this.#hosts.putInForce(service)) return;
    this.#watchAddresses();
    this.#noteChange([service]);
  }

  /** Adds the last addresses of the family that nobody answered for: silence about them is a failure. */
  #withUnanswered(
    { ips, unanswered }: LookupResult,
    known: readonly string[],
  ): { readonly value: readonly string[]; readonly isStale: boolean } {
    if (unanswered === null || this.#options.onFailure === "drop") return { value: ips, isStale: false };
    const kept = known.filter((ip) => isIPv6(ip) === (unanswered === "IPv6"));
    return kept.length === 0
      ? { value: ips, isStale: false }
      : { value: this.#order.arrange([...ips, ...kept]), isStale: true };
  }

  #noteChange(hosts: readonly string[]): void {
    if (this.#changed.size === 0) {
      this.#cancelTell = this.clock.timer(CHANGE_GATHER_MS, () => this.#tell());
    }
    for (const host of hosts) this.#changed.add(host);
  }

  #tell(): void {
    this.#cancelTell();
    if (this.#changed.size === 0) return;
    const changed = this.#changed;
    this.#changed = new Set();
    this.onChange(changed);
  }
}

function hostOf({ host }: ServiceRecord): string {
  return host;
}

function commonStatus({ name, error, isStale, ageMs }: KeptName<unknown>): Omit<NameStatus, "ips"> {
  return { host: name, error, stale: isStale, age_ms: ageMs === null ? null : Math.round(ageMs) };
}

/** Neither has duplicates. */
function isSameSet(one: readonly string[], other: readonly string[]): boolean {
  const members = new Set(one);
  return members.size === other.length && other.every((ip) => members.has(ip));
}

function isSameList(one: readonly ServiceRecord[], other: readonly ServiceRecord[]): boolean {
  return one.map(formatServiceRecord).join("\n") === other.map(formatServiceRecord).join("\n");
}
