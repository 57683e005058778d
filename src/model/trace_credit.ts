import { TRACE_BACKLOG_MAX_BYTES } from "../base/limits.ts";
import { Header } from "./board.ts";
import { RecordCredit } from "./record_credit.ts";

/** The credit of trace records: they are under way until control has read them. */
export class TraceCredit extends RecordCredit {
  /** @param words the board's. */
  constructor(words: Int32Array) {
    super(words, { waiting: Header.tracesWaiting, dropped: Header.tracesDropped }, TRACE_BACKLOG_MAX_BYTES);
  }
}
