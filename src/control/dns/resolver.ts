import { isIP } from "node:net";
import type { Clock } from "../../base/clock.ts";
import { errorMessage } from "../../base/errors.ts";
import { CHANGE_GATHER_MS, DEFAULT_TTL_MS } from "../../base/limits.ts";
import type { Logger } from "../../base/log.ts";
import { isIPv6, type SocketAddress } from "../../model/address.ts";
import { interleaveFamilies } from "./interleave_families.ts";
import type { Lookup, LookupResult } from "./lookup.ts";
import { LookupQueue } from "./lookup_queue.ts";
import { serverLookup } from "./server_lookup.ts";
import { systemLookup } from "./system_lookup.ts";

/** How names are kept; times in milliseconds. */
export interface ResolverOptions {
  /** DNS servers to ask instead of the system. */
  readonly servers: readonly SocketAddress[];
  /** Bounds of the time after which a name is looked up again. */
  readonly minTtlMs: number;
  readonly maxTtlMs: number;
  /** The same after a failure. */
  readonly negativeTtlMs: number;
  /** After a failure the last known addresses stay, or go. */
  readonly onFailure: "keep_last" | "drop";
}

/** What is known of one name. */
interface Entry {
  ips: readonly string[];
  /** The first look-up brought something, or failed, or was waited for in vain: nobody waits for it any more. */
  settled: boolean;
  /** Why the last look-up failed, null when it did not. */
  error: string | null;
  /** Ends the look-up that is under way, or the wait for the next one. */
  stop(): void;
}

/** Somebody who waits for names that were never asked for. */
interface Waiter {
  readonly open: Set<string>;
  done(): void;
}

/** What status shows of a name. */
export interface NameStatus {
  readonly host: string;
  readonly ips: readonly string[];
  readonly error: string | null;
}

/** Keeps the addresses of all names in the config fresh, off the way of connections. */
export class Resolver {
  readonly #entries = new Map<string, Entry>();
  readonly #waiters = new Set<Waiter>();
  readonly #queue = new LookupQueue();
  /** Ends look-ups of names that are not watched. */
  readonly #closing = new AbortController();
  /** Names whose change was not told yet. */
  #changed = new Set<string>();
  #cancelTell = (): void => {};
  #lookup: Lookup;
  #options: ResolverOptions;

  constructor(
    private readonly clock: Clock,
    private readonly log: Logger,
    options: ResolverOptions,
    /** Called with the names whose addresses changed, those of {@link CHANGE_GATHER_MS} together. */
    private readonly onChange: (hosts: ReadonlySet<string>) => void,
    private readonly fixedLookup?: Lookup,
  ) {
    this.#options = options;
    this.#lookup = this.#chooseLookup();
  }

