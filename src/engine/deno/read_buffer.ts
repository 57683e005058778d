import { type BufferPool, MAX_BUFFER_BYTES, MIN_BUFFER_BYTES } from "./buffer_pool.ts";

/** A buffer grows and shrinks by this factor. */
const STEP = 4;
/** Largest buffer that waits for data; one read of Deno cannot be taken back to make its buffer smaller. */
const MAX_WAITING_BYTES = 16 * 1024;

/**
 * The buffer of one direction of a connection. It follows the amount of data: larger after a read that filled it,
 * smaller after one that left it mostly empty. A read that left room has probably emptied the socket, so the next one
 * may wait for long; it gets a small buffer, and the full size again when that is filled.
 */
export class ReadBuffer {
  readonly #pool: BufferPool;
  #bytes: Uint8Array<ArrayBuffer> | null = null;
  /** Size that suits the data. */
  #suitable = MIN_BUFFER_BYTES;

  constructor(pool: BufferPool) {
    this.#pool = pool;
  }

  /** What to read into; content and identity are kept until {@link adapt} or {@link release}. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes ??= this.#pool.take(Math.min(this.#suitable, MAX_WAITING_BYTES));
  }

  /** Chooses the size for the next read, after one that received `filled` bytes. */
  adapt(filled: number): void {
    const size = this.bytes.length;
    let next: number;
    if (filled === size) {
      if (size === this.#suitable) this.#suitable = Math.min(size * STEP, MAX_BUFFER_BYTES);
      next = this.#suitable;
    } else {
      if (filled < size / STEP) this.#suitable = Math.max(this.#suitable / STEP, MIN_BUFFER_BYTES);
      next = Math.min(this.#suitable, MAX_WAITING_BYTES);
    }
    if (next === size) return;
    this.release();
    this.#bytes = this.#pool.take(next);
  }

  /** Gives the memory back; no read may be under way. */
  release(): void {
    if (this.#bytes === null) return;
    this.#pool.give(this.#bytes);
    this.#bytes = null;
  }
}
