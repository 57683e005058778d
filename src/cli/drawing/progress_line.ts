import { type Clock, systemClock } from "../../base/clock.ts";
import type { Io } from "../io.ts";
import { bar } from "./bar_chart.ts";
import { painter } from "./paint.ts";
import { clip } from "./printable.ts";

const BAR_COLUMNS = 24;
/** A narrower terminal gets the text alone. */
const LEAST_COLUMNS_WITH_BAR = 60;
/** Drawn no more often than this, milliseconds. */
const LEAST_STEP_MS = 50;
/** Back to the first column, and erase to the end of the line (ECMA-48 EL). */
const CLEAR_LINE = "\r\x1b[K";

/** A line that is drawn over while something runs, at most 20 times a second. Where output cannot be drawn over there is nothing. */
export class ProgressLine {
  readonly #io: Io;
  readonly #clock: Clock;
  #isShown = false;
  #drawnAt = -Infinity;

  constructor(io: Io, clock: Clock = systemClock) {
    this.#io = io;
    this.#clock = clock;
  }

  /** @param share done, 0 to 1. */
  draw(share: number, text: string): void {
    const { canRedraw, columns, color } = this.#io;
    const now = this.#clock.now();
    if (!canRedraw || now - this.#drawnAt < LEAST_STEP_MS) return;
    this.#drawnAt = now;
    const percent = `${Math.floor(Math.min(1, share) * 100)} %`.padStart(5);
    const filled = bar(share, BAR_COLUMNS);
    const track = columns >= LEAST_COLUMNS_WITH_BAR
      ? `${painter(color)("accent", filled)}${
        painter(color)("faint", "·".repeat(BAR_COLUMNS - filled.length))
      } `
      : "";
    // One column stays free: a terminal may wrap once the last one is written.
    const room = columns - 1 - (track === "" ? 0 : BAR_COLUMNS + 1);
    this.#io.stdout(`${CLEAR_LINE}${track}${clip(`${percent}  ${text}`, room)}`);
    this.#isShown = true;
  }

  /** Leaves an empty line behind for what comes next. */
  clear(): void {
    if (this.#isShown) this.#io.stdout(CLEAR_LINE);
    this.#isShown = false;
  }
}