  /** Takes new options; names are asked again when their time comes. */
  configure(options: ResolverOptions): void {
    const asksOthers = JSON.stringify(options.servers) !== JSON.stringify(this.#options.servers);
    this.#options = options;
    if (asksOthers) this.#lookup = this.#chooseLookup();
  }

  /** Keeps exactly these hosts fresh; literals cost nothing, known names stay as they are. */
  watch(hosts: ReadonlySet<string>): void {
    for (const [host, entry] of this.#entries) {
      if (hosts.has(host)) continue;
      this.#entries.delete(host);
      entry.stop();
      this.#endWait(host);
    }
    for (const host of hosts) {
      if (isIP(host) !== 0 || this.#entries.has(host)) continue;
      const entry: Entry = { ips: [], settled: false, error: null, stop: () => {} };
      this.#entries.set(host, entry);
      void this.#refresh(host, entry);
    }
  }

  /** Resolves when each of these hosts was asked for once, or after `waitMs`; no host is waited for twice. */
  async settled(hosts: Iterable<string>, waitMs: number): Promise<void> {
    const open = new Set<string>();
    for (const host of hosts) if (this.#entries.get(host)?.settled === false) open.add(host);
    if (open.size === 0) return this.#tell();
    await new Promise<void>((resolve) => {
      const waiter: Waiter = {
        open,
        done: () => {
          cancel();
          this.#waiters.delete(waiter);
          resolve();
        },
      };
      const cancel = this.clock.timer(waitMs, () => {
        for (const host of open) {
          const entry = this.#entries.get(host);
          if (entry !== undefined) entry.settled = true;
        }
        waiter.done();
      });
      this.#waiters.add(waiter);
    });
    // Whoever waited reads the addresses now: they are told to those before, not to it.
    this.#tell();
  }

  /** IP literals of a host, best first; empty while it has none. A literal stands for itself. */
  addresses(host: string): readonly string[] {
    return isIP(host) !== 0 ? [host] : this.#entries.get(host)?.ips ?? [];
  }

  /**
   * Looks a name up once, whether it is watched or not. Rejects when it has no address, and once the resolver is closed.
   * @returns all of its addresses, IP literals, best first.
   */
  async find(host: string): Promise<readonly string[]> {
    let part: LookupResult | null = null;
    try {
      return (await this.#queue.run({
        host,
        lookup: (name, call) => this.#lookup(name, call),
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

  /** Every watched name. */
  status(): NameStatus[] {
    return [...this.#entries].map(([host, { ips, error }]) => ({ host, ips, error }));
  }

  /** Stops all look-ups; nothing more is told. */
  close(): void {
    this.#closing.abort();
    this.watch(new Set());
    this.#cancelTell();
    this.#changed.clear();
  }

  #chooseLookup(): Lookup {
    if (this.fixedLookup !== undefined) return this.fixedLookup;
    const { servers } = this.#options;
    return servers.length > 0 ? serverLookup(servers, this.clock) : systemLookup(this.clock);
  }

  async #refresh(host: string, entry: Entry): Promise<void> {
    const controller = new AbortController();
    entry.stop = () => controller.abort();
    let found: LookupResult | null = null;
    let failure = "";
    try {
      found = await this.#queue.run({
        host,
        lookup: (name, call) => this.#lookup(name, call),
        isDoubtful: entry.error !== null,
        onPart: (part) => {
          if (this.#entries.get(host) !== entry) return;
          found = part;
          this.#take(host, entry, part);
        },
        signal: controller.signal,
      });
    } catch (error) {
      failure = errorMessage(error);
    }
    // Nobody asks for it any more, or it was asked for anew.
    if (this.#entries.get(host) !== entry) return;
    // A part that was told before a failure is what is known.
    if (found !== null) this.#take(host, entry, found);
    else this.#fail(host, entry, failure);
    entry.stop = this.clock.timer(this.#keepMs(found), () => void this.#refresh(host, entry));
  }

  /** Time until the name is asked for again. */
  #keepMs(found: LookupResult | null): number {
    const { minTtlMs, maxTtlMs, negativeTtlMs } = this.#options;
    if (found === null) return negativeTtlMs;
    return Math.min(maxTtlMs, Math.max(minTtlMs, found.ttlMs ?? DEFAULT_TTL_MS));
  }

  #take(host: string, entry: Entry, found: LookupResult): void {
    if (entry.error !== null) this.log.info("name resolves again", { host });
    entry.error = null;
    this.#update(host, entry, this.#withUnanswered(found, entry.ips));
  }

  #fail(host: string, entry: Entry, error: string): void {
    const ips = this.#options.onFailure === "drop" ? [] : entry.ips;
    if (entry.error === null) this.log.warn("name does not resolve", { host, error, kept: ips.length });
    entry.error = error;
    this.#update(host, entry, ips);
  }

  /** Adds the last addresses of the family that nobody answered for: silence about them is a failure. */
  #withUnanswered({ ips, unanswered }: LookupResult, known: readonly string[]): readonly string[] {
    if (unanswered === null || this.#options.onFailure === "drop") return ips;
    const kept = known.filter((ip) => isIPv6(ip) === (unanswered === "IPv6"));
    return kept.length === 0
      ? ips
      : interleaveFamilies(unanswered === "IPv6" ? [...kept, ...ips] : [...ips, ...kept]);
  }

  #update(host: string, entry: Entry, ips: readonly string[]): void {
    entry.settled = true;
    // Servers answer with the same addresses in another order each time: that is no change.
    if (!isSameSet(ips, entry.ips)) {
      entry.ips = ips;
      this.#noteChange(host);
    }
    this.#endWait(host);
  }

  #endWait(host: string): void {
    for (const waiter of this.#waiters) {
      if (waiter.open.delete(host) && waiter.open.size === 0) waiter.done();
    }
  }

  #noteChange(host: string): void {
    if (this.#changed.size === 0) {
      this.#cancelTell = this.clock.timer(CHANGE_GATHER_MS, () => this.#tell());
    }
    this.#changed.add(host);
  }

  #tell(): void {
    this.#cancelTell();
    if (this.#changed.size === 0) return;
    const changed = this.#changed;
    this.#changed = new Set();
    this.onChange(changed);
  }
}

/** Neither has duplicates. */
function isSameSet(one: readonly string[], other: readonly string[]): boolean {
  const members = new Set(one);
  return members.size === other.length && other.every((ip) => members.has(ip));
}
