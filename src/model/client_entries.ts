/** Words of an entry. An entry is known by the index of its first word, which is never 0. */
const Entry = {
  /** Four words. */
  key: 0,
  /** When its bucket is full again: a `Float64`. */
  fullAt: 4,
  /** Connections that are open, if {@link Entry.epoch} is the table's. */
  open: 6,
  epoch: 7,
  /** Number of this use of the entry. */
  use: 8,
  /** Of those with the same hash, or of the free ones: the next. */
  next: 9,
  /** By when they were used last. */
  older: 10,
  newer: 11,
} as const;

/** A multiple of 8 bytes, for the `Float64`. */
export const ENTRY_WORDS = 12;

/** Words that the entries of a table have in common. */
export const EntriesHead = {
  /** Entries in use. */
  used: 0,
  /** First of those that were used and are free. */
  free: 1,
  /** How many were used at any time. */
  fresh: 2,
  oldest: 3,
  newest: 4,
  /** Entries that went to make room although they still counted, modulo 2^32. */
  evicted: 5,
  /** Makes hashes that nobody outside can foresee. */
  seed: 6,
  /** Number of the last use. */
  use: 7,
  /** Counts of another epoch are over: threads have died since. */
  epoch: 8,
} as const;

/** Entries with open connections that are passed over, at most, when room has to be made. */
const MOST_SPARED = 8;
/** Old entries that are looked at with each new one: more may go than come. */
const LOOKED_AT = 2;

/** How many words the buckets of a table with so many entries take: an even number. */
export function bucketCount(entries: number): number {
  return entries === 0 ? 0 : Math.max(2, 2 ** Math.ceil(Math.log2(entries)));
}

/**
 * What is known of clients, in memory that all threads share: a hash table whose entries are also in the order of their last
 * use. Only who holds the table's lock may use it. Entries that say nothing any more go by themselves; when the table is full
 * the oldest goes.
 */
export class ClientEntries {
  readonly #mask: number;
  /** Where the first entry is. */
  readonly #first: number;

  /** @param head index of the first word of {@link EntriesHead}. @param buckets of the first bucket; entries follow them. */
  constructor(
    private readonly words: Int32Array,
    private readonly times: Float64Array,
    private readonly head: number,
    private readonly buckets: number,
    private readonly capacity: number,
  ) {
    this.#mask = bucketCount(capacity) - 1;
    this.#first = buckets + bucketCount(capacity);
  }

  /** The entry of a client, a new one where it has none; it is the newest then. @param key four words. */
  of(key: Uint32Array, now: number): number {
    const found = this.#find(key);
    if (found !== 0) {
      this.#renew(found);
      return found;
    }
    this.#dropIdle(now);
    return this.#add(key, this.#free() || this.#evict(), now);
  }

  /** When the client's bucket is full again. */
  fullAt(entry: number): number {
    return this.times[entry + Entry.fullAt >>> 1]!;
  }

  /** Sets {@link fullAt}. */
  setFullAt(entry: number, fullAt: number): void {
    this.times[entry + Entry.fullAt >>> 1] = fullAt;
  }

  /** Connections of the client that are open. */
  open(entry: number): number {
    return this.words[entry + Entry.epoch] === this.#word(EntriesHead.epoch)
      ? this.words[entry + Entry.open]!
      : 0;
  }

  /** Sets {@link open}. */
  setOpen(entry: number, open: number): void {
    this.words[entry + Entry.open] = open;
    this.words[entry + Entry.epoch] = this.#word(EntriesHead.epoch);
  }

  /** The epoch in which {@link open} counts. */
  epoch(entry: number): number {
    return this.words[entry + Entry.epoch]!;
  }

  /** Number of this use of the entry: one that went and came back has another. */
  use(entry: number): number {
    return this.words[entry + Entry.use]!;
  }

