import type { Clock } from "../../../base/clock.ts";
import type { FeedEntry, FeedFollower, Missed } from "./feed.ts";

/** What a follower is told next. */
export type FollowerItem =
  | { readonly type: "entry"; readonly entry: FeedEntry }
  /** So many entries were dropped before the next one, since the follower was too slow or away for too long. */
  | { readonly type: "dropped"; readonly count: number }
  /** So many entries were left out before the next one, since the follower wants only so many a second. */
  | { readonly type: "skipped"; readonly count: number };

/** What a follower wants. */
export interface FollowerWishes {
  /** Whether an entry is for this follower, null where all are. @param data JSON. */
  readonly wants: ((data: string) => boolean) | null;
  /** Most characters of data that may wait. */
  readonly maxLength: number;
  /** Most entries a second; all unless given. */
  readonly rate?: number | undefined;
}

/** The second that the rate of a follower counts in. */
const WINDOW_MS = 1_000;

/**
 * What waits for one follower, in order and bounded. A follower that does not read loses entries, and hears how many;
 * nobody waits for it.
 */
export class FollowerQueue implements FeedFollower {
  #waiting: FollowerItem[] = [];
  #waitingLength = 0;
  /** Entries that were dropped since the last one that was taken. */
  #dropped = 0;
  /** Entries that were left out in the current second, and how many were taken. */
  #skipped = 0;
  #taken = 0;
  #windowEndsAt = -Infinity;
  #cancelWindow: () => void = () => {};
  #wake: (() => void) | null = null;

  constructor(
    private readonly clock: Pick<Clock, "now" | "timer">,
    private readonly wishes: FollowerWishes,
  ) {}

  onEntry(entry: FeedEntry): void {
    const { wants } = this.wishes;
    if (wants !== null && !wants(entry.data)) return;
    if (this.#left() > 0) {
      this.#taken++;
      this.#push(entry);
    } else {
      this.#skip(1);
    }
  }

  /** One that wants certain entries only has to look at all of them. */
  get room(): number {
    return this.wishes.wants === null ? this.#left() : Infinity;
  }

  onPassed(count: number): void {
    this.#skip(count);
  }

  /** Takes what was missed before the follower came back. */
  catchUp({ entries, lost }: Missed): void {
    this.#dropped += lost;
    const { wants } = this.wishes;
    for (const entry of entries) if (wants === null || wants(entry.data)) this.#push(entry);
  }

  /** All that waits, as soon as something does; nothing after a quiet time, or once it is closed. One call at a time. */
  async take(quietMs: number): Promise<readonly FollowerItem[]> {
    if (this.#isEmpty) await this.#changed(quietMs);
    this.#tellDropped();
    const items = this.#waiting;
    this.#waiting = [];
    this.#waitingLength = 0;
    return items;
  }

  /** Ends the wait of {@link take}, and all timers. */
  close(): void {
    this.#cancelWindow();
    this.#wake?.();
  }

  get #isEmpty(): boolean {
    return this.#waiting.length === 0 && this.#dropped === 0;
  }

  #push(entry: FeedEntry): void {
    if (this.#waitingLength + entry.data.length > this.wishes.maxLength) this.#dropped++;
    else {
      // Where it fell behind, the gap is told where it is: before the first entry that is taken again.
      this.#tellDropped();
      this.#waiting.push({ type: "entry", entry });
      this.#waitingLength += entry.data.length;
    }
    this.#wake?.();
  }

  #tellDropped(): void {
    if (this.#dropped > 0) this.#waiting.push({ type: "dropped", count: this.#dropped });
    this.#dropped = 0;
  }

  /** How many more entries this second takes; begins the next one where it is over. */
  #left(): number {
    const { rate = Infinity } = this.wishes;
    if (rate === Infinity) return rate;
    if (this.clock.now() >= this.#windowEndsAt) {
      this.#endWindow();
      this.#windowEndsAt = this.clock.now() + WINDOW_MS;
    }
    return Math.max(0, rate - this.#taken);
  }

  /** Leaves out so many entries, and says so when the second is over. */
  #skip(count: number): void {
    if (this.#skipped === 0) {
      const left = this.#windowEndsAt - this.clock.now();
      this.#cancelWindow = this.clock.timer(left, () => this.#endWindow());
    }
    this.#skipped += count;
  }

  /** The second is over: says what it left out, also where nothing follows. */
  #endWindow(): void {
    this.#cancelWindow();
    this.#taken = 0;
    if (this.#skipped === 0) return;
    const last = this.#waiting.at(-1);
    const before = last?.type === "skipped" ? last.count : 0;
    // One that does not read must not collect one of these each second.
    if (before > 0) this.#waiting.pop();
    this.#waiting.push({ type: "skipped", count: before + this.#skipped });
    this.#skipped = 0;
    this.#wake?.();
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
