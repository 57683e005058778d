import { EpollEngine } from "../../src/engine/epoll/engine.ts";
import "./opened_libc.ts";

/** An epoll engine that serves in the test's own thread, in turns between which the event loop runs. */
export class TurningEngine implements AsyncDisposable {
  readonly engine = new EpollEngine({
    clock: { wallTime: Date.now },
    gate: { words: new Int32Array(new SharedArrayBuffer(4)), index: 0 },
  });
  /** Turns so far. */
  turns = 0;
  #isOver = false;
  readonly #turning: Promise<void>;

  constructor() {
    this.#turning = this.#turn();
  }

  async #turn(): Promise<void> {
    while (!this.#isOver) {
      this.engine.turn(0);
      this.turns++;
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  }

  /** Shuts the engine down. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await this.#turning;
    this.engine.shutdown();
  }
}
