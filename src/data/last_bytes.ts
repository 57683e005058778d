import type { Engine, Timer } from "../engine/engine.ts";

/**
 * The end of a data thread whose sessions are over: what they wrote last may still wait in the engine for clients that
 * read slowly, and would be cut off by a shutdown.
 */
export class LastBytes {
  readonly #engine: Engine;
  readonly #onDone: (cut: number) => void;
  #deadlineAt = Infinity;
  #hasBegun = false;
  #isDone = false;
  #timer: Timer | null = null;

  /** @param onDone called once, with the number of connections that are cut off. */
  constructor(engine: Engine, onDone: (cut: number) => void) {
    this.#engine = engine;
    this.#onDone = onDone;
  }

  /** It may take this long from now on, milliseconds, sessions included. Only the first call counts. */
  limit(ms: number): void {
    if (this.#deadlineAt !== Infinity) return;
    this.#deadlineAt = this.#engine.now() + ms;
    if (this.#hasBegun) this.#arm();
  }

  /** No session is left: waits for the engine. A second call is ignored. */
  await(): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    this.#engine.whenFlushed(() => this.#finish());
    this.#arm();
  }

  #arm(): void {
    if (this.#isDone || this.#deadlineAt === Infinity) return;
    const leftMs = Math.max(0, this.#deadlineAt - this.#engine.now());
    this.#timer = this.#engine.timer(leftMs, () => this.#finish());
  }

  #finish(): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#timer?.cancel();
    this.#onDone(this.#engine.lingering);
  }
}
