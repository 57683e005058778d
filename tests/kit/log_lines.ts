import { jsonLine, Logger } from "../../src/base/log.ts";
import { FakeClock } from "./fake_clock.ts";

/** One log line, read back. */
export type LogLine = Readonly<Record<string, unknown>>;

/** A logger that keeps what it is told. */
export class LogLines {
  readonly lines: LogLine[] = [];
  readonly log = new Logger({
    level: "debug",
    parts: {},
    clock: new FakeClock(),
    write: (entry) => void this.lines.push(JSON.parse(jsonLine(entry))),
  });

  /** The messages so far. */
  get messages(): unknown[] {
    return this.lines.map((line) => line.message);
  }
}
