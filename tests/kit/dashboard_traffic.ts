import { Client } from "./client.ts";
import { pass } from "./over_time.ts";

const HELD_MS = 300;
const PAUSE_MS = 50;

/** Clients that come, ask a few times, stay a moment and go, one after another on each of several ways. */
export class SteadyTraffic implements AsyncDisposable {
  /** Clients that were served. */
  served = 0;
  readonly #running: Promise<unknown>;
  #isOver = false;

  /** @param port of an app whose targets echo. @param ways clients at a time. */
  constructor(port: number, ways: number) {
    this.#running = Promise.all(Array.from({ length: ways }, () => this.#run(port)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await this.#running;
  }

  async #run(port: number): Promise<void> {
    while (!this.#isOver) {
      try {
        using client = await Client.to(port);
        await client.ask("x".repeat(1000));
        await pass(HELD_MS * Math.random());
        await client.finish();
        await client.ended();
        this.served++;
      } catch {
        // Targets are killed in tests: what clients meet then is not what is looked at.
      }
      await pass(PAUSE_MS);
    }
  }
}
