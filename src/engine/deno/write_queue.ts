import type { BufferPool } from "./buffer_pool.ts";

/** A part of the queue: `bytes[start..end]` waits. */
interface Chunk {
  readonly bytes: Uint8Array<ArrayBuffer>;
  start: number;
  end: number;
}

/** Bytes that wait to be sent, copied into pooled buffers. */
export class WriteQueue {
  readonly #pool: BufferPool;
  readonly #chunks: Chunk[] = [];
  #length = 0;

  constructor(pool: BufferPool) {
    this.#pool = pool;
  }

  /** Bytes that wait. */
  get length(): number {
    return this.#length;
  }

  /** Copies bytes to the end of the queue. */
  push(bytes: Uint8Array): void {
    this.#length += bytes.length;
    for (let at = 0; at < bytes.length;) {
      const tail = this.#tail(bytes.length - at);
      const part = Math.min(tail.bytes.length - tail.end, bytes.length - at);
      tail.bytes.set(part === bytes.length ? bytes : bytes.subarray(at, at + part), tail.end);
      tail.end += part;
      at += part;
    }
  }

  /** The first bytes of the queue, empty when nothing waits. They stay in place until {@link shift}. */
  head(): Uint8Array<ArrayBuffer> {
    const head = this.#chunks[0];
    return head === undefined ? NOTHING : head.bytes.subarray(head.start, head.end);
  }

  /** Removes bytes that were sent; at most those that `head` gave. */
  shift(count: number): void {
    const head = this.#chunks[0];
    if (head === undefined) return;
    head.start += count;
    this.#length -= count;
    if (head.start < head.end) return;
    this.#chunks.shift();
    this.#pool.give(head.bytes);
  }

  /**
   * Drops everything.
   * @param inFlight The system may still read the first chunk, so its memory is left to the garbage collector.
   */
  clear(inFlight: boolean): void {
    if (inFlight) this.#chunks.shift();
    for (const chunk of this.#chunks) this.#pool.give(chunk.bytes);
    this.#chunks.length = 0;
    this.#length = 0;
  }

  #tail(wanted: number): Chunk {
    const last = this.#chunks.at(-1);
    if (last !== undefined && last.end < last.bytes.length) return last;
    const chunk = { bytes: this.#pool.take(wanted), start: 0, end: 0 };
    this.#chunks.push(chunk);
    return chunk;
  }
}

const NOTHING = new Uint8Array(0);
