import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { type Random, seededRandom } from "../../src/base/random.ts";
import { ResettableClient } from "./resettable_client.ts";
import { isSocketError, tryClose, writeAll } from "./tcp_server.ts";
import { within } from "./within.ts";

/** Largest session. */
const MAX_BYTES = 2 ** 21;
/** How long a session may take. */
const SESSION_DEADLINE_MS = 30_000;
/** Longest time between a client's last byte and the end that it makes. */
const MAX_PAUSE_MS = 20;

/** Arbitrary bytes in which no two places of a session look alike. */
const BYTES = Uint8Array.from(
  { length: MAX_BYTES },
  (_, index) => (Math.imul(index, 2_654_435_761) >>> 13) & 255,
);

/**
 * A client with a mind of its own: of its sessions with echo targets some are whole and compared byte by byte, some end
 * by an RST, some are left with bytes unread. What it does is up to its seed alone.
 */
export class SoakClient {
  /** Sessions begun so far. */
  sessions = 0;
  readonly #random: Random;

  /**
   * @param cleanPort Leads to an echo target; nothing may be lost on the way.
   * @param faultyPort Leads to one through a hop that breaks connections.
   * @param maxRestMs Longest time between two sessions.
   */
  constructor(
    seed: number,
    private readonly cleanPort: number,
    private readonly faultyPort: number,
    private readonly maxRestMs: number,
  ) {
    this.#random = seededRandom(seed);
  }

  /** One session after the other, until a time of `performance.now()`. */
  async run(untilMs: number): Promise<void> {
    while (performance.now() < untilMs) {
      this.sessions++;
      const isClean = this.#random() < 0.6;
      try {
        await this.#session(isClean ? this.cleanPort : this.faultyPort, isClean);
      } catch (error) {
        // Behind the faulty hop any call may find the connection broken, connecting included.
        if (isClean || !isSocketError(error)) throw error;
      }
      await pause(this.#random() * this.maxRestMs);
    }
  }

  #session(port: number, isClean: boolean): Promise<void> {
    const kind = this.#random();
    return kind < 0.75 ? this.#exchange(port, isClean) : kind < 0.9 ? this.#reset(port) : this.#leave(port);
  }

  /** Most sessions are small, some are big. */
  #size(): number {
    return Math.floor(MAX_BYTES ** this.#random());
  }

  /** Sends, ends, and compares what comes back; nothing may be missing where nothing was broken on the way. */
  async #exchange(port: number, isWholeExpected: boolean): Promise<void> {
    const size = this.#size();
    const socket = await Deno.connect({ hostname: "127.0.0.1", port });
    const receiving = this.#receive(socket, size);
    try {
      await writeAll(socket, BYTES.subarray(0, size));
      await socket.closeWrite();
    } catch (error) {
      if (isWholeExpected || !isSocketError(error)) throw error;
    }
    const received = await within(`the echo of ${size} bytes`, receiving, SESSION_DEADLINE_MS);
    if (isWholeExpected) assert.equal(received, size);
    tryClose(socket);
  }

  async #receive(socket: Deno.Conn, size: number): Promise<number> {
    const buffer = new Uint8Array(1 + Math.floor(this.#random() * 256 * 1024));
    let received = 0;
    try {
      for (;;) {
        const count = await socket.read(buffer);
        if (count === null) return received;
        assert.ok(received + count <= size, "more came back than was sent");
        const wanted = BYTES.subarray(received, received + count);
        assert.equal(Buffer.compare(buffer.subarray(0, count), wanted), 0, `changed after ${received} bytes`);
        received += count;
      }
    } catch (error) {
      if (!isSocketError(error)) throw error;
      return received;
    }
  }

  async #reset(port: number): Promise<void> {
    await using client = await ResettableClient.open(port);
    if (this.#random() < 0.5) client.drain();
    void client.write(BYTES.subarray(0, this.#size()));
    await pause(this.#random() * MAX_PAUSE_MS);
    client.reset();
  }

  /** Closes with bytes of the reply still unread. */
  async #leave(port: number): Promise<void> {
    const socket = await Deno.connect({ hostname: "127.0.0.1", port });
    try {
      await socket.write(BYTES.subarray(0, Math.min(this.#size(), 65_536)));
      await pause(this.#random() * MAX_PAUSE_MS);
    } catch (error) {
      if (!isSocketError(error)) throw error;
    }
    tryClose(socket);
  }
}

function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}
