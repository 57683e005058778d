import { ACCESS_FLUSH_BYTES, ACCESS_FLUSH_MS } from "../base/limits.ts";
import type { Random } from "../base/random.ts";
import type { Engine } from "../engine/engine.ts";
import { AccessCredit } from "../model/access_credit.ts";
import { type Board, Counter, Header, PROCESS_SLOT } from "../model/board.ts";
import type { Report } from "../model/messages.ts";
import { ByteSink } from "./byte_sink.ts";
import type { Counters } from "./counters.ts";

/** A data thread's access records on their way to control: many share one message. */
export class AccessBuffer {
  /** Where the next record is to be written, one line of JSON; then {@link recorded} is to be called. */
  readonly lines = new ByteSink();
  readonly #credit: AccessCredit;
  #count = 0;
  #flushPending = false;

  constructor(
    private readonly board: Board,
    private readonly counters: Counters,
    private readonly engine: Engine,
    private readonly random: Random,
    private readonly report: (report: Report) => void,
  ) {
    this.#credit = new AccessCredit(board.words);
  }

  /**
   * Whether the next session's record is wanted.
   * @param sample share of sessions that are recorded, 0 to 1. With 0 they are made for those who follow them live, if any.
   */
  wants(sample: number): boolean {
    if (sample >= 1) return true;
    return sample > 0 ? this.random() < sample : this.board.words[Header.accessFollowed] !== 0;
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

  /** Sends the queued records to control; drops and counts them where too many are under way already. */
  flush(): void {
    const count = this.#count;
    if (count === 0) return;
    this.#count = 0;
    const bytes = this.lines.length;
    if (this.#credit.take(bytes)) {
      this.counters.add(PROCESS_SLOT, Counter.accessBytes, bytes);
      this.report({ type: "access", lines: this.lines.view().slice(), count });
    } else {
      this.#credit.drop(count);
    }
    this.lines.clear();
  }
}
