import { ACCESS_FLUSH_BYTES, ACCESS_FLUSH_MS } from "../base/limits.ts";
import type { Random } from "../base/random.ts";
import type { Engine } from "../engine/engine.ts";
import type { Report } from "../model/messages.ts";
import { ByteSink } from "./byte_sink.ts";

/** Gathers a data thread's access records, so that many leave for control together. */
export class AccessBuffer {
  /** Where the next access record is to be written, one line of JSON; then {@link recorded} is to be called. */
  readonly lines = new ByteSink();
  readonly #decoder = new TextDecoder();
  #count = 0;
  #flushPending = false;

  constructor(
    private readonly engine: Engine,
    private readonly random: Random,
    private readonly report: (report: Report) => void,
  ) {}

  /** Whether the next session's record is wanted. @param sample share of sessions that are recorded, 0 to 1. */
  wants(sample: number): boolean {
    return sample >= 1 || (sample > 0 && this.random() < sample);
  }

  /** A line was appended to {@link lines}. It leaves with others soon. */
  recorded(): void {
    this.#count++;
    if (this.lines.length >= ACCESS_FLUSH_BYTES) {
      this.flush();
    } else if (!this.#flushPending) {
      this.#flushPending = true;
      this.engine.timer(ACCESS_FLUSH_MS, () => {
        this.#flushPending = false;
        this.flush();
      });
    }
  }

  /** Sends the queued records to control. */
  flush(): void {
    if (this.#count === 0) return;
    // Gathered as bytes, since a string grown from thousands of pieces costs more to make and to send than to write.
    this.report({ type: "access", lines: this.#decoder.decode(this.lines.view()), count: this.#count });
    this.lines.clear();
    this.#count = 0;
  }
}
