import type { Clock } from "../../../base/clock.ts";
import type { FeedEntry, FeedFollower, Missed } from "./feed.ts";

/** What a follower is told next. */
export type FollowerItem =
  | { readonly type: "entry"; readonly entry: FeedEntry }
  /** So many entries were dropped before the next one, since the follower was too slow or away for too long. */
  | { readonly type: "dropped"; readonly count: number }
  /** Nothing happened for a while. */
  | { readonly type: "quiet" };

/**
 * What waits for one follower, in order and bounded. A follower that does not read loses entries, and hears how many;
 * nobody waits for it.
 */
export class FollowerQueue implements FeedFollower {
  #waiting: FeedEntry[] = [];
  #waitingLength = 0;
  #dropped = 0;
  /** Id of the first entry that was dropped and not told of. */
  #gapAt = 0;
  #wake: (() => void) | null = null;

  /**
   * @param wants whether an entry is for this follower.
   * @param maxLength of the data that may wait, characters.
   */
  constructor(
    private readonly clock: Pick<Clock, "timer">,
    private readonly wants: (data: string) => boolean,
    private readonly maxLength: number,
  ) {}

  onEntry(entry: FeedEntry): void {
    if (!this.wants(entry.data)) return;
    if (this.#waitingLength + entry.data.length > this.maxLength) {
      if (this.#dropped++ === 0) this.#gapAt = entry.id;
    } else {
      this.#waiting.push(entry);
      this.#waitingLength += entry.data.length;
    }
    this.#wake?.();
  }

  /** Takes what was missed before the follower came back. */
  catchUp({ entries, lost }: Missed): void {
    this.#dropped += lost;
    for (const entry of entries) this.onEntry(entry);
  }

  /** The next item. One call at a time. @param quietMs time after which it is that nothing happened. */
  async next(quietMs: number): Promise<FollowerItem> {
    if (this.#isEmpty) await this.#changed(quietMs);
    const next = this.#waiting[0];
    // Where it fell behind, the gap is told where it is: before the first entry that was taken again.
    if (this.#dropped > 0 && (next === undefined || next.id > this.#gapAt)) {
      const count = this.#dropped;
      this.#dropped = 0;
      return { type: "dropped", count };
    }
    if (next === undefined) return { type: "quiet" };
    this.#waiting.shift();
    this.#waitingLength -= next.data.length;
    return { type: "entry", entry: next };
  }

  /** Ends the wait of {@link next}. */
  close(): void {
    this.#wake?.();
  }

  get #isEmpty(): boolean {
    return this.#waiting.length === 0 && this.#dropped === 0;
  }

  async #changed(quietMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.clock.timer(quietMs, resolve);
    this.#wake = resolve;
    await promise;
    this.#wake = null;
    cancel();
  }
}
