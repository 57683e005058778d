import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";
import { TEXT_DIFF_MAX_EDITS } from "../../base/limits.ts";

/** A text and what it is called. */
export interface NamedText {
  readonly name: string;
  readonly text: string;
}

interface NamedLines {
  readonly name: string;
  readonly lines: readonly string[];
}

const CONTEXT_LINES = 3;

/**
 * A unified diff (as of `diff -u`); empty where the texts are the same. Of texts that differ in very much it is not the
 * shortest: everything between the first line that differs and the last one is replaced.
 * @param maxEdits lines that may differ for the shortest to be looked for, which takes time by the square of them.
 */
export function textDiff(
  before: NamedText,
  after: NamedText,
  maxEdits: number = TEXT_DIFF_MAX_EDITS,
): string {
  if (before.text === after.text) return "";
  const old = { name: before.name, lines: linesOf(before.text) };
  const young = { name: after.name, lines: linesOf(after.text) };
  if (leastEdits(old.lines, young.lines) > maxEdits) return replacement(old, young);
  const shortest = createTwoFilesPatch(
    before.name,
    after.name,
    before.text,
    after.text,
    undefined,
    undefined,
    { context: CONTEXT_LINES, maxEditLength: maxEdits, headerOptions: FILE_HEADERS_ONLY },
  );
  return shortest ?? replacement(old, young);
}

/** Lines that only one of the texts has: no difference of the two is shorter. It takes one pass, whatever they are. */
function leastEdits(before: readonly string[], after: readonly string[]): number {
  const surplus = new Map<string, number>();
  for (const line of before) surplus.set(line, (surplus.get(line) ?? 0) + 1);
  for (const line of after) surplus.set(line, (surplus.get(line) ?? 0) - 1);
  return surplus.values().reduce((sum, count) => sum + Math.abs(count), 0);
}

/** One hunk. Lines that both have at the beginning and at the end are left out. */
function replacement(before: NamedLines, after: NamedLines): string {
  const old = before.lines;
  const young = after.lines;
  const least = Math.min(old.length, young.length);
  let start = 0;
  while (start < least && old[start] === young[start]) start++;
  let end = 0;
  while (end < least - start && old.at(-1 - end) === young.at(-1 - end)) end++;
  const removed = old.slice(start, old.length - end);
  const added = young.slice(start, young.length - end);
  return [
    `--- ${before.name}\n+++ ${after.name}\n`,
    `@@ -${range(start, removed.length)} +${range(start, added.length)} @@\n`,
    ...removed.map((line) => marked("-", line)),
    ...added.map((line) => marked("+", line)),
  ].join("");
}

/** With their ends. */
function linesOf(text: string): string[] {
  const lines: string[] = [];
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline + 1;
    lines.push(text.slice(start, end));
    start = end;
  }
  return lines;
}

/** An empty range is named by the line before it. */
function range(start: number, count: number): string {
  return `${count === 0 ? start : start + 1},${count}`;
}

function marked(mark: "-" | "+", line: string): string {
  return line.endsWith("\n") ? mark + line : `${mark}${line}\n\\ No newline at end of file\n`;
}
