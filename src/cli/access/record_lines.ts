import { type CloseReason, FAILED_REASONS } from "../../model/close_reason.ts";
import { formatBytes, formatTime } from "../drawing/figures.ts";
import type { Paint, Tone } from "../drawing/paint.ts";
import { clip, printableText } from "../drawing/printable.ts";

/** What a line needs of an access record; `method` and what follows it is there in HTTP mode alone. */
interface AccessRecord {
  readonly ts: string;
  readonly app: string;
  readonly client_addr: string;
  readonly target: string | null;
  readonly attempts: number;
  readonly tried: readonly string[];
  readonly connect_ms: number | null;
  readonly first_byte_ms: number | null;
  readonly duration_ms: number;
  readonly bytes_in: number;
  readonly bytes_out: number;
  readonly close_reason: CloseReason;
  readonly method?: string;
  readonly path?: string;
  readonly status?: number;
  readonly answer_error?: string;
}

/** A record, and what of it stands in columns. */
interface NamedRecord {
  readonly record: AccessRecord;
  readonly time: string;
  readonly app: string;
  readonly target: string;
  readonly end: string;
}

/** A piece of a line, one blank from the next. */
interface Cell {
  readonly text: string;
  readonly tone?: Tone;
  /** A part of it would be wrong. */
  readonly isWhole?: boolean;
}

/** A narrower terminal gets the time without milliseconds. */
const COLUMNS_WITH_MILLISECONDS = 100;
/** Columns that stand below each other are as wide as the widest so far, but no wider than this. */
const MAX_APP_COLUMNS = 16;
const MAX_CLIENT_COLUMNS = 21;
const MAX_TARGET_COLUMNS = 32;
/** So much of it is shown in any case. */
const MIN_TARGET_COLUMNS = 14;
/** The arrow, `×2`, and the blanks between what stands in front of the bytes. */
const OTHER_COLUMNS = 10;
/** `done`, and a status. */
const OUTCOME_COLUMNS = 4;
/** `12.3 ms` */
const TIME_COLUMNS = 7;

/**
 * Lines for people of the access log's records: time (UTC), app, client → target, `×2` where more than one target was
 * asked, status or reason of the end, whole time, bytes from the client (↑) and to it (↓), then the request, targets
 * that were tried besides, and the times to the open connection and to the first byte. What matters stands in front,
 * since a terminal cuts the end off. Text of clients and targets cannot play with the terminal.
 */
export class RecordLines {
  #appColumns = 0;
  #clientColumns = 0;
  #targetColumns = 0;

  constructor(private readonly paint: Paint) {}

  /**
   * @param records JSON, a line each.
   * @param columns width of the terminal; infinite where nothing is to be cut.
   */
  format(records: string, columns: number): string {
    const lines = records.split("\n").filter((line) => line !== "")
      .map((line) => this.#named(JSON.parse(line), columns));
    return lines.map((line) => `${layOut(this.#cells(line), columns, this.paint)}\n`).join("");
  }

  /** Settles what stands in columns, for all lines before the first is written. */
  #named(record: AccessRecord, columns: number): NamedRecord {
    const { client_addr } = record;
    const time = record.ts.slice(11, columns < COLUMNS_WITH_MILLISECONDS ? 19 : 23);
    const app = name(record.app, columns, MAX_APP_COLUMNS);
    const end = outcome(record).padEnd(OUTCOME_COLUMNS);
    this.#appColumns = widened(this.#appColumns, app, MAX_APP_COLUMNS);
    this.#clientColumns = widened(this.#clientColumns, client_addr, MAX_CLIENT_COLUMNS);
    const others = time.length + this.#appColumns + this.#clientColumns + end.length + TIME_COLUMNS;
    const room = columns - 1 - others - OTHER_COLUMNS;
    const mostTarget = Math.min(MAX_TARGET_COLUMNS, Math.max(MIN_TARGET_COLUMNS, room));
    // Plain HTTP is what endpoints speak unless something else is said.
    const target = name((record.target ?? "-").replace(/^http:\/\//, ""), columns, mostTarget);
    this.#targetColumns = widened(this.#targetColumns, target, mostTarget);
    return { record, time, app, target, end };
  }

  #cells({ record, time, app, target, end }: NamedRecord): Cell[] {
    const { client_addr, attempts, duration_ms, bytes_in, bytes_out } = record;
    const tone = toneOf(record);
    return [
      { text: time, tone: "faint" },
      { text: app.padEnd(this.#appColumns), tone: "accent" },
      { text: client_addr.padEnd(this.#clientColumns) },
      { text: "→" },
      { text: target.padEnd(this.#targetColumns) },
      { text: attempts > 1 ? `×${attempts}` : "  ", tone: "strong" },
      { text: end, ...(tone === undefined ? {} : { tone }) },
      { text: formatTime(duration_ms).padStart(TIME_COLUMNS), isWhole: true },
      { text: `↑${size(bytes_in)} ↓${size(bytes_out)}`, isWhole: true },
      ...further(record),
    ];
  }
}

function layOut(cells: readonly Cell[], columns: number, paint: Paint): string {
  // One column stays free: a terminal may wrap once the last one is written.
  let room = columns - 1;
  const parts: string[] = [];
  for (const { text, tone, isWhole = false } of cells) {
    const shown = clip(text, isWhole && text.length > room ? Math.min(room, 1) : room);
    if (shown !== "") parts.push(tone === undefined ? shown : paint(tone, shown));
    room -= [...shown].length + 1;
    if (room < 1 || shown !== text) break;
  }
  return parts.join(" ").trimEnd();
}

/** In a terminal a long name gives way to what stands behind it. */
function name(text: string, columns: number, most: number): string {
  const shown = printableText(text);
  return columns === Infinity ? shown : clip(shown, most);
}

function widened(columns: number, text: string, most: number): number {
  return Math.max(columns, Math.min(text.length, most));
}

/** Bytes; a bare number where it is few of them. */
function size(bytes: number): string {
  return formatBytes(bytes).replace(/ B$/, "");
}

function outcome({ status, close_reason }: AccessRecord): string {
  if (status === undefined || status === 0) return close_reason;
  return close_reason === "done" ? String(status) : `${status} ${close_reason}`;
}

function toneOf({ status = 0, close_reason }: AccessRecord): Tone | undefined {
  if (status >= 500 || FAILED_REASONS.has(close_reason)) return "bad";
  return close_reason === "done" && status < 400 ? "good" : undefined;
}

function further({ method, path, answer_error, tried, connect_ms, first_byte_ms }: AccessRecord): Cell[] {
  const cells: Cell[] = [];
  if (method) cells.push({ text: printableText(`${method} ${path}`) });
  if (answer_error !== undefined) cells.push({ text: `(${printableText(answer_error)})`, tone: "bad" });
  const faint = [
    ...(tried.length > 0 ? [`tried ${printableText(tried.join(", "))}`] : []),
    // Of a connection that was kept open there is nothing to tell.
    ...(connect_ms ? [`connect ${formatTime(connect_ms)}`] : []),
    ...(first_byte_ms === null ? [] : [`first byte ${formatTime(first_byte_ms)}`]),
  ].join(", ");
  if (faint !== "") cells.push({ text: faint, tone: "faint" });
  return cells;
}
