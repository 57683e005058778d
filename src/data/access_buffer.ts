import type { Random } from "../base/random.ts";
import type { Engine } from "../engine/engine.ts";
import { AccessCredit } from "../model/access_credit.ts";
import { type Board, Counter, Header } from "../model/board.ts";
import type { RecordsReport } from "../model/messages.ts";
import type { Counters } from "./counters.ts";
import { RecordBuffer } from "./record_buffer.ts";

/** A data thread's access records on their way to control. */
export class AccessBuffer extends RecordBuffer {
  constructor(
    private readonly board: Board,
    counters: Counters,
    engine: Engine,
    private readonly random: Random,
    report: (report: RecordsReport) => void,
  ) {
    const credit = new AccessCredit(board.words);
    super({ type: "access", credit, sentBytes: Counter.accessBytes }, counters, engine, report);
  }

  /**
   * Whether the next session's record is wanted.
   * @param sample share of sessions that are recorded, 0 to 1. With 0 they are made for those who follow them live, if any.
   */
  wants(sample: number): boolean {
    if (sample >= 1) return true;
    return sample > 0 ? this.random() < sample : this.board.words[Header.accessFollowed] !== 0;
  }
}
