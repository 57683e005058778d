import { bucketCount, ClientEntries, EntriesHead, ENTRY_WORDS } from "./client_entries.ts";
import type { LimitName } from "./limit_name.ts";
import { fullAfter, type Rate, rateWait } from "./rate.ts";
import { SharedLock } from "./shared_lock.ts";
import type { TableRef } from "./table_ref.ts";

/** Where the limit table of an app is, as plain data. */
export interface LimitTableRef extends TableRef {
  /** Clients that it has room for; 0 where no limit is for each client. */
  readonly entries: number;
}

/** What a connection has to keep to. */
export interface Limits {
  /** New connections of the app; null for any number. */
  readonly rate: Rate | null;
  /** Connections of a client at once; 0 for any number. */
  readonly clientConnections: number;
  /** New connections of a client; null for any number. */
  readonly clientRate: Rate | null;
  /** Counts and refuses nothing. */
  readonly dryRun: boolean;
}

/** What became of a connection. */
export interface Admission {
  /** The limit that is exceeded, null where none is. */
  readonly limit: LimitName | null;
  /** It is turned away; not in a dry run. */
  readonly isRefused: boolean;
  /** Milliseconds until a limit on new connections lets it through; 0 where that is not known. */
  readonly waitMs: number;
  /** What to give back at its end, null where nothing is. */
  readonly share: ClientShare | null;
}

/** One of the connections that a client may have at once. Give it back once, by `LimitTable.leave`. */
export interface ClientShare {
  readonly table: LimitTable;
  readonly entry: number;
  readonly use: number;
  readonly epoch: number;
}

/** `Int32` words of a table, except that {@link Head.fullAt} is a `Float64`. */
const Head = { version: 0, lock: 1, fullAt: 2, entries: 4 } as const;
/** A multiple of 8 bytes. */
const HEAD_WORDS = 16;

/** Times are kept from here on (milliseconds since the Unix epoch), so that they are as fine as the fastest rate. */
const BEGINNING_MS = Date.UTC(2026, 0, 1);

/** Not counted: the table was given up, or the thread that held it died. */
const UNCOUNTED: Admission = { limit: null, isRefused: false, waitMs: 0, share: null };

/** Bytes that a table takes, a multiple of 8. */
export function limitTableBytes(entries: number): number {
  return 4 * (HEAD_WORDS + bucketCount(entries) + entries * ENTRY_WORDS);
}

/**
 * What an app's limits go by, in memory that all threads share: the app's bucket, and bucket and open connections of each
 * client. Whoever looks takes the table's lock, for about a microsecond, so that all limits are judged together and exactly
 * over all threads.
 */
export class LimitTable {
  readonly #version: number;
  readonly #words: Int32Array;
  readonly #times: Float64Array;
  readonly #entries: ClientEntries;
  readonly #lock: SharedLock;

  constructor(memory: SharedArrayBuffer, { offset, version, entries }: LimitTableRef) {
    const bytes = limitTableBytes(entries);
    this.#version = version;
    this.#words = new Int32Array(memory, offset, bytes / 4);
    this.#times = new Float64Array(memory, offset, bytes / 8);
    this.#entries = new ClientEntries(this.#words, this.#times, Head.entries, HEAD_WORDS, entries);
    this.#lock = new SharedLock(this.#words, Head.lock);
  }

  /** Clients that it knows something of. */
  get used(): number {
    return this.#words[Head.entries + EntriesHead.used]!;
  }

  /** Clients that were forgotten to make room, although something was known of them. */
  get evicted(): number {
    return this.#words[Head.entries + EntriesHead.evicted]! >>> 0;
  }

