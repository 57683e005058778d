import type { Row } from "./results.ts";

const GAP = "  ";

/**
 * The figures as text: a line for each, a column for each rival with its median and, in brackets, how many times the
 * reference's it is.
 * @param rivals columns, the reference among them.
 */
export function formatResults(
  rows: readonly Row[],
  rivals: readonly string[],
  reference: string,
): string {
  let before = "";
  const lines = rows.map((row) => {
    const title = row.title === before ? "" : row.title;
    before = row.title;
    return [title, row.metric.unit, ...rivals.map((rival) => formatCell(row, rival, reference))];
  });
  return alignRows([["", "", ...rivals], ...lines]);
}

function formatCell(row: Row, rival: string, reference: string): string {
  const cell = row.cells[rival];
  if (cell === undefined) return "-";
  const value = cell.median.toFixed(row.metric.digits);
  return rival === reference || cell.ratio === null ? value : `${value} (${cell.ratio.toFixed(2)})`;
}

/** Lines of aligned columns: the first two to the left, the figures to the right. */
function alignRows(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row.map((cell, column) => {
      const width = widths[column] ?? 0;
      return column < 2 ? cell.padEnd(width) : cell.padStart(width);
    }).join(GAP).trimEnd() + "\n"
  ).join("");
}
