/**
 * Texts of configs by their hash, as many as fit. The newest one is always kept; to make room the one goes first that was
 * put in the longest time ago.
 */
export class ConfigTexts {
  readonly #texts = new Map<string, Uint8Array>();
  #bytes = 0;

  /** @param maxBytes of all texts together. */
  constructor(private readonly maxBytes: number) {}

  get(hash: string): Uint8Array | undefined {
    return this.#texts.get(hash);
  }

  /** Puts one in; one that is there becomes the newest. */
  put(hash: string, text: Uint8Array): void {
    this.remove(hash);
    this.#texts.set(hash, text);
    this.#bytes += text.length;
    for (const oldest of this.#texts.keys()) {
      if (this.#bytes <= this.maxBytes || oldest === hash) return;
      this.remove(oldest);
    }
  }

  /** Takes one out, where it is there. */
  remove(hash: string): void {
    this.#bytes -= this.#texts.get(hash)?.length ?? 0;
    this.#texts.delete(hash);
  }

  /** Keeps none but these. */
  keepOnly(hashes: ReadonlySet<string>): void {
    for (const hash of [...this.#texts.keys()]) if (!hashes.has(hash)) this.remove(hash);
  }
}
