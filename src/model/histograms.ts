/**
 * Histograms of apps: a row of counts for each slot, in a region of a thread's memory that is its own, behind its counters
 * (`ThreadMemory`). A time is counted in one bucket alone, and added to a sum; adding buckets up is for who reads them.
 */

/** One histogram of an app, and where it stands in the app's row. */
export interface Histogram {
  /** Upper bounds of its buckets, milliseconds, inclusive; one more bucket takes what is above the last. */
  readonly boundsMs: readonly number[];
  /** Of its first bucket in the row; the others follow, and then the sum. */
  readonly offset: number;
}

/** Every histogram; what they count in is made from this list. */
export const HISTOGRAMS = layOut({
  /** From the start of an attempt to the open connection with a target; attempts that fail count nowhere. */
  connect: [0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000],
  /** To the first byte of a target: from the accept, or in HTTP mode from the request's whole head. */
  firstByte: [0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000],
  /** From the request's whole head to its end, in HTTP mode. */
  request: [0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000],
  /** From the accept of a client to the end of its connection. */
  connection: [
    1,
    5,
    25,
    100,
    500,
    1_000,
    5_000,
    15_000,
    60_000,
    300_000,
    900_000,
    3_600_000,
    14_400_000,
    86_400_000,
  ],
});

/** Name of a histogram. */
export type HistogramName = keyof typeof HISTOGRAMS;

/** Counts a slot and thread; bounds and sums of all histograms fill a whole number of cache lines. */
export const HISTOGRAM_ROW = Object.values(HISTOGRAMS).reduce((sum, one) => sum + width(one.boundsMs), 0);

/** Counts one time. @param row of the slot, as an index in `values`. */
export function observe(
  values: Float64Array,
  row: number,
  { boundsMs, offset }: Histogram,
  ms: number,
): void {
  const { length } = boundsMs;
  let bucket = 0;
  while (bucket < length && ms > boundsMs[bucket]!) bucket++;
  const at = row + offset;
  values[at + bucket]! += 1;
  values[at + length + 1]! += ms;
}

function layOut<N extends string>(
  bounds: Readonly<Record<N, readonly number[]>>,
): Readonly<Record<N, Histogram>> {
  let offset = 0;
  const laidOut: Partial<Record<N, Histogram>> = {};
  for (const name of Object.keys(bounds) as N[]) {
    laidOut[name] = { boundsMs: bounds[name], offset };
    offset += width(bounds[name]);
  }
  return laidOut as Record<N, Histogram>;
}

/** A bucket for each bound, one above the last, and the sum. */
function width(boundsMs: readonly number[]): number {
  return boundsMs.length + 2;
}
