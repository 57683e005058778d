import { ACCESS_BACKLOG_MAX_BYTES } from "../base/limits.ts";
import { Header } from "./board.ts";
import { RecordCredit } from "./record_credit.ts";

/** The credit of access records: they are under way until they are written. */
export class AccessCredit extends RecordCredit {
  /** @param words the board's. */
  constructor(words: Int32Array) {
    super(words, { waiting: Header.accessWaiting, dropped: Header.accessDropped }, ACCESS_BACKLOG_MAX_BYTES);
  }
}
