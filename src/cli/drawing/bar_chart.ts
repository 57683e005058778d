import { formatCount, formatShare } from "./figures.ts";
import type { Paint, Tone } from "./paint.ts";
import { clip } from "./printable.ts";

/** One line of a bar chart. */
export interface Bar {
  /** Its characters are one column each. */
  readonly label: string;
  readonly count: number;
  /** Colour of the bar, `accent` unless given. */
  readonly tone?: Tone;
}

/** The place that a chart is drawn in. */
export interface Canvas {
  /** Width in characters. */
  readonly columns: number;
  readonly paint: Paint;
}

const GAP = "  ";
/** Narrower than this a bar says nothing. */
const LEAST_BAR_COLUMNS = 4;
/** With less room than this beside its label, a bar goes below it. */
const MIN_SIDE_BAR_COLUMNS = 12;
const BLOCKS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"] as const;

/**
 * Horizontal bars, each with label, count and share of all, in the order given. The longest fills the width. Where
 * labels and bars do not fit side by side, labels stand above their bars; where not even bars fit, there are figures.
 */
export function barChart(bars: readonly Bar[], { columns, paint }: Canvas): string {
  const total = bars.reduce((sum, bar) => sum + bar.count, 0);
  const most = Math.max(1, ...bars.map((bar) => bar.count));
  const counts = bars.map((bar) => formatCount(bar.count));
  const shares = bars.map((bar) => formatShare(bar.count, total));
  const countRoom = longest(counts);
  const shareRoom = longest(shares);
  const room = columns - countRoom - shareRoom - 2 * GAP.length;
  const longestLabel = longest(bars.map((bar) => bar.label));
  const isStacked = room - longestLabel < MIN_SIDE_BAR_COLUMNS;
  const barRoom = isStacked ? room : room - longestLabel - GAP.length;
  return bars.map(({ label, count, tone = "accent" }, index) => {
    const name = isStacked ? `${clip(label, columns)}\n` : `${label.padEnd(longestLabel)}${GAP}`;
    const figures = `${(counts[index] ?? "").padStart(countRoom)}${GAP}${
      (shares[index] ?? "").padStart(shareRoom)
    }`;
    if (barRoom < LEAST_BAR_COLUMNS) return `${name}${figures}\n`;
    const blocks = bar(count / most, barRoom);
    return `${name}${paint(tone, blocks)}${" ".repeat(barRoom - blocks.length)}${GAP}${figures}\n`;
  }).join("");
}

/** A bar of `share` (0 to 1) of `columns`, to an eighth of a column. What is not nothing shows. */
export function bar(share: number, columns: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * columns * 8);
  const shown = share > 0 ? Math.max(1, eighths) : 0;
  return "█".repeat(Math.floor(shown / 8)) + BLOCKS[shown % 8];
}

function longest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map((text) => text.length));
}
