import { type Clock, sleep } from "../../src/base/clock.ts";

const QUESTION = new TextEncoder().encode("ping");

/** New connections at a steady pace: each asks once, gets its echo and is closed. */
export class Load {
  /** @param perSecond connections. */
  constructor(
    private readonly port: number,
    private readonly perSecond: number,
    private readonly clock: Clock,
  ) {}

  /**
   * Runs for some time.
   * @returns of each connection the time from its beginning to its echo, milliseconds.
   * @throws {Error} when one was not served.
   */
  async run(spanMs: number): Promise<number[]> {
    const startedAt = this.clock.now();
    const running: Promise<number>[] = [];
    for (let dueMs = 0; dueMs < spanMs; dueMs += 1000 / this.perSecond) {
      const waitMs = startedAt + dueMs - this.clock.now();
      if (waitMs > 0) await sleep(this.clock, waitMs);
      running.push(this.#ask());
    }
    return await Promise.all(running);
  }

  async #ask(): Promise<number> {
    const startedAt = this.clock.now();
    using connection = await Deno.connect({ hostname: "127.0.0.1", port: this.port });
    await connection.write(QUESTION);
    const count = await connection.read(new Uint8Array(16));
    if (count !== QUESTION.length) throw new Error(`A connection had ${count} bytes of its echo`);
    return this.clock.now() - startedAt;
  }
}
