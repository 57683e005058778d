import type { Tone } from "../drawing/paint.ts";
import { clip } from "../drawing/printable.ts";
import type { Place } from "./place.ts";

/** A column of a table of `T`. */
export interface Column<T> {
  readonly title: string;
  /** Characters; the first column takes what the others leave, but no less. */
  readonly width: number;
  /** Where there is no room for all, those with the smallest number go first. */
  readonly worth: number;
  readonly isLeft?: boolean;
  text(row: T): string;
  tone?(row: T): Tone | undefined;
}

/** A row that is drawn. */
export interface DrawnRow<T> {
  readonly row: T;
  readonly isChosen: boolean;
}

const GAP = " ";

/** The columns that fit, in their order; the first always does. */
export function fitting<T>(all: readonly Column<T>[], room: number): readonly Column<T>[] {
  const kept = new Set(all);
  const byWorth = all.slice(1).sort((one, other) => one.worth - other.worth);
  for (const column of byWorth) {
    if (widthOf([...kept]) <= room) break;
    kept.delete(column);
  }
  return [...kept];
}

/** The line of titles, and a line for each row, each as wide as the place. @param sorted title with a mark. */
export function drawTable<T>(
  all: readonly Column<T>[],
  rows: readonly DrawnRow<T>[],
  sorted: { readonly title: string; readonly mark: string } | null,
  { columns: room, paint }: Place,
): string[] {
  const columns = fitting(all, room);
  const [first] = columns;
  const rest = room - widthOf(columns) + (first?.width ?? 0);
  const widthAt = (column: Column<T>): number => column === first ? Math.max(1, rest) : column.width;
  const titles = columns.map((column) => {
    const title = column.title === sorted?.title ? `${column.title}${sorted.mark}` : column.title;
    return pad(title, widthAt(column), column.isLeft === true);
  });
  return [
    paint("strong", clip(titles.join(GAP), room)),
    ...rows.map(({ row, isChosen }) => {
      const cells = columns.map((column) => {
        const cell = pad(column.text(row), widthAt(column), column.isLeft === true);
        const tone = column.tone?.(row);
        return isChosen || tone === undefined ? cell : paint(tone, cell);
      });
      const line = cells.join(GAP);
      return isChosen ? paint("chosen", line) : line;
    }),
  ];
}

function widthOf<T>(columns: readonly Column<T>[]): number {
  return columns.reduce((sum, { width }) => sum + width, 0) + GAP.length * (columns.length - 1);
}

/** Text whose characters are one column each. */
function pad(text: string, width: number, isLeft: boolean): string {
  const shown = clip(text, width);
  const blanks = " ".repeat(Math.max(0, width - [...shown].length));
  return isLeft ? shown + blanks : blanks + shown;
}
