import { MAX_DOUBTFUL_LOOKUPS, MAX_LOOKUPS } from "../../base/limits.ts";
import type { Lookup } from "./lookup.ts";

/** A look-up to be done. */
export interface LookupJob<R> {
  readonly host: string;
  readonly lookup: Lookup<R>;
  /** The name failed the last time: it waits behind the others, and takes part of the places only. */
  readonly isDoubtful: boolean;
  /** Takes what is known before the look-up ends; a later part replaces it. */
  onPart(part: R): void;
  /** Aborted when nobody wants to know any more. */
  readonly signal: AbortSignal;
}

/** A look-up under way. */
interface Running {
  readonly isDoubtful: boolean;
  /** Addresses are known: waiting for the rest can be given up. */
  hasPart: boolean;
  readonly controller: AbortController;
}

/** What a {@link LookupQueue} counts. */
export interface LookupCounts {
  readonly successes: number;
  readonly failures: number;
  readonly running: number;
  readonly waiting: number;
}

/** One whose turn has not come. */
interface Waiting {
  start(): void;
}

/**
 * Does at most {@link MAX_LOOKUPS} look-ups at once, so that thousands of names do not ask in one burst. One that knows
 * some of its addresses gives up the rest for those that wait.
 */
export class LookupQueue {
  readonly #running = new Set<Running>();
  readonly #sure = new Set<Waiting>();
  readonly #doubtful = new Set<Waiting>();
  #successes = 0;
  #failures = 0;

  /** Look-ups so far that ended, and those that are to come; what was given up is in none. */
  get counts(): LookupCounts {
    return {
      successes: this.#successes,
      failures: this.#failures,
      running: this.#running.size,
      waiting: this.#sure.size + this.#doubtful.size,
    };
  }

  /** Does the look-up when its turn has come: at once where there is room. Rejects as the look-up does. */
  run<R>(job: LookupJob<R>): Promise<R> {
    if (this.#hasRoom(job.isDoubtful)) return this.#do(job);
    const queue = job.isDoubtful ? this.#doubtful : this.#sure;
    const result = new Promise<R>((resolve, reject) => {
      const leave = (): void => {
        queue.delete(waiting);
        reject(job.signal.reason);
      };
      const waiting = {
        start: () => {
          queue.delete(waiting);
          job.signal.removeEventListener("abort", leave);
          this.#do(job).then(resolve, reject);
        },
      };
      queue.add(waiting);
      job.signal.addEventListener("abort", leave, { once: true });
    });
    this.#hurry();
    return result;
  }

  async #do<R>(job: LookupJob<R>): Promise<R> {
    const running: Running = {
      isDoubtful: job.isDoubtful,
      hasPart: false,
      controller: new AbortController(),
    };
    const stop = (): void => running.controller.abort(job.signal.reason);
    this.#running.add(running);
    job.signal.addEventListener("abort", stop, { once: true });
    try {
      const result = await job.lookup(job.host, {
        onPart: (part) => this.#takePart(job, running, part),
        signal: running.controller.signal,
      });
      this.#successes++;
      return result;
    } catch (error) {
      if (!running.controller.signal.aborted) this.#failures++;
      throw error;
    } finally {
      job.signal.removeEventListener("abort", stop);
      this.#running.delete(running);
      this.#startNext();
    }
  }

  #takePart<R>(job: LookupJob<R>, running: Running, part: R): void {
    if (!this.#running.has(running)) return;
    running.hasPart = true;
    job.onPart(part);
    this.#hurry();
  }

  #hasRoom(isDoubtful: boolean): boolean {
    if (this.#running.size >= MAX_LOOKUPS) return false;
    return !isDoubtful || [...this.#running].filter((one) => one.isDoubtful).length < MAX_DOUBTFUL_LOOKUPS;
  }

  /** Those that wait are better served with a place than the others with the rest of their addresses. */
  #hurry(): void {
    if (this.#running.size < MAX_LOOKUPS || this.#sure.size + this.#doubtful.size === 0) return;
    for (const { hasPart, controller } of this.#running) if (hasPart) controller.abort();
  }

  #startNext(): void {
    for (const [queue, isDoubtful] of [[this.#sure, false], [this.#doubtful, true]] as const) {
      for (const waiting of queue) {
        if (!this.#hasRoom(isDoubtful)) break;
        waiting.start();
      }
    }
  }
}
