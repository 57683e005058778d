/** One thing that happened, as a follower gets it. */
export interface FeedEntry {
  /** Grows by 1 with each entry of the feed. */
  readonly id: number;
  /** JSON. */
  readonly data: string;
}

/** Follows a feed. */
export interface FeedFollower {
  /** How many of the next entries it looks at; the others it only counts. */
  readonly room: number;
  onEntry(entry: FeedEntry): void;
  /** So many entries came that are beyond the room of all followers. */
  onPassed(count: number): void;
}

/** What somebody who was away did not see, as far as it is still known. */
export interface Missed {
  readonly entries: readonly FeedEntry[];
  /** Entries that are not kept any more. */
  readonly lost: number;
}

/**
 * What happens, for those who follow it while it does. The last entries are kept, so that who was away for a moment misses
 * nothing.
 */
export class Feed {
  /** A ring: entry `id` stands at `id % kept`. */
  readonly #ring: FeedEntry[] = [];
  readonly #followers = new Set<FeedFollower>();
  #nextId = 1;

  /**
   * @param kept how many of the last entries are kept.
   * @param onFollowed whether there is anybody who follows; told when that changes.
   */
  constructor(
    private readonly kept: number,
    private readonly onFollowed: (isFollowed: boolean) => void = () => {},
  ) {}

  /** Id of the last entry, 0 before the first. */
  get lastId(): number {
    return this.#nextId - 1;
  }

  get isFollowed(): boolean {
    return this.#followers.size > 0;
  }

  /** How many of the next entries any follower looks at. */
  get room(): number {
    let room = 0;
    for (const follower of this.#followers) room = Math.max(room, follower.room);
    return room;
  }

  /** @param data JSON. */
  publish(data: string): void {
    const entry = { id: this.#nextId++, data };
    if (this.kept > 0) this.#ring[entry.id % this.kept] = entry;
    for (const follower of this.#followers) follower.onEntry(entry);
  }

  /** So many entries that nobody looks at, see {@link room}; of a feed that keeps none. */
  pass(count: number): void {
    this.#nextId += count;
    for (const follower of this.#followers) follower.onPassed(count);
  }

  /** Entries after that one. An id that is still to come is of another feed: then nothing was missed. */
  after(id: number): Missed {
    const { lastId } = this;
    if (id > lastId) return { entries: [], lost: 0 };
    const first = Math.max(id + 1, lastId - this.kept + 1);
    const entries: FeedEntry[] = [];
    for (let at = first; at <= lastId; at++) entries.push(this.#ring[at % this.kept]!);
    return { entries, lost: first - id - 1 };
  }

  /** @returns what ends it. Twice is as good as once. */
  follow(follower: FeedFollower): () => void {
    this.#followers.add(follower);
    if (this.#followers.size === 1) this.onFollowed(true);
    return () => {
      if (this.#followers.delete(follower) && this.#followers.size === 0) this.onFollowed(false);
    };
  }
}
