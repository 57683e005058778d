import { escapeText } from "../../../base/escape_text.ts";
import type { LogFields, LogLevel } from "../../../base/log.ts";
import { SYSLOG_MESSAGE_MAX_BYTES } from "../../../base/limits.ts";
import { SYSLOG_FACILITIES, type SyslogOutput } from "../../../model/config_log.ts";

/** Severities of RFC 5424 section 6.2.1. */
const SEVERITIES: Readonly<Record<LogLevel, number>> = { debug: 7, info: 6, warn: 4, error: 3 };

/** What a message says. */
export interface SyslogContent {
  readonly level: LogLevel;
  /** RFC 3339. */
  readonly ts: string;
  /** What kind of message it is, printable ASCII without blanks; what exceeds 32 characters is left out. */
  readonly kind: string;
  readonly fields: LogFields;
  /** One line, without its newline. */
  readonly text: string;
}

/** Who writes. */
export interface SyslogOrigin {
  readonly hostname: string;
  readonly pid: number;
}

/** Makes messages of RFC 5424 section 6, on one line each, of at most {@link SYSLOG_MESSAGE_MAX_BYTES} with its newline. */
export class SyslogMessages {
  readonly #facility: number;
  readonly #origin: string;
  readonly #encoder = new TextEncoder();
  readonly #decoder = new TextDecoder();

  constructor(private readonly config: SyslogOutput, { hostname, pid }: SyslogOrigin) {
    this.#facility = SYSLOG_FACILITIES.indexOf(config.facility);
    this.#origin = `${headerText(hostname, 255)} ${config.app_name} ${pid}`;
  }

  /** One message, with a newline. The text has no byte order mark, as receivers want it: MSG-ANY. */
  format({ level, ts, kind, fields, text }: SyslogContent): string {
    const priority = this.#facility * 8 + SEVERITIES[level];
    const header = `<${priority}>1 ${ts} ${this.#origin} ${headerText(kind, 32)}`;
    const data = this.config.structured_data === undefined
      ? ""
      : structuredData(this.config.structured_data, fields);
    // Half of a structure would be none.
    const fits = data !== "" && this.#bytes(`${header} ${data}`) < SYSLOG_MESSAGE_MAX_BYTES;
    const message = `${header} ${fits ? data : "-"}${text === "" ? "" : ` ${text}`}`;
    return `${this.#cut(message)}\n`;
  }

  #bytes(text: string): number {
    return this.#encoder.encode(text).length;
  }

  #cut(message: string): string {
    const most = SYSLOG_MESSAGE_MAX_BYTES - 1;
    // A UTF-16 unit is three bytes at most.
    if (message.length * 3 <= most) return message;
    const bytes = this.#encoder.encode(message);
    if (bytes.length <= most) return message;
    let end = most;
    // Not in the middle of a character (RFC 3629).
    while (((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
    return this.#decoder.decode(bytes.subarray(0, end));
  }
}

/** A value of the header: printable ASCII, `-` for none. */
function headerText(text: string, mostLength: number): string {
  return text.replaceAll(/[^!-~]/g, "").slice(0, mostLength) || "-";
}

function structuredData(id: string, fields: LogFields): string {
  const parts = Object.entries(fields).flatMap(([key, value]) => {
    if (value === null || value === undefined) return [];
    const text = typeof value === "string"
      ? value
      : Array.isArray(value)
      ? value.join(",")
      : JSON.stringify(value);
    // What RFC 5424 section 6.3.3 wants escaped; `escapeText` has done so with quotes and backslashes.
    return [
      ` ${headerText(key, 32).replaceAll(/[=\]"]/g, "_")}="${escapeText(text).replaceAll("]", "\\]")}"`,
    ];
  });
  return `[${id}${parts.join("")}]`;
}
