import { ACCESS_FLUSH_BYTES, ACCESS_FLUSH_MS } from "../base/limits.ts";
import type { Engine } from "../engine/engine.ts";
import type { Counter } from "../model/board.ts";
import { PROCESS_SLOT } from "../model/board.ts";
import type { RecordsReport, RecordType } from "../model/messages.ts";
import type { RecordCredit } from "../model/record_credit.ts";
import { ByteSink } from "./byte_sink.ts";
import type { Counters } from "./counters.ts";

/** Which records they are, and where it is noted what was sent of them. */
export interface RecordKind {
  readonly type: RecordType;
  readonly credit: RecordCredit;
  /** Of the process: bytes that were sent to control. */
  readonly sentBytes: (typeof Counter)["accessBytes" | "traceBytes"];
}

/** A data thread's records of one kind on their way to control: many share one message. */
export class RecordBuffer {
  /** Where the next record is to be written, one line of JSON; then {@link recorded} is to be called. */
  readonly lines = new ByteSink();
  #count = 0;
  #flushPending = false;

  constructor(
    private readonly kind: RecordKind,
    private readonly counters: Counters,
    private readonly engine: Engine,
    private readonly report: (report: RecordsReport) => void,
  ) {}

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

  /** Sends the queued records to control; drops and counts them where too many are under way already. */
  flush(): void {
    const count = this.#count;
    if (count === 0) return;
    this.#count = 0;
    const { type, credit, sentBytes } = this.kind;
    const bytes = this.lines.length;
    if (credit.take(bytes)) {
      this.counters.add(PROCESS_SLOT, sentBytes, bytes);
      this.report({ type, lines: this.lines.view().slice(), count });
    } else {
      credit.drop(count);
    }
    this.lines.clear();
  }
}
