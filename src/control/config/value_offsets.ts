import { Scalar } from "yaml";
import type { Span } from "./source_text.ts";

/** Escapes of quoted text in YAML (1.2.2, section 5.7) that stand for one character, by what follows the backslash. */
const ESCAPES: Readonly<Record<string, string>> = {
  "0": "\0",
  a: "\x07",
  b: "\b",
  t: "\t",
  n: "\n",
  v: "\v",
  f: "\f",
  r: "\r",
  e: "\x1b",
  " ": " ",
  '"': '"',
  "/": "/",
  "\\": "\\",
};
const CODED: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/**
 * Where a part of a value stands in the text that it was read from, through quotes, escapes, folded lines and
 * indentation.
 * @returns null where value and text cannot be laid side by side, as when an environment variable is part of it.
 */
export function spanWithin(node: Scalar, text: string, start: number, end: number): Span | null {
  const { value, range, type } = node;
  if (typeof value !== "string" || range === undefined || range === null) return null;
  const walk = new Walk(value, text, type ?? Scalar.PLAIN, firstOffset(text, range[0], type), range[1]);
  const from = walk.to(start);
  const last = walk.to(Math.max(start, end - 1));
  return from === null || last === null ? null : [from, end > start ? last + 1 : from];
}

/** Behind the quote, or the line with the sign of a block. */
function firstOffset(text: string, start: number, type: Scalar.Type | null | undefined): number {
  if (type === Scalar.QUOTE_DOUBLE || type === Scalar.QUOTE_SINGLE) return start + 1;
  if (type !== Scalar.BLOCK_LITERAL && type !== Scalar.BLOCK_FOLDED) return start;
  const lineEnd = text.indexOf("\n", start);
  return lineEnd < 0 ? text.length : lineEnd + 1;
}

/** Walks along a value and its text at the same time, forward alone. */
class Walk {
  #inValue = 0;
  /** Columns of a block that belong to the file and not to the value. */
  readonly #indent: number;

  constructor(
    private readonly value: string,
    private readonly text: string,
    private readonly type: Scalar.Type,
    private inText: number,
    private readonly textEnd: number,
  ) {
    const isBlock = type === Scalar.BLOCK_LITERAL || type === Scalar.BLOCK_FOLDED;
    this.#indent = isBlock ? margin(text.slice(inText, textEnd)) - margin(value) : 0;
    this.#skipMargin();
  }

  /** Offset in the text of one in the value. */
  to(offset: number): number | null {
    while (this.#inValue < offset) if (!this.#step()) return null;
    this.#skipEscapedBreak();
    return this.inText;
  }

  /** Passes over one character of the value. */
  #step(): boolean {
    this.#skipEscapedBreak();
    const wanted = this.value[this.#inValue];
    if (wanted === undefined || this.inText >= this.textEnd) return false;
    const found = this.text.slice(this.inText, this.inText + 2);
    const escaped = this.#escaped(wanted);
    if (escaped > 0) this.inText += escaped;
    else if (this.#indent > 0 && /^\r?\n/.test(found) && /[ \n]/.test(wanted)) this.#nextLine(found);
    else if (found.startsWith(wanted)) this.inText++;
    // In quotes and without any, one space stands for the end of a line and what is around it.
    else if (wanted === " " && /^\s/.test(found)) this.#skipSpace();
    else return false;
    this.#inValue++;
    if (this.#indent === 0 && wanted === " ") this.#pastFolding();
    return true;
  }

  /** The end of a line with a backslash before it stands for nothing. */
  #skipEscapedBreak(): void {
    const isEscaped = this.type === Scalar.QUOTE_DOUBLE &&
      /^\\\r?\n/.test(this.text.slice(this.inText, this.inText + 3));
    if (!isEscaped) return;
    this.inText++;
    this.#skipSpace();
  }

  #nextLine(found: string): void {
    this.inText += found.startsWith("\r") ? 2 : 1;
    this.#skipMargin();
  }

  #skipMargin(): void {
    for (let column = 0; column < this.#indent && this.text[this.inText] === " "; column++) this.inText++;
  }

  /** Space before the end of a line is no part of a value, so it can be met after the one space that stands for all. */
  #pastFolding(): void {
    const next = this.value[this.#inValue] ?? "";
    if (next !== "" && !/\s/.test(next)) this.#skipSpace();
  }

  #skipSpace(): void {
    while (this.inText < this.textEnd && /\s/.test(this.text[this.inText] ?? "")) this.inText++;
  }

  /** Length of an escape that stands for that character, 0 for none. */
  #escaped(wanted: string): number {
    const { text, inText, type } = this;
    if (type === Scalar.QUOTE_SINGLE && wanted === "'") return text.startsWith("''", inText) ? 2 : 0;
    if (wanted === "$" && text.startsWith("$$", inText) && this.value[this.#inValue + 1] !== "$") return 2;
    if (type !== Scalar.QUOTE_DOUBLE || text[inText] !== "\\") return 0;
    const sign = text[inText + 1] ?? "";
    const digits = CODED[sign];
    if (digits === undefined) return ESCAPES[sign] === wanted ? 2 : 0;
    const code = Number.parseInt(text.slice(inText + 2, inText + 2 + digits), 16);
    return String.fromCharCode(code) === wanted ? 2 + digits : 0;
  }
}

/** Spaces before the first line that has anything. */
function margin(text: string): number {
  return /^(?: *\r?\n)*( *)/.exec(text)?.[1]?.length ?? 0;
}
