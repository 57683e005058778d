import type { Clock } from "./clock.ts";
import { LOG_EVENTS, type LogEvent, type LogEventFields } from "./log_events.ts";
import { type LogPart, partOf } from "./log_parts.ts";

/** Levels, least important first. */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;

/** One of {@link LOG_LEVELS}. */
export type LogLevel = typeof LOG_LEVELS[number];

/** What is attached to a log line; values are written as JSON. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Levels of single parts of the program; the others have that of the whole. */
export type PartLevels = Readonly<Partial<Record<LogPart, LogLevel | undefined>>>;

/** Where a logger's events go and which of them. */
export interface LogOptions {
  readonly level: LogLevel;
  /** Levels of parts in place of `level`. */
  readonly parts: PartLevels;
  readonly clock: Clock;
  /** Takes one event. */
  write(entry: LogEntry): void;
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

/** Gives structured events to whoever writes them. Levels can change while it runs. */
export class Logger {
  #options: LogOptions;

  constructor(options: LogOptions) {
    this.#options = options;
  }

  /** Changes the given options from the next event on. */
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

  /** Writes one event, unless its level is below that of its part. */
  log(level: LogLevel, event: LogEvent, fields: LogFields): void {
    const options = this.#options;
    const least = options.parts[partOf(event)] ?? options.level;
    if (LOG_LEVELS.indexOf(level) < LOG_LEVELS.indexOf(least)) return;
    const ts = new Date(options.clock.wallTime()).toISOString();
    options.write({ ts, level, event, message: LOG_EVENTS[event].message, fields });
  }
}

/** An event as one JSON object, with its newline. */
export function jsonLine({ fields, ...entry }: LogEntry): string {
  return `${JSON.stringify({ ...entry, ...fields })}\n`;
}

const COLORS: Record<LogLevel, string> = { debug: "90", info: "36", warn: "33", error: "31" };

/**
 * An event as a line for people, with its newline.
 * @param clean makes text from outside harmless for the place where it is shown; as it is unless given.
 */
export function prettyLine(
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
