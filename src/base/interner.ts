/** Objects that are remembered; where there are more it begins anew. */
const MAX_ENTRIES = 64;

/**
 * Gives one object for all that are alike: apps by the thousand have the same policy. Values are plain data, which nobody
 * changes, and alike where their JSON is.
 */
export class Interner<T extends object> {
  readonly #known = new Map<string, T>();

  /** The first value like this one. */
  of(value: T): T {
    const text = JSON.stringify(value);
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    if (this.#known.size >= MAX_ENTRIES) this.#known.clear();
    this.#known.set(text, value);
    return value;
  }
}
