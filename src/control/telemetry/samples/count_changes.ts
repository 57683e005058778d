import type { Histogram } from "../../../model/histograms.ts";
import type { CounterTotals } from "../counter_totals.ts";

/** Reads what was counted. */
export type CountReader = Pick<CounterTotals, "sum" | "histogram">;

/**
 * How much some counters and histograms of a slot grew from one look to the next. A count that is smaller than before began
 * anew, since its slot has another owner or its thread is gone: then it is the change itself.
 */
export class CountChanges {
  /** Of the counters, in their order. */
  readonly counters: number[];
  /** Of the histograms, in their order: a number for each bucket. */
  readonly buckets: readonly number[][];
  /** Whether something grew in the last look. */
  hasChanged = false;
  readonly #before: number[];
  readonly #bucketsBefore: readonly number[][];

  /** Begins with what is counted by now. */
  constructor(
    private readonly reader: CountReader,
    private readonly slot: number,
    private readonly watched: readonly number[],
    private readonly histograms: readonly Histogram[] = [],
  ) {
    this.#before = watched.map((counter) => reader.sum(slot, counter));
    this.counters = watched.map(() => 0);
    this.#bucketsBefore = histograms.map((one) => [...reader.histogram(slot, one).buckets]);
    this.buckets = this.#bucketsBefore.map((buckets) => buckets.map(() => 0));
  }

  /** Looks again. */
  look(): void {
    const { reader, slot } = this;
    this.hasChanged = false;
    for (const [index, counter] of this.watched.entries()) {
      this.#take(this.#before, this.counters, index, reader.sum(slot, counter));
    }
    for (const [index, histogram] of this.histograms.entries()) {
      const { buckets } = reader.histogram(slot, histogram);
      for (let at = 0; at < buckets.length; at++) {
        this.#take(this.#bucketsBefore[index]!, this.buckets[index]!, at, buckets[at]!);
      }
    }
  }

  #take(before: number[], changes: number[], at: number, now: number): void {
    const last = before[at]!;
    const change = now < last ? now : now - last;
    before[at] = now;
    changes[at] = change;
    if (change !== 0) this.hasChanged = true;
  }
}
