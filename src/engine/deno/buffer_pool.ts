import { RELAY_MAX_BUFFER_BYTES } from "../engine.ts";

/** Smallest buffer: what an idle connection holds while it waits for data. */
export const MIN_BUFFER_BYTES = 4 * 1024;
/** Largest buffer. */
export const MAX_BUFFER_BYTES = RELAY_MAX_BUFFER_BYTES;
/** Sizes differ by this factor. */
const STEP = 4;
/** Most bytes that are kept for reuse, for each size. */
const MAX_KEPT_BYTES = 8 * 1024 * 1024;

/**
 * Receive and send buffers in sizes of 4, 16, 64 and 256 KiB, kept for reuse: making and zeroing a new one costs more
 * than the system call that fills it.
 */
export class BufferPool {
  readonly #free = new Map<number, Uint8Array<ArrayBuffer>[]>();

  /** A buffer of the smallest size that holds `bytes`, or of the largest; its content is arbitrary. */
  take(bytes: number): Uint8Array<ArrayBuffer> {
    let size = MIN_BUFFER_BYTES;
    while (size < bytes && size < MAX_BUFFER_BYTES) size *= STEP;
    return this.#free.get(size)?.pop() ?? new Uint8Array(size);
  }

  /** Gives a buffer back. Nothing may use it any more. */
  give(buffer: Uint8Array<ArrayBuffer>): void {
    let free = this.#free.get(buffer.length);
    if (free === undefined) this.#free.set(buffer.length, free = []);
    if ((free.length + 1) * buffer.length <= MAX_KEPT_BYTES) free.push(buffer);
  }
}
