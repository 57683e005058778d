import { CounterTotals } from "../../src/control/telemetry/counter_totals.ts";
import { Board } from "../../src/model/board.ts";

/** Slots that tests use; all slots would take long to look at. */
export const TEST_SLOTS = 2_000;

/** What data threads share with control, and the counters of one of them. For few slots: making room for all takes longer than most tests. */
export class FakeMemory {
  readonly board = Board.allocate();
  readonly totals = new CounterTotals(TEST_SLOTS);
  /** Of tables; there are none. */
  readonly tables = new SharedArrayBuffer(0);
  /** Of one thread. */
  readonly counters: Float64Array<SharedArrayBuffer> = this.totals.open();

  /** Zeroes all that tests use, for the next one. */
  reset(): void {
    this.board.words.fill(0, 0, Board.word(TEST_SLOTS, 0));
    this.counters.fill(0);
  }
}
