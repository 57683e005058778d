import { tryClose, writeAll } from "./tcp_server.ts";
import { within } from "./within.ts";

/** What went over a {@link Churn} until it was stopped. */
export interface ChurnResult {
  /** Connections that were made, answered and closed. */
  readonly served: number;
  /** What happened to the others. */
  readonly failures: readonly string[];
}

const QUESTION = new TextEncoder().encode("churn");

/** Load that is all connections: each is made, asks once, gets its echo and is closed; then the next is made. */
export class Churn {
  /** As {@link ChurnResult.served}, so far. */
  served = 0;
  readonly #failures: string[] = [];
  readonly #port: number;
  readonly #running: Promise<unknown>;
  #isOver = false;

  /** @param clients Connections at a time. */
  constructor(port: number, clients: number) {
    this.#port = port;
    this.#running = Promise.all(Array.from({ length: clients }, () => this.#run()));
  }

  /** Lets every client finish its connection. */
  async stop(): Promise<ChurnResult> {
    this.#isOver = true;
    await this.#running;
    return { served: this.served, failures: this.#failures };
  }

  async #run(): Promise<void> {
    const buffer = new Uint8Array(64);
    while (!this.#isOver) {
      try {
        await this.#connection(buffer);
        this.served++;
      } catch (error) {
        this.#failures.push(`${error}`);
      }
    }
  }

  async #connection(buffer: Uint8Array): Promise<void> {
    const connection = await within(
      "a connection",
      Deno.connect({ hostname: "127.0.0.1", port: this.#port }),
    );
    try {
      await writeAll(connection, QUESTION);
      for (let received = 0; received < QUESTION.length;) {
        const count = await within("an echo", connection.read(buffer));
        if (count === null) throw new Error(`Closed after ${received} bytes of the echo`);
        received += count;
      }
    } finally {
      tryClose(connection);
    }
  }
}
