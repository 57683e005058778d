/** Connect times over time: a column for each span of time, a row for each bucket of the histogram. */
export interface HeatMap {
  /** Begin of each column, seconds since the epoch; oldest first. */
  readonly times: readonly number[];
  /** `counts[column][row]`, the quickest row first. */
  readonly counts: readonly (readonly number[])[];
  readonly largest: number;
}

/** Counts of one sample. */
export interface BucketCounts {
  /** Seconds since the epoch. */
  readonly time: number;
  readonly counts: readonly number[];
}

/** Keeps the counts of the last samples, added up to columns that are `columnSeconds` wide. */
export class HeatMapBins {
  #times: number[] = [];
  #counts: number[][] = [];

  constructor(private readonly columns: number, private readonly columnSeconds: number) {}

  /** Adds the counts of one sample to the column of its time. Samples come in the order of their times. */
  add({ time, counts }: BucketCounts): void {
    const begin = Math.floor(time / this.columnSeconds) * this.columnSeconds;
    const last = this.#times.at(-1);
    if (last !== undefined && begin < last) return;
    if (begin !== last) {
      this.#times.push(begin);
      this.#counts.push(counts.map(() => 0));
      if (this.#times.length > this.columns) {
        this.#times.shift();
        this.#counts.shift();
      }
    }
    const column = this.#counts.at(-1)!;
    for (let row = 0; row < counts.length; row++) column[row] = (column[row] ?? 0) + (counts[row] ?? 0);
  }

  /** A picture of what is kept. */
  map(): HeatMap {
    const largest = this.#counts.reduce((most, column) => Math.max(most, ...column), 0);
    return { times: [...this.#times], counts: this.#counts.map((column) => [...column]), largest };
  }
}

/**
 * How strong a cell is drawn, 0 to 1: by the square root of its share, so that one slow connect among thousands is still
 * seen. What is not empty is at least 0.12.
 */
export function heatOf(count: number, largest: number): number {
  if (count <= 0 || largest <= 0) return 0;
  return Math.max(0.12, Math.sqrt(count / largest));
}

/** The rows from the first to the last that have a count, one more on each side: others are left out of the picture. */
export function usedRows(
  { counts }: HeatMap,
  rows: number,
): { readonly first: number; readonly last: number } {
  let first = rows;
  let last = -1;
  for (const column of counts) {
    for (let row = 0; row < rows; row++) {
      if ((column[row] ?? 0) === 0) continue;
      first = Math.min(first, row);
      last = Math.max(last, row);
    }
  }
  if (last < 0) return { first: 0, last: Math.min(rows - 1, 5) };
  return { first: Math.max(0, first - 1), last: Math.min(rows - 1, last + 1) };
}
