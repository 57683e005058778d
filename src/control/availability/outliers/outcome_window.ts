import { Counter } from "../../../model/board.ts";
import type { CounterTotals } from "../../telemetry/counter_totals.ts";
import type { Outcomes } from "./rates.ts";

/** Answers by the hundred: 1xx to 5xx. */
const HUNDREDS = [0, 1, 2, 3, 4] as const;

/** How it went with one target since the last look at its counters. */
export class OutcomeWindow {
  #last: Outcomes;

  /** @param isHttp counts requests, not sessions. */
  constructor(
    private readonly totals: CounterTotals,
    private readonly slot: number,
    private readonly isHttp: boolean,
  ) {
    this.#last = this.#read();
  }

  /** What was counted since the last call. */
  take(): Outcomes {
    const now = this.#read();
    const { total, failed } = this.#last;
    this.#last = now;
    return { total: now.total - total, failed: now.failed - failed };
  }

  #read(): Outcomes {
    const unconnected = this.#sum(Counter.connectFailures);
    if (!this.isHttp) return { total: this.#sum(Counter.connections) + unconnected, failed: unconnected };
    const answers = HUNDREDS.map((hundred) => this.#sum(Counter.answers + hundred));
    const failed = unconnected + this.#sum(Counter.unanswered);
    const [serverErrors = 0] = answers.slice(-1);
    return { total: failed + answers.reduce((sum, count) => sum + count, 0), failed: failed + serverErrors };
  }

  #sum(counter: number): number {
    return this.totals.sum(this.slot, counter);
  }
}
