/**
 * The connections of one engine that were closed while bytes still waited to be sent. Whoever closed them knows of them
 * no more, so that this count alone tells whether the engine may be shut down without cutting anybody off.
 */
export class Lingering {
  readonly #later: (callback: () => void) => void;
  #count = 0;
  #waiting: (() => void)[] = [];
  #onChange: (change: 1 | -1) => void = () => {};

  /** @param later Calls back soon, outside of whatever goes on with a connection now. */
  constructor(later: (callback: () => void) => void) {
    this.#later = later;
  }

  /** How many there are. */
  get count(): number {
    return this.#count;
  }

  /** Who is told of each. */
  watch(onChange: (change: 1 | -1) => void): void {
    this.#onChange = onChange;
  }

  /** One more was closed. */
  begin(): void {
    this.#count++;
    this.#onChange(1);
  }

  /** The bytes of one have left, or cannot leave any more. */
  end(): void {
    this.#onChange(-1);
    if (--this.#count === 0 && this.#waiting.length > 0) this.#later(this.#tell);
  }

  /** Calls back once there are none, within this call if that is so now. */
  whenNone(callback: () => void): void {
    if (this.#count === 0) callback();
    else this.#waiting.push(callback);
  }

  /** Nobody is called any more: the engine shuts down. */
  forget(): void {
    this.#waiting = [];
  }

  readonly #tell = (): void => {
    if (this.#count > 0) return;
    for (const callback of this.#waiting.splice(0)) callback();
  };
}
