import type { Clock } from "../../../base/clock.ts";
import { freeBytes } from "../../../base/free_bytes.ts";
import { TRACE_CHECK_MS } from "../../../base/limits.ts";
import { TraceCredit } from "../../../model/trace_credit.ts";
import { ThreadBytes } from "../thread_bytes.ts";
import type { BatchExporter } from "./batch_exporter.ts";
import type { Span } from "./span.ts";
import { spansOfRecord } from "./spans_of_record.ts";
import type { TraceRecord } from "./trace_record.ts";

/** Makes spans of what data threads send, and notes what they had to drop. */
export class TraceReceiver {
  readonly #credit: TraceCredit;
  readonly #threads = new ThreadBytes();
  readonly #decoder = new TextDecoder();
  /** Records that data threads dropped, as far as they are counted. */
  #dropped: number;
  #cancelCheck: () => void = () => {};

  /** @param words the board's. */
  constructor(
    words: Int32Array,
    private readonly clock: Clock,
    private readonly exporter: Pick<BatchExporter<Span>, "push" | "lost">,
  ) {
    this.#credit = new TraceCredit(words);
    this.#dropped = this.#credit.dropped;
  }

  /** Begins to look for what is dropped. Once. */
  start(): void {
    this.#cancelCheck = this.clock.timer(TRACE_CHECK_MS, () => {
      this.#check();
      this.start();
    });
  }

  /** Takes whole lines that a data thread sent. Their memory is freed. */
  receive(lines: Uint8Array<ArrayBuffer>, thread: number): void {
    const { length } = lines;
    const text = this.#decoder.decode(lines);
    freeBytes(lines);
    this.#threads.add(thread, length);
    this.#credit.give(length);
    for (const line of text.split("\n")) {
      if (line !== "") this.exporter.push(spansOfRecord(JSON.parse(line) as TraceRecord));
    }
  }

  /** A data thread is gone; what it sent last never arrives. @param sentBytes of records that it sent in its life. */
  threadGone(thread: number, sentBytes: number): void {
    this.#credit.give(this.#threads.gone(thread, sentBytes));
  }

  /** Looks no more. */
  close(): void {
    this.#cancelCheck();
    this.#check();
  }

  /** A record that is dropped is a span at least. */
  #check(): void {
    // A word of the board is too small to count for ever: it shows the low bits.
    const dropped = (this.#credit.dropped - this.#dropped) >>> 0;
    this.#dropped += dropped;
    if (dropped > 0) this.exporter.lost(dropped);
  }
}
