import { errorMessage } from "../../../base/errors.ts";
import type { Logger } from "../../../base/log.ts";
import type { SinkReports } from "./sink.ts";

/** Says once that a place loses access records, or cannot be written to, and once how many it lost when that is over. */
export class Outage implements SinkReports {
  /** Records that did not get there since the start. */
  #missing = 0;
  /** How many of them were missing before the outage; null while there is none. */
  #since: number | null = null;
  #isFailing = false;
  #hasEnded = false;

  /** @param output where it is, for the log. */
  constructor(private readonly log: Logger, private readonly output: string) {}

  failed(error: unknown): void {
    this.#isFailing = true;
    if (this.#since !== null || this.#hasEnded) return;
    this.#since = this.#missing;
    this.log.error("access_log_failed", { output: this.output, error: errorMessage(error) });
  }

  worked(): void {
    this.#isFailing = false;
  }

  notRotated(error: unknown): void {
    this.log.error("log_rotate_failed", { output: this.output, error: errorMessage(error) });
  }

  /** So many records did not get there. */
  missed(records: number): void {
    this.#missing += records;
  }

  /** There was no room for so many records. */
  dropped(records: number): void {
    if (this.#since === null) {
      this.#since = this.#missing;
      this.log.warn("access_log_slow", { output: this.output });
    }
    this.missed(records);
  }

  /** Nobody cares any more: nothing more is said. */
  end(): void {
    this.#hasEnded = true;
  }

  /** Nothing waits any more. */
  caughtUp(): void {
    if (this.#since === null || this.#isFailing) return;
    this.log.warn("access_log_recovered", { output: this.output, dropped: this.#missing - this.#since });
    this.#since = null;
  }
}
