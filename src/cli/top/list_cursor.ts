/** How far a key moves in a list; null where it moves nothing. @param pageRows rows of the list that are seen. */
export function stepsOf(key: string, pageRows: number): number | null {
  const page = Math.max(1, pageRows - 1);
  return ({
    up: -1,
    k: -1,
    down: 1,
    j: 1,
    pageup: -page,
    pagedown: page,
    home: -Infinity,
    g: -Infinity,
    end: Infinity,
    G: Infinity,
  } as Readonly<Record<string, number>>)[key] ?? null;
}

/** Which entry of a list is chosen, by its name. Where that is gone, the one in its place is. */
export class ListCursor {
  #chosen: string | null = null;
  #index = 0;

  /** Null where the list has no entries. */
  get chosen(): string | null {
    return this.#chosen;
  }

  /** Finds the chosen one among these. */
  settle(names: readonly string[]): void {
    const at = this.#chosen === null ? -1 : names.indexOf(this.#chosen);
    this.#put(names, at >= 0 ? at : this.#index);
  }

  /** Goes on by so many entries, as far as there are any. */
  move(names: readonly string[], steps: number): void {
    this.settle(names);
    this.#put(names, this.#index + steps);
  }

  #put(names: readonly string[], index: number): void {
    this.#index = Math.max(0, Math.min(index, names.length - 1));
    this.#chosen = names[this.#index] ?? null;
  }
}
