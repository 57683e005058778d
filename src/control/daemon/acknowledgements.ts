import type { Clock } from "../../base/clock.ts";
import { ACKNOWLEDGE_TIMEOUT_MS } from "../../base/limits.ts";
import type { Logger } from "../../base/log.ts";

/** Waits until all data threads have a revision in force. */
export class Acknowledgements {
  readonly #waiting = new Set<() => void>();

  /** @param isInForce whether all threads that are expected to have taken the revision over. */
  constructor(
    private readonly clock: Pick<Clock, "timer">,
    private readonly log: Pick<Logger, "error">,
    private readonly isInForce: (revision: number) => boolean,
  ) {}

  /** A thread took a revision over, or is gone. */
  check(): void {
    for (const check of [...this.#waiting]) check();
  }

  /** Resolves when the revision is in force, or after `ACKNOWLEDGE_TIMEOUT_MS`, with a line in the log. */
  all(revision: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const done = (): void => {
      cancel();
      this.#waiting.delete(check);
      resolve();
    };
    const check = (): void => {
      if (this.isInForce(revision)) done();
    };
    const cancel = this.clock.timer(ACKNOWLEDGE_TIMEOUT_MS, () => {
      this.log.error("config_late", { revision });
      done();
    });
    this.#waiting.add(check);
    check();
    return promise;
  }
}
