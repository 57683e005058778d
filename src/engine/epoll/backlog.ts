import { type StreamIo, WOULD_BLOCK } from "./stream_io.ts";

/** Bytes that wait until a socket takes them, in order. A connection has one only while it needs it. */
export class Backlog {
  readonly #chunks: Uint8Array<ArrayBuffer>[] = [];
  /** Bytes of the first chunk that have left. */
  #offset = 0;
  #bytes = 0;

  /** Bytes that wait. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds bytes at the end; they are copied. */
  push(bytes: Uint8Array): void {
    this.#chunks.push(new Uint8Array(bytes));
    this.#bytes += bytes.length;
  }

  /**
   * Sends until nothing waits or the socket takes no more.
   * @returns bytes that left, or a negative error number. `WOULD_BLOCK` where none left.
   */
  flush(io: StreamIo, socket: number): number {
    let moved = 0;
    for (let chunk = this.#chunks[0]; chunk !== undefined; chunk = this.#chunks[0]) {
      const rest = this.#offset === 0 ? chunk : chunk.subarray(this.#offset);
      const sent = io.send(socket, rest);
      if (sent < 0) return sent === WOULD_BLOCK && moved > 0 ? moved : sent;
      moved += sent;
      this.#bytes -= sent;
      if (sent < rest.length) {
        this.#offset += sent;
        return moved;
      }
      this.#offset = 0;
      this.#chunks.shift();
    }
    return moved;
  }
}