  /** Forgets all clients. */
  clear(): void {
    const buckets = this.words.subarray(this.buckets, this.#first);
    // Writing commits a page, reading does not.
    if (buckets.some((entry) => entry !== 0)) buckets.fill(0);
    for (const word of [EntriesHead.used, EntriesHead.free, EntriesHead.fresh]) this.#set(word, 0);
    for (const word of [EntriesHead.oldest, EntriesHead.newest]) this.#set(word, 0);
  }

  #find(key: Uint32Array): number {
    let entry = this.words[this.#bucket(key)]!;
    while (entry !== 0 && !this.#hasKey(entry, key)) entry = this.words[entry + Entry.next]!;
    return entry;
  }

  #hasKey(entry: number, key: Uint32Array): boolean {
    for (let word = 0; word < 4; word++) {
      if (this.words[entry + word] !== (key[word]! | 0)) return false;
    }
    return true;
  }

  #add(key: Uint32Array, entry: number, now: number): number {
    const { words } = this;
    const bucket = this.#bucket(key);
    for (let word = 0; word < 4; word++) words[entry + word] = key[word]!;
    words[entry + Entry.next] = words[bucket]!;
    words[bucket] = entry;
    words[entry + Entry.use] = this.#add1(EntriesHead.use);
    this.setFullAt(entry, now);
    this.setOpen(entry, 0);
    this.#link(entry);
    this.#add1(EntriesHead.used);
    return entry;
  }

  /** Gives the oldest entries back that say nothing any more. */
  #dropIdle(now: number): void {
    for (let looked = 0; looked < LOOKED_AT; looked++) {
      const oldest = this.#word(EntriesHead.oldest);
      if (oldest === 0) return;
      if (this.open(oldest) > 0) this.#renew(oldest);
      else if (this.fullAt(oldest) <= now) this.#giveBack(this.#remove(oldest));
      else return;
    }
  }

  /** An entry that nobody uses; 0 where all are used. */
  #free(): number {
    const free = this.#word(EntriesHead.free);
    if (free !== 0) {
      this.#set(EntriesHead.free, this.words[free + Entry.next]!);
      return free;
    }
    const fresh = this.#word(EntriesHead.fresh);
    if (fresh === this.capacity) return 0;
    this.#set(EntriesHead.fresh, fresh + 1);
    return this.#first + fresh * ENTRY_WORDS;
  }

  /** Takes the oldest entry away from its client; those with open connections are spared where that is soon done. */
  #evict(): number {
    for (let spared = 0; spared < MOST_SPARED; spared++) {
      const oldest = this.#word(EntriesHead.oldest);
      if (this.open(oldest) === 0) break;
      this.#renew(oldest);
    }
    this.#add1(EntriesHead.evicted);
    return this.#remove(this.#word(EntriesHead.oldest));
  }

  #giveBack(entry: number): void {
    this.words[entry + Entry.next] = this.#word(EntriesHead.free);
    this.#set(EntriesHead.free, entry);
  }

  #remove(entry: number): number {
    const { words } = this;
    const key = Uint32Array.from(words.subarray(entry, entry + 4));
    let link = this.#bucket(key);
    while (words[link] !== entry) link = words[link]! + Entry.next;
    words[link] = words[entry + Entry.next]!;
    words[entry + Entry.use] = 0;
    this.#unlink(entry);
    this.#set(EntriesHead.used, this.#word(EntriesHead.used) - 1);
    return entry;
  }

  #renew(entry: number): void {
    this.#unlink(entry);
    this.#link(entry);
  }

  #link(entry: number): void {
    const { words } = this;
    const newest = this.#word(EntriesHead.newest);
    words[entry + Entry.older] = newest;
    words[entry + Entry.newer] = 0;
    if (newest === 0) this.#set(EntriesHead.oldest, entry);
    else words[newest + Entry.newer] = entry;
    this.#set(EntriesHead.newest, entry);
  }

  #unlink(entry: number): void {
    const { words } = this;
    const older = words[entry + Entry.older]!;
    const newer = words[entry + Entry.newer]!;
    if (older === 0) this.#set(EntriesHead.oldest, newer);
    else words[older + Entry.newer] = newer;
    if (newer === 0) this.#set(EntriesHead.newest, older);
    else words[newer + Entry.older] = older;
  }

  /** Index of the bucket of a key. */
  #bucket(key: Uint32Array): number {
    let hash = this.#word(EntriesHead.seed);
    for (let word = 0; word < 4; word++) {
      hash = Math.imul(hash ^ key[word]!, 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    hash = Math.imul(hash, 0x85ebca6b);
    return this.buckets + ((hash ^ hash >>> 13) & this.#mask);
  }

  #word(word: number): number {
    return this.words[this.head + word]!;
  }

  #set(word: number, value: number): void {
    this.words[this.head + word] = value;
  }

  /** @returns the new value; never 0. */
  #add1(word: number): number {
    const value = this.#word(word) + 1 | 0;
    this.#set(word, value || 1);
    return this.#word(word);
  }
}
