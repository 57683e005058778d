import type { Clock } from "./clock.ts";
import { LOG_EVENTS, type LogEvent, type LogEventFields } from "./log_events.ts";

/** Levels, least important first. */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;

/** One of {@link LOG_LEVELS}. */
export type LogLevel = typeof LOG_LEVELS[number];

/** What is attached to a log line; values are written as JSON. */
export type LogFields = Readonly<Record<string, unknown>>;

/** How lines look: one JSON object each, or text for people. */
export type LogFormat = "json" | "pretty";

/** Where a logger's lines go and which of them. */
export interface LogOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  readonly color: boolean;
  readonly clock: Clock;
  /** Takes one line with its newline. */
  write(line: string): void;
  /** Hears every event that is written, before it is. */
  observe?(entry: LogEntry): void;
}

/** One event. */
export interface LogEntry {
  /** Wall-clock time, RFC 3339. */
  readonly ts: string;
  readonly level: LogLevel;
  readonly event: LogEvent;
  readonly message: string;
  readonly fields: LogFields;
}

/** Writes structured log lines. Level and format can change while it runs. */
export class Logger {
  #options: LogOptions;

  constructor(options: LogOptions) {
    this.#options = options;
  }

  /** Changes the given options from the next line on. */
  configure(changes: Partial<LogOptions>): void {
    this.#options = { ...this.#options, ...changes };
  }

  debug<Event extends LogEvent>(event: Event, fields?: LogEventFields<Event>): void {
    this.log("debug", event, fields ?? {});
  }

  info<Event extends LogEvent>(event: Event, fields?: LogEventFields<Event>): void {
    this.log("info", event, fields ?? {});
  }

  warn<Event extends LogEvent>(event: Event, fields?: LogEventFields<Event>): void {
    this.log("warn", event, fields ?? {});
  }

  error<Event extends LogEvent>(event: Event, fields?: LogEventFields<Event>): void {
    this.log("error", event, fields ?? {});
  }

  /** Writes one line, unless its level is below the logger's. */
  log(level: LogLevel, event: LogEvent, fields: LogFields): void {
    const options = this.#options;
    if (LOG_LEVELS.indexOf(level) < LOG_LEVELS.indexOf(options.level)) return;
    const ts = new Date(options.clock.wallTime()).toISOString();
    const { message } = LOG_EVENTS[event];
    options.observe?.({ ts, level, event, message, fields });
    options.write(
      options.format === "json"
        ? `${JSON.stringify({ ts, level, event, message, ...fields })}\n`
        : formatLogLine({ ts, level, message, fields }, options.color),
    );
  }
}

const COLORS: Record<LogLevel, string> = { debug: "90", info: "36", warn: "33", error: "31" };

/**
 * A line for people, with its newline.
 * @param clean makes text from outside harmless for the place where it is shown; as it is unless given.
 */
export function formatLogLine(
  { ts, level, message, fields }: Omit<LogEntry, "event">,
  color: boolean,
  clean: (text: string) => string = (text) => text,
): string {
  const name = level.padEnd(5);
  const label = color ? `\x1b[${COLORS[level]}m${name}\x1b[0m` : name;
  let line = `${clean(ts.slice(11, 23))} ${label} ${clean(message)}`;
  for (const [key, value] of Object.entries(fields)) {
    // A string with blanks is quoted, so that the end of a field is plain to see.
    const text = typeof value === "string" && /^[^\s"]+$/.test(value) ? value : JSON.stringify(value);
    line += color ? ` \x1b[90m${clean(key)}=\x1b[0m${clean(text)}` : ` ${clean(key)}=${clean(text)}`;
  }
  return `${line}\n`;
}