  /**
   * A client connects.
   * @param key of the client, four words; null where no limit is for each client.
   * @param wallTime milliseconds since the Unix epoch.
   */
  take(key: Uint32Array | null, wallTime: number, limits: Limits): Admission {
    if (!this.#lock.take()) return UNCOUNTED;
    const isOurs = this.#words[Head.version] === this.#version;
    const admission = isOurs ? this.#admit(key, wallTime - BEGINNING_MS, limits) : UNCOUNTED;
    this.#lock.release();
    return admission;
  }

  /** A connection ended: gives its share back. What the table has forgotten meanwhile counts no more. */
  leave({ entry, use, epoch }: ClientShare): void {
    if (this.#words[Head.version] !== this.#version || !this.#lock.take()) return;
    const isKnown = this.#entries.use(entry) === use && this.#epoch === epoch;
    if (isKnown) this.#entries.setOpen(entry, this.#entries.open(entry) - 1);
    this.#lock.release();
  }

  /** Makes it an empty table. Only control may, while no thread uses it. @param seed any number. */
  begin(seed: number): void {
    Atomics.store(this.#words, Head.version, 0);
    this.#words.fill(0, 1, HEAD_WORDS);
    this.#words[Head.entries + EntriesHead.seed] = seed;
    this.#setFullAt(-Infinity);
    this.#entries.clear();
    Atomics.store(this.#words, Head.version, this.#version);
  }

  /** A thread has died: whatever it had open is over, so open connections are counted anew. Only control may. */
  forgetOpen(): void {
    // Where the thread died with the lock, breaking it does more.
    if (!this.#lock.take()) return;
    this.#nextEpoch();
    this.#lock.release();
  }

  /** A number that tells who holds the lock; null while nobody does. */
  get holder(): number | null {
    return this.#lock.holder;
  }

  /** Takes the lock from a thread that died with it, and forgets all clients. Only control may. */
  breakLock(): void {
    this.#nextEpoch();
    this.#entries.clear();
    this.#lock.release();
  }

  get #epoch(): number {
    return this.#words[Head.entries + EntriesHead.epoch]!;
  }

  #nextEpoch(): void {
    this.#words[Head.entries + EntriesHead.epoch] = this.#epoch + 1;
  }

  #admit(key: Uint32Array | null, now: number, limits: Limits): Admission {
    const { rate, clientConnections, clientRate, dryRun } = limits;
    const waitMs = rate === null ? 0 : rateWait(this.#fullAt, now, rate);
    // A flood that the app's own limit holds off leaves what is known of clients alone.
    if (waitMs > 0 && !dryRun) return refused("new_connections_per_second", waitMs);
    const entry = key === null ? 0 : this.#entries.of(key, now);
    const open = entry === 0 ? 0 : this.#entries.open(entry);
    const isFull = clientConnections > 0 && open >= clientConnections;
    if (isFull && !dryRun) return refused("per_client.max_connections", 0);
    const clientWaitMs = entry === 0 || clientRate === null
      ? 0
      : rateWait(this.#entries.fullAt(entry), now, clientRate);
    if (clientWaitMs > 0 && !dryRun) return refused("per_client.new_connections_per_second", clientWaitMs);
    if (rate !== null && waitMs === 0) this.#setFullAt(fullAfter(this.#fullAt, now, rate));
    if (clientRate !== null && entry !== 0 && clientWaitMs === 0) {
      this.#entries.setFullAt(entry, fullAfter(this.#entries.fullAt(entry), now, clientRate));
    }
    const limit = waitMs > 0
      ? "new_connections_per_second"
      : isFull
      ? "per_client.max_connections"
      : clientWaitMs > 0
      ? "per_client.new_connections_per_second"
      : null;
    return { limit, isRefused: false, waitMs: 0, share: clientConnections > 0 ? this.#share(entry) : null };
  }

  /** One more connection of a client is open. */
  #share(entry: number): ClientShare {
    this.#entries.setOpen(entry, this.#entries.open(entry) + 1);
    return { table: this, entry, use: this.#entries.use(entry), epoch: this.#entries.epoch(entry) };
  }

  get #fullAt(): number {
    return this.#times[Head.fullAt / 2]!;
  }

  #setFullAt(fullAt: number): void {
    this.#times[Head.fullAt / 2] = fullAt;
  }
}

function refused(limit: LimitName, waitMs: number): Admission {
  return { limit, isRefused: true, waitMs, share: null };
}
