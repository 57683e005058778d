/** An explicit list of named parts: the one place where a folder says what it offers. */
export class Registry<T extends { readonly name: string }> {
  readonly #parts: ReadonlyMap<string, T>;

  /** @throws {TypeError} when two parts share a name. */
  constructor(
    /** What the parts are called in messages, singular: "strategy". */
    readonly kind: string,
    parts: readonly T[],
  ) {
    this.#parts = new Map(parts.map((part) => [part.name, part]));
    if (this.#parts.size !== parts.length) {
      throw new TypeError(`Two entries of the ${kind} registry share a name`);
    }
  }

  /** The registered names, in the order of the list. */
  get names(): readonly string[] {
    return [...this.#parts.keys()];
  }

  /** All parts, in the order of the list. */
  get parts(): readonly T[] {
    return [...this.#parts.values()];
  }

  /** @throws {RangeError} naming the known parts, when there is none of that name. */
  get(name: string): T {
    const part = this.#parts.get(name);
    if (part === undefined) {
      throw new RangeError(`Unknown ${this.kind} "${name}": known are ${this.names.join(", ")}`);
    }
    return part;
  }
}
