import type { Clock } from "../../base/clock.ts";
import { errorMessage } from "../../base/errors.ts";
import { DEFAULT_TTL_MS } from "../../base/limits.ts";
import type { Logger } from "../../base/log.ts";
import type { Lookup } from "./lookup.ts";
import type { LookupQueue } from "./lookup_queue.ts";

/** How long answers are kept, milliseconds. */
export interface KeepTimes {
  /** Bounds of the time after which a name is looked up again. */
  readonly minTtlMs: number;
  readonly maxTtlMs: number;
  /** The same after a failure. */
  readonly negativeTtlMs: number;
  /** After a failure the last known answer stays, or goes. */
  readonly onFailure: "keep_last" | "drop";
}

/** What an answer comes to. */
export interface Taken<V> {
  readonly value: V;
  /** A part of it is of an earlier answer. */
  readonly isStale: boolean;
}

/** What a {@link KeptNames} draws on. @template R what a look-up finds. @template V what is kept of it. */
export interface KeptNamesOptions<R, V> {
  readonly clock: Clock;
  readonly log: Pick<Logger, "info" | "warn">;
  readonly queue: LookupQueue;
  readonly lookup: Lookup<R>;
  times(): KeepTimes;
  /** Of names that nothing is known of. */
  readonly nothing: V;
  /** What is kept after an answer. @param known what was kept before it. */
  take(found: R, known: V): Taken<V>;
  isSame(one: V, other: V): boolean;
  /** How many addresses, or hosts, for the log. */
  count(value: V): number;
  onChange(name: string): void;
}

/** What is known of one name. */
interface Entry<V> {
  value: V;
  /** The first look-up brought something, or failed, or was waited for in vain: nobody waits for it any more. */
  settled: boolean;
  /** Why the last look-up failed, null when it did not. */
  error: string | null;
  isStale: boolean;
  /** When the last good answer came, null before any. */
  answeredAt: number | null;
  /** When it is to be looked up again. */
  dueAt: number;
  /** Ends the look-up that is under way, or the wait for the next one. */
  stop(): void;
}

/** Somebody who waits for names that were never asked for. */
interface Waiter {
  readonly open: Set<string>;
  done(): void;
}

/** What is known of a name, for status. */
export interface KeptName<V> {
  readonly name: string;
  readonly value: V;
  readonly error: string | null;
  /** What is in use, or a part of it, is an earlier answer, since the last look-up failed. */
  readonly isStale: boolean;
  /** Time since the last good answer, milliseconds; null before any. */
  readonly ageMs: number | null;
}

/**
 * Keeps what names stand for fresh, as long as somebody watches them; answers of names that nobody watches any more are
 * remembered until their time is over, for those who come back.
 */
export class KeptNames<R extends { readonly ttlMs: number | null }, V> {
  readonly #entries = new Map<string, Entry<V>>();
  /** Answers that nobody uses, the least recently used first. */
  readonly #unused = new Map<string, Entry<V>>();
  readonly #waiters = new Set<Waiter>();

  constructor(private readonly options: KeptNamesOptions<R, V>) {}

  /** Names that are watched, and those that are remembered. */
  get size(): number {
    return this.#entries.size + this.#unused.size;
  }

  /** Keeps exactly these names fresh; known ones stay as they are. */
  watch(names: ReadonlySet<string>): void {
    for (const [name, entry] of this.#entries) {
      if (names.has(name)) continue;
      this.#entries.delete(name);
      entry.stop();
      this.#endWait(name);
      if (entry.error === null && entry.answeredAt !== null) this.#unused.set(name, entry);
    }
    for (const name of names) if (!this.#entries.has(name)) this.#begin(name);
  }

  /** Forgets the name that was not used for longest. @returns false when all that is kept is in use. */
  forgetOldest(): boolean {
    const [oldest] = this.#unused.keys();
    return oldest !== undefined && this.#unused.delete(oldest);
  }

  /** Remembers nothing that is not in use: other servers may say something else. */
  forgetUnused(): void {
    this.#unused.clear();
  }

  /** Looks all names up again at once, each when its turn comes. @param keep what stays in use of what they had. */
  refreshAll(keep: (value: V) => V): void {
    for (const [name, entry] of this.#entries) {
      entry.stop();
      const value = keep(entry.value);
      if (!this.options.isSame(value, entry.value)) {
        entry.value = value;
        this.options.onChange(name);
      }
      void this.#refresh(name, entry);
    }
  }

  /** Takes what somebody else said of a watched name that nothing is known of, until its own look-up says more. */
  suggest(name: string, found: R): void {
    const entry = this.#entries.get(name);
    if (entry !== undefined && !entry.settled) this.#take(name, entry, found);
  }

  /** Resolves when each of these names was asked for once, or after `waitMs`; no name is waited for twice. */
  async settled(names: Iterable<string>, waitMs: number): Promise<void> {
    const open = new Set<string>();
    for (const name of names) if (this.#entries.get(name)?.settled === false) open.add(name);
    if (open.size === 0) return;
    await new Promise<void>((resolve) => {
      const waiter: Waiter = {
        open,
        done: () => {
          cancel();
          this.#waiters.delete(waiter);
          resolve();
        },
      };
      const cancel = this.options.clock.timer(Math.max(0, waitMs), () => {
        for (const name of open) {
          const entry = this.#entries.get(name);
          if (entry !== undefined) entry.settled = true;
        }
        waiter.done();
      });
      this.#waiters.add(waiter);
    });
  }

  /** What a watched name stands for. */
  get(name: string): V {
    return this.#entries.get(name)?.value ?? this.options.nothing;
  }

  /** Every watched name. */
  status(): KeptName<V>[] {
    const now = this.options.clock.now();
    return [...this.#entries].map(([name, { value, error, isStale, answeredAt }]) => ({
      name,
      value,
      error,
      isStale,
      ageMs: answeredAt === null ? null : now - answeredAt,
    }));
  }

