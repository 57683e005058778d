import { type Clock, sleep } from "../../src/base/clock.ts";
import type { Random } from "../../src/base/random.ts";

/** An HTTP server that serves one request at a time, each for some time; the others wait in the order they came. */
export class QueueingTarget {
  /** Requests so far. */
  requests = 0;
  /** Mean time of a request; each takes half to one and a half of it. 0 answers at once. */
  serviceMs: number;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  #queue: Promise<void> = Promise.resolve();

  constructor(serviceMs: number, clock: Clock, random: Random) {
    this.serviceMs = serviceMs;
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async () => {
      this.requests++;
      if (this.serviceMs > 0) {
        this.#queue = this.#queue.then(() => sleep(clock, this.serviceMs * (0.5 + random())));
        await this.#queue;
      }
      return new Response("ok");
    });
  }

  /** Where it listens. */
  get address(): string {
    return `127.0.0.1:${this.#server.addr.port}`;
  }

  /** Stops. */
  async close(): Promise<void> {
    await this.#server.shutdown();
  }
}
