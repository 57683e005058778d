import { errorMessage } from "../../base/errors.ts";
import type { Logger } from "../../base/log.ts";
import type { AccessSink } from "./access_sink.ts";

/** One sink of the access log and the lines that wait for it. One write is under way at a time. */
export class AccessOutlet {
  #waiting = "";
  #waitingCount = 0;
  #writing: Promise<void> | null = null;
  #failed = false;

  constructor(
    private readonly sink: AccessSink,
    private readonly log: Logger,
    /** Told how many records a failed write has lost. */
    private readonly onLost: (count: number) => void,
  ) {}

  /** Characters that wait behind the write under way. */
  get waitingChars(): number {
    return this.#waiting.length;
  }

  /** Queues whole lines. */
  write(lines: string, count: number): void {
    this.#waiting += lines;
    this.#waitingCount += count;
    this.#writing ??= this.#drain();
  }

  /** Resolves when all queued lines are written or lost. */
  async flushed(): Promise<void> {
    while (this.#writing !== null) await this.#writing;
  }

  /** Closes the sink once all queued lines are written. */
  async close(): Promise<void> {
    await this.flushed();
    this.sink.close();
  }

  async #drain(): Promise<void> {
    while (this.#waiting !== "") {
      const [text, count] = [this.#waiting, this.#waitingCount];
      this.#waiting = "";
      this.#waitingCount = 0;
      try {
        await this.sink.write(text);
        this.#failed = false;
      } catch (error) {
        this.onLost(count);
        if (!this.#failed) this.log.error("writing the access log failed", { error: errorMessage(error) });
        this.#failed = true;
      }
    }
    this.#writing = null;
  }
}
