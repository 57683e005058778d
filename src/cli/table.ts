/**
 * Lines of aligned columns, two spaces apart.
 * @param maxWidth the widest columns are cut (with "…") until a line has at most this many characters.
 */
export function formatTable(rows: readonly (readonly string[])[], maxWidth = Infinity): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  }
  shrink(widths, maxWidth - GAP.length * (widths.length - 1));
  return rows.map((row) =>
    row.map((cell, column) => cut(cell, widths[column] ?? 0).padEnd(widths[column] ?? 0)).join(GAP)
      .trimEnd() + "\n"
  ).join("");
}

const GAP = "  ";
/** A narrower column tells nothing. */
const MIN_COLUMN_WIDTH = 8;

function shrink(widths: number[], most: number): void {
  let total = widths.reduce((sum, width) => sum + width, 0);
  while (total > most) {
    const widest = widths.indexOf(Math.max(...widths));
    if ((widths[widest] ?? 0) <= MIN_COLUMN_WIDTH) return;
    widths[widest] = (widths[widest] ?? 0) - 1;
    total--;
  }
}

function cut(cell: string, width: number): string {
  return cell.length <= width ? cell : `${cell.slice(0, width - 1)}…`;
}
