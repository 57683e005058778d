import { freeBytes } from "./free_bytes.ts";
import { OUTPUT_WRITE_BYTES } from "./limits.ts";

/** Takes bytes, perhaps only some of them: a file, or a standard stream. */
export interface ByteWriter {
  /** Resolves with the number of bytes taken. */
  write(bytes: Uint8Array): Promise<number>;
}

/** Bytes that wait, and who wants to know what became of them. */
interface Piece {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** @param error why they are lost, null when they are written. */
  readonly onDone: (error: unknown) => void;
}

/** Why pieces are lost that {@link OutputQueue.giveUp} took. */
const GIVEN_UP = new Error("given up");

/**
 * What waits for a writer that may be slow, in order and bounded. One write is under way at a time; whoever has something
 * to write never waits.
 */
export class OutputQueue {
  #pieces: Piece[] = [];
  #waitingBytes = 0;
  #draining: Promise<void> | null = null;

  /** @param maxBytes most bytes that wait, those of the write under way included. */
  constructor(private readonly writer: ByteWriter, private readonly maxBytes: number) {}

  /** Bytes that wait, those of the write under way included. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /**
   * Takes bytes; they must not change from then on.
   * @param onDone called once, with null when they are written, otherwise with the reason why they are lost.
   * @returns false when there is no room for them; then nothing was taken.
   */
  push(bytes: Uint8Array<ArrayBuffer>, onDone: (error: unknown) => void): boolean {
    if (this.#waitingBytes + bytes.length > this.maxBytes) return false;
    this.#waitingBytes += bytes.length;
    this.#pieces.push({ bytes, onDone });
    this.#draining ??= this.#drain();
    return true;
  }

  /** Resolves when nothing waits. A writer that takes nothing holds it up. */
  async flushed(): Promise<void> {
    while (this.#draining !== null) await this.#draining;
  }

  /** Drops what waits behind the write under way. */
  giveUp(): void {
    this.#done(this.#pieces.splice(0), GIVEN_UP);
  }

  async #drain(): Promise<void> {
    while (this.#pieces.length > 0) {
      const pieces = this.#next();
      const bytes = joined(pieces);
      let error: unknown = null;
      try {
        await this.#writeAll(bytes);
      } catch (reason) {
        error = reason;
      }
      if (pieces.length > 1) freeBytes(bytes);
      this.#done(pieces, error);
    }
    this.#draining = null;
  }

  /** The first pieces, as many as are written together. */
  #next(): Piece[] {
    let bytes = 0;
    const more = this.#pieces.findIndex((piece) => (bytes += piece.bytes.length) > OUTPUT_WRITE_BYTES);
    return this.#pieces.splice(0, more < 0 ? this.#pieces.length : Math.max(1, more));
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    let rest = bytes;
    while (rest.length > 0) rest = rest.subarray(await this.writer.write(rest));
  }

  #done(pieces: readonly Piece[], error: unknown): void {
    for (const { bytes, onDone } of pieces) {
      this.#waitingBytes -= bytes.length;
      onDone(error);
    }
  }
}

function joined(pieces: readonly Piece[]): Uint8Array<ArrayBuffer> {
  const [first] = pieces;
  if (first !== undefined && pieces.length === 1) return first.bytes;
  const all = new Uint8Array(pieces.reduce((sum, { bytes }) => sum + bytes.length, 0));
  let at = 0;
  for (const { bytes } of pieces) {
    all.set(bytes, at);
    at += bytes.length;
  }
  return all;
}
