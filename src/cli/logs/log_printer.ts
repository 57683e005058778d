import { LOG_LEVELS, type LogEntry, prettyLine } from "../../base/log.ts";
import { RecordLines } from "../access/record_lines.ts";
import type { AdminEvent } from "../admin/event_stream.ts";
import { painter } from "../drawing/paint.ts";
import { printableText } from "../drawing/printable.ts";
import type { Io } from "../io.ts";

/** Writes what a proxy tells: lines for people, or the JSON that it is, a line each. */
export class LogPrinter {
  readonly #records: RecordLines;

  /** @param isJson else for people. */
  constructor(private readonly io: Io, private readonly isJson: boolean) {
    this.#records = new RecordLines(painter(io.color));
  }

  /** Writes an event or a record; what is missing goes to standard error. */
  print({ event, data }: AdminEvent): void {
    const { io } = this;
    if (event === "restarted") return io.stderr("logs: the proxy was started anew\n");
    if (event === "dropped") return io.stderr(`logs: ${count(data)} entries are missing here\n`);
    if (event !== "event" && event !== "access") return;
    if (this.isJson) return io.stdout(`${data}\n`);
    io.stdout(
      event === "access"
        ? this.#records.format(data, io.isTerminal ? io.columns : Infinity)
        : this.#line(data),
    );
  }

  #line(data: string): string {
    const { ts, level, event: _, message, ...fields } = JSON.parse(data) as
      & LogEntry
      & Record<string, unknown>;
    const known = LOG_LEVELS.includes(level) ? level : "info";
    return prettyLine(
      { ts: String(ts), level: known, message: String(message), fields },
      this.io.color,
      printableText,
    );
  }
}

function count(data: string): number {
  return Number((JSON.parse(data) as { readonly count?: unknown }).count ?? 0);
}
