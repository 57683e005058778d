import { LOG_BACKLOG_MAX_BYTES } from "../base/limits.ts";
import { type ByteWriter, OutputQueue } from "../base/output_queue.ts";

/**
 * Text for a reader that may be slow or stalled, written in order without holding anybody up. What exceeds
 * {@link LOG_BACKLOG_MAX_BYTES} is dropped and counted, and so is what cannot be written.
 */
export class DeferredOutput {
  /** Texts dropped since the start. */
  dropped = 0;
  readonly #queue: OutputQueue;
  readonly #encoder = new TextEncoder();
  /** Texts dropped and not told yet. */
  #missing = 0;
  /** Once one is dropped for want of room all are, until half of it is free: so there is one gap, and it is told there. */
  #isFull = false;

  /** @param onResumed called when text is taken again, with the number of texts that are missing. */
  constructor(writer: ByteWriter, private readonly onResumed: (dropped: number) => void) {
    this.#queue = new OutputQueue(writer, LOG_BACKLOG_MAX_BYTES);
  }

  /** Takes text to be written, or drops it. */
  write(text: string): void {
    if (!this.#isFull) {
      const bytes = this.#encoder.encode(text);
      this.#isFull = !this.#queue.push(bytes, (error) => this.#written(error));
    }
    if (this.#isFull) this.#drop();
  }

  /** Resolves when nothing waits. A reader that never reads holds it up. */
  async flushed(): Promise<void> {
    await this.#queue.flushed();
  }

  #drop(): void {
    this.dropped++;
    this.#missing++;
  }

  #written(error: unknown): void {
    if (error !== null) this.#drop();
    if (this.#queue.waitingBytes <= LOG_BACKLOG_MAX_BYTES / 2) this.#isFull = false;
    if (error !== null || this.#isFull || this.#missing === 0) return;
    const missing = this.#missing;
    this.#missing = 0;
    this.onResumed(missing);
  }
}
