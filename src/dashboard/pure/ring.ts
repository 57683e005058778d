/** The last numbers of a series, in little memory: there is one for each of thousands of apps. */
export class Ring {
  readonly #values: Float32Array;
  #next = 0;
  #length = 0;

  constructor(capacity: number) {
    this.#values = new Float32Array(capacity);
  }

  /** Adds one; the oldest goes when there are too many. */
  push(value: number): void {
    this.#values[this.#next] = value;
    this.#next = (this.#next + 1) % this.#values.length;
    this.#length = Math.min(this.#length + 1, this.#values.length);
  }

  /** Oldest first. */
  values(): number[] {
    const { length } = this.#values;
    return Array.from(
      { length: this.#length },
      (_, index) => this.#values[(this.#next - this.#length + index + length) % length] ?? 0,
    );
  }
}
