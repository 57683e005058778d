/** A place in a config file, with what is needed to show it: it outlives the text it came from. */
export interface Place {
  /** Name of the file, as the user gave it. */
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  /** Counted from 1, in UTF-16 units, as editors count. */
  readonly column: number;
  /** The line, or a part of a long one, safe to print: control characters are replaced. */
  readonly excerpt: string;
  /** Where in the excerpt the underline begins, in columns of a terminal. */
  readonly indent: number;
  /** Width of the underline in columns of a terminal, at least 1. */
  readonly width: number;
}

/** From and to (not included), as offsets in a text. */
export type Span = readonly [start: number, end: number];

/** Characters shown of a long line, and how many of them stand before the place that matters. */
const EXCERPT_CHARS = 120;
const EXCERPT_LEAD_CHARS = 40;

/** The decoded text of a config, and its lines. */
export class SourceText {
  /** Offsets at which lines begin; found when first asked for, since a config without mistakes never asks. */
  #lineStarts: readonly number[] | undefined;

  constructor(
    /** Name of the file, as the user gave it. */
    readonly file: string,
    readonly text: string,
  ) {}

  /** Number of the line that an offset stands in, counted from 0. */
  lineAt(offset: number): number {
    return lastAtOrBelow(this.#starts, offset);
  }

  /** Where a span is and how to show it. Of a span over several lines only the first one is shown. */
  place([start, end]: Span): Place {
    const at = Math.min(start, this.text.length);
    const line = this.lineAt(at);
    const lineStart = this.#starts[line] ?? 0;
    const lineEnd = this.#lineEnd(lineStart);
    const from = Math.min(at, lineEnd);
    const to = Math.max(from, Math.min(end, lineEnd));
    const shownFrom = lineEnd - lineStart <= EXCERPT_CHARS
      ? lineStart
      : Math.max(lineStart, from - EXCERPT_LEAD_CHARS);
    const shownTo = Math.min(lineEnd, shownFrom + EXCERPT_CHARS);
    const lead = (shownFrom > lineStart ? "…" : "") + printable(this.text.slice(shownFrom, from));
    const marked = printable(this.text.slice(from, Math.min(to, shownTo)));
    const rest = printable(this.text.slice(Math.min(to, shownTo), shownTo)) + (shownTo < lineEnd ? "…" : "");
    return {
      file: this.file,
      line: line + 1,
      column: from - lineStart + 1,
      excerpt: (lead + marked + rest).trimEnd(),
      indent: displayWidth(lead),
      width: Math.max(1, displayWidth(marked.trimEnd())),
    };
  }

  get #starts(): readonly number[] {
    return this.#lineStarts ??= findLineStarts(this.text);
  }

  #lineEnd(lineStart: number): number {
    const newline = this.text.indexOf("\n", lineStart);
    const end = newline < 0 ? this.text.length : newline;
    return end > lineStart && this.text[end - 1] === "\r" ? end - 1 : end;
  }
}

/** Replaces what could move a terminal's cursor or change its colours; tabs become single spaces. */
export function printable(text: string): string {
  return text.replaceAll("\t", " ").replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, "\u{fffd}");
}

/** Columns that printable text takes in a terminal: East Asian characters and emoji take two, marks none. */
function displayWidth(text: string): number {
  let width = 0;
  for (const char of text) {
    if (char <= "\u{ff}") width += 1;
    else if (/\p{M}/u.test(char)) width += 0;
    else width += WIDE.test(char) ? 2 : 1;
  }
  return width;
}

const WIDE =
  /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\uff01-\uff60]/u;

function findLineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** Index of the last element that is not above `value`, by bisection. */
function lastAtOrBelow(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((sorted[middle] ?? 0) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