  #begin(name: string): void {
    const known = this.#unused.get(name);
    this.#unused.delete(name);
    if (known !== undefined && known.dueAt > this.options.clock.now()) {
      this.#entries.set(name, known);
      return this.#refreshLater(name, known);
    }
    const entry: Entry<V> = {
      value: this.options.nothing,
      settled: false,
      error: null,
      isStale: false,
      answeredAt: null,
      dueAt: 0,
      stop: () => {},
    };
    this.#entries.set(name, entry);
    void this.#refresh(name, entry);
  }

  async #refresh(name: string, entry: Entry<V>): Promise<void> {
    const controller = new AbortController();
    const isWanted = (): boolean => this.#entries.get(name) === entry && !controller.signal.aborted;
    entry.stop = () => controller.abort();
    let found: R | null = null;
    let failure = "";
    try {
      found = await this.options.queue.run<R>({
        host: name,
        lookup: this.options.lookup,
        isDoubtful: entry.error !== null,
        onPart: (part) => {
          if (!isWanted()) return;
          found = part;
          this.#take(name, entry, part);
        },
        signal: controller.signal,
      });
    } catch (error) {
      failure = errorMessage(error);
    }
    // Nobody asks for it any more, or it was asked for anew.
    if (!isWanted()) return;
    // A part that was told before a failure is what is known.
    if (found !== null) this.#take(name, entry, found);
    else this.#fail(name, entry, failure);
    entry.dueAt = this.options.clock.now() + this.#keepMs(found);
    this.#refreshLater(name, entry);
  }

  #refreshLater(name: string, entry: Entry<V>): void {
    const waitMs = entry.dueAt - this.options.clock.now();
    entry.stop = this.options.clock.timer(waitMs, () => void this.#refresh(name, entry));
  }

  /** Time until the name is asked for again. */
  #keepMs(found: R | null): number {
    const { minTtlMs, maxTtlMs, negativeTtlMs } = this.options.times();
    if (found === null) return negativeTtlMs;
    return Math.min(maxTtlMs, Math.max(minTtlMs, found.ttlMs ?? DEFAULT_TTL_MS));
  }

  #take(name: string, entry: Entry<V>, found: R): void {
    if (entry.error !== null) this.options.log.info("name_recovered", { host: name });
    const { value, isStale } = this.options.take(found, entry.value);
    entry.error = null;
    entry.isStale = isStale;
    entry.answeredAt = this.options.clock.now();
    this.#update(name, entry, value);
  }

  #fail(name: string, entry: Entry<V>, error: string): void {
    const { log, nothing, count, times } = this.options;
    const value = times().onFailure === "drop" ? nothing : entry.value;
    if (entry.error === null) log.warn("name_failed", { host: name, error, kept: count(value) });
    entry.error = error;
    entry.isStale = count(value) > 0;
    this.#update(name, entry, value);
  }

  #update(name: string, entry: Entry<V>, value: V): void {
    entry.settled = true;
    // Servers answer with the same in another order each time: that is no change.
    if (!this.options.isSame(value, entry.value)) {
      entry.value = value;
      this.options.onChange(name);
    }
    this.#endWait(name);
  }

  #endWait(name: string): void {
    for (const waiter of this.#waiters) {
      if (waiter.open.delete(name) && waiter.open.size === 0) waiter.done();
    }
  }
}
