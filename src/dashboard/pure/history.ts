/** Points that charts begin with; with two a second it is five minutes. */
export const HISTORY_POINTS = 600;

/** What charts draw: one column of times, in seconds, and columns of values; null where nothing is known. */
export interface Columns {
  readonly times: readonly number[];
  readonly values: readonly (readonly (number | null)[])[];
}

/**
 * The last values of several things that are measured together. Where samples are missing for longer than `gapSeconds` a
 * row without values says so, so that no line is drawn over the gap.
 */
export class History<K extends string> {
  readonly #times: number[] = [];
  readonly #columns: Readonly<Record<K, (number | null)[]>>;

  constructor(
    private readonly names: readonly K[],
    private readonly capacity: number = HISTORY_POINTS,
    private readonly gapSeconds: number = 3,
  ) {
    this.#columns = Object.fromEntries(names.map((name) => [name, []])) as never;
  }

  get length(): number {
    return this.#times.length;
  }

  /** Time from the first row that is kept to the last, seconds. */
  get span(): number {
    return (this.#times.at(-1) ?? 0) - (this.#times.at(-this.capacity) ?? this.#times[0] ?? 0);
  }

  /** @param time seconds since the epoch; one that is not after the last is left out. */
  push(time: number, values: Readonly<Record<K, number | null>>): void {
    const last = this.#times.at(-1);
    if (last !== undefined && time <= last) return;
    if (last !== undefined && time - last > this.gapSeconds) this.#append(last + this.gapSeconds / 2, null);
    this.#append(time, values);
    // Many at once: an array that loses its first element each time is moved each time.
    const surplus = this.#times.length - this.capacity;
    if (surplus < this.capacity / 4) return;
    this.#times.splice(0, surplus);
    for (const name of this.names) this.#columns[name].splice(0, surplus);
  }

  /** The last `capacity` rows of these columns. */
  columns(...names: readonly K[]): Columns {
    const last = <T>(all: readonly T[]): readonly T[] => all.slice(-this.capacity);
    return { times: last(this.#times), values: names.map((name) => last(this.#columns[name])) };
  }

  /** The last value of a column, null where there is none. */
  latest(name: K): number | null {
    return this.#columns[name].at(-1) ?? null;
  }

  /** The largest value of a column, 0 where there is none. */
  largest(name: K): number {
    return this.#columns[name].slice(-this.capacity).reduce<number>(
      (most, value) => Math.max(most, value ?? 0),
      0,
    );
  }

  #append(time: number, values: Readonly<Record<K, number | null>> | null): void {
    this.#times.push(time);
    for (const name of this.names) this.#columns[name].push(values?.[name] ?? null);
  }
}
