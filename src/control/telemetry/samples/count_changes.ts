import type { Histogram } from "../../../model/histograms.ts";
import type { CounterTotals } from "../counter_totals.ts";

/** Reads what was counted. */
export type CountReader = Pick<CounterTotals, "sum" | "sums" | "buckets">;

/**
 * How much some counters and histograms of a slot grew from one look to the next. A count that is smaller than before began
 * anew, since its slot has another owner: then it is the change itself. Thousands are looked at a second: a look makes no
 * garbage.
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
    const zeros = (count: number): number[] => new Array<number>(count).fill(0);
    this.counters = zeros(watched.length);
    this.#before = zeros(watched.length);
    this.buckets = histograms.map(({ boundsMs }) => zeros(boundsMs.length + 1));
    this.#bucketsBefore = histograms.map(({ boundsMs }) => zeros(boundsMs.length + 1));
    this.look();
    this.hasChanged = false;
    this.counters.fill(0);
    for (const buckets of this.buckets) buckets.fill(0);
  }

  /** Looks again. */
  look(): void {
    const { reader, slot, histograms } = this;
    this.hasChanged = false;
    reader.sums(slot, this.watched, this.counters);
    this.#subtract(this.counters, this.#before);
    for (let at = 0; at < histograms.length; at++) {
      const buckets = this.buckets[at]!;
      reader.buckets(slot, histograms[at]!, buckets);
      this.#subtract(buckets, this.#bucketsBefore[at]!);
    }
  }

  /** Makes changes of counts. */
  #subtract(counts: number[], before: number[]): void {
    for (let at = 0; at < counts.length; at++) {
      const now = counts[at]!;
      const last = before[at]!;
      if (now === last) counts[at] = 0;
      else {
        counts[at] = now < last ? now : now - last;
        before[at] = now;
        this.hasChanged = true;
      }
    }
  }
}
