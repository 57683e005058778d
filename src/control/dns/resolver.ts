import { isIP } from "node:net";
import type { Clock } from "../../base/clock.ts";
import { errorMessage } from "../../base/errors.ts";
import { DEFAULT_TTL_MS } from "../../base/limits.ts";
import type { Logger } from "../../base/log.ts";
import { serverLookup, systemLookup } from "./lookup.ts";
import type { Lookup, LookupResult } from "./lookup.ts";

/** How names are kept; times in milliseconds. */
export interface ResolverOptions {
  /** DNS servers to ask instead of the system. */
  readonly servers: readonly string[];
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
  /** The first look-up has ended, well or not, or was waited for in vain: nobody waits for it any more. */
  settled: boolean;
  /** Why the last look-up failed, null when it did not. */
  error: string | null;
  cancelTimer: (() => void) | null;
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
  readonly #waiters = new Set<() => void>();
  #lookup: Lookup;
  #options: ResolverOptions;

  constructor(
    private readonly clock: Clock,
    private readonly log: Logger,
    options: ResolverOptions,
    /** Called with the name whenever its addresses changed. */
    private readonly onChange: (host: string) => void,
    private readonly fixedLookup?: Lookup,
  ) {
    this.#options = options;
    this.#lookup = this.#chooseLookup();
  }

  /** Takes new options; names are asked again when their time comes. */
  configure(options: ResolverOptions): void {
    this.#options = options;
    this.#lookup = this.#chooseLookup();
  }

  /** Keeps exactly these hosts fresh; literals cost nothing, known names stay as they are. */
  watch(hosts: ReadonlySet<string>): void {
    for (const [host, entry] of this.#entries) {
      if (hosts.has(host)) continue;
      entry.cancelTimer?.();
      this.#entries.delete(host);
    }
    for (const host of hosts) {
      if (isIP(host) !== 0 || this.#entries.has(host)) continue;
      const entry: Entry = { ips: [], settled: false, error: null, cancelTimer: null };
      this.#entries.set(host, entry);
      void this.#refresh(host, entry);
    }
  }

  /** Resolves when each of these hosts was asked for once, or after `waitMs`; no host is waited for twice. */
  async settled(hosts: Iterable<string>, waitMs: number): Promise<void> {
    const open = (): boolean => [...hosts].some((host) => this.#entries.get(host)?.settled === false);
    if (!open()) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        cancel();
        this.#waiters.delete(check);
        resolve();
      };
      const check = (): void => {
        if (!open()) done();
      };
      const cancel = this.clock.timer(waitMs, () => {
        for (const host of hosts) {
          const entry = this.#entries.get(host);
          if (entry !== undefined) entry.settled = true;
        }
        done();
      });
      this.#waiters.add(check);
    });
  }

  /** IP literals of a host, best first; empty while it has none. A literal stands for itself. */
  addresses(host: string): readonly string[] {
    return isIP(host) !== 0 ? [host] : this.#entries.get(host)?.ips ?? [];
  }

  /** Every watched name. */
  status(): NameStatus[] {
    return [...this.#entries].map(([host, { ips, error }]) => ({ host, ips, error }));
  }

  /** Stops all look-ups. */
  close(): void {
    this.watch(new Set());
  }

  #chooseLookup(): Lookup {
    if (this.fixedLookup !== undefined) return this.fixedLookup;
    return this.#options.servers.length > 0 ? serverLookup(this.#options.servers) : systemLookup(this.clock);
  }

  async #refresh(host: string, entry: Entry): Promise<void> {
    let found: LookupResult | null = null;
    let failure: string | null = null;
    try {
      found = await this.#lookup(host);
    } catch (error) {
      failure = errorMessage(error);
    }
    // Nobody asks for it any more, or it was asked for anew.
    if (this.#entries.get(host) !== entry) return;
    const { minTtlMs, maxTtlMs, negativeTtlMs, onFailure } = this.#options;
    let ips = found?.ips ?? entry.ips;
    let ttlMs = Math.min(maxTtlMs, Math.max(minTtlMs, found?.ttlMs ?? DEFAULT_TTL_MS));
    if (failure !== null) {
      if (onFailure === "drop") ips = [];
      ttlMs = negativeTtlMs;
      if (entry.error === null) {
        this.log.warn("name does not resolve", { host, error: failure, kept: ips.length });
      }
    } else if (entry.error !== null) {
      this.log.info("name resolves again", { host });
    }
    entry.settled = true;
    entry.error = failure;
    const changed = ips.join() !== entry.ips.join();
    entry.ips = ips;
    entry.cancelTimer = this.clock.timer(ttlMs, () => void this.#refresh(host, entry));
    if (changed) this.onChange(host);
    for (const check of [...this.#waiters]) check();
  }
}
