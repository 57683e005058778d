import type { Canvas } from "./bar_chart.ts";
import type { Tone } from "./paint.ts";

/** One line of a list of facts. */
export interface Fact {
  readonly label: string;
  /** Words whose characters are one column each. */
  readonly value: string;
  /** Colour of the value, none unless given. */
  readonly tone?: Tone;
}

const GAP = "  ";
/** With less room than this beside the label, a value goes below it. */
const LEAST_VALUE_COLUMNS = 12;

/** Labels and values in two columns; long values go on in further lines, broken between words. */
export function factList(rows: readonly Fact[], { columns, paint }: Canvas): string {
  const labelRoom = Math.max(0, ...rows.map((row) => row.label.length));
  const isStacked = columns - labelRoom - GAP.length < LEAST_VALUE_COLUMNS;
  const indent = isStacked ? GAP : " ".repeat(labelRoom + GAP.length);
  return rows.map(({ label, value, tone }) => {
    const lines = wrap(value, columns - indent.length)
      .map((line) => tone === undefined ? line : paint(tone, line));
    const name = isStacked ? `${label}\n${indent}` : `${label.padEnd(labelRoom)}${GAP}`;
    return `${name}${lines.join(`\n${indent}`)}\n`;
  }).join("");
}

/** Lines of at most `columns`, but for a word that is longer. */
function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= columns) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines;
}
