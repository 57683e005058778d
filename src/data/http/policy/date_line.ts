import type { Clock } from "../../../base/clock.ts";
import type { ByteSink } from "../../byte_sink.ts";

/** Writes `Date` field lines (RFC 9110 section 6.6.1); the line is made once a second. */
export class DateLine {
  #second = -1;
  #line = "";

  constructor(private readonly clock: Clock) {}

  /** Appends the line for now. */
  write(out: ByteSink): void {
    const second = Math.floor(this.clock.wallTime() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#line = `Date: ${new Date(second * 1000).toUTCString()}\r\n`;
    }
    out.text(this.#line);
  }
}
