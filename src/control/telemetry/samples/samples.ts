import type { Clock } from "../../../base/clock.ts";
import { Sampler, type SampleSource } from "./sampler.ts";

/** Somebody who follows samples. */
export interface SampleFollower {
  /** The next sample as JSON, when there is one; null once it is closed. One call at a time. */
  next(): Promise<string | null>;
  /** Follows no more. Twice is harmless. */
  close(): void;
}

interface Group {
  readonly sampler: Sampler;
  readonly followers: Set<Follower>;
}

/** Samples of the proxy for those who follow: one sampler for all with the same interval, none while there is nobody. */
export class Samples {
  readonly #groups = new Map<number, Group>();

  constructor(private readonly clock: Clock, private readonly source: SampleSource) {}

  /** Intervals that are sampled now, milliseconds. */
  get intervals(): readonly number[] {
    return [...this.#groups.keys()];
  }

  /** @param apps names of apps whose details are wanted. */
  follow(intervalMs: number, apps: readonly string[]): SampleFollower {
    const group = this.#groups.get(intervalMs) ?? this.#start(intervalMs);
    const follower = new Follower(group.sampler, new Set(apps), () => {
      group.followers.delete(follower);
      if (group.followers.size > 0) return;
      group.sampler.close();
      this.#groups.delete(intervalMs);
    });
    group.followers.add(follower);
    // Behind the first follower, whose details it has to know.
    if (group.followers.size === 1) group.sampler.start();
    return follower;
  }

  #start(intervalMs: number): Group {
    const followers = new Set<Follower>();
    const sampler = new Sampler(
      this.clock,
      this.source,
      intervalMs,
      () => new Set([...followers].flatMap(({ apps }) => [...apps])),
      () => {
        for (const follower of followers) follower.wake();
      },
    );
    const group = { sampler, followers };
    this.#groups.set(intervalMs, group);
    return group;
  }
}

/** Nothing waits for a slow follower: the message is made when it wants one, of all apps where it missed a sample. */
class Follower implements SampleFollower {
  #seen = 0;
  #isClosed = false;
  #wake: () => void = () => {};

  constructor(
    private readonly sampler: Sampler,
    readonly apps: ReadonlySet<string>,
    private readonly onClose: () => void,
  ) {}

  wake(): void {
    this.#wake();
  }

  async next(): Promise<string | null> {
    while (!this.#isClosed && this.#seen === this.sampler.count) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
    if (this.#isClosed) return null;
    const { count } = this.sampler;
    const isComplete = this.#seen === 0 || count > this.#seen + 1;
    this.#seen = count;
    return this.sampler.message(this.apps, isComplete);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.onClose();
    this.#wake();
  }
}
