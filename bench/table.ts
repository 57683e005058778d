import type { Row } from "./results.ts";

const GAP = "  ";

/**
 * The figures as text: a line for each, a column for each rival with its median and, in brackets, how many times the figure of
 * each reference it is.
 * @param rivals columns, the references among them.
 * @param references names of the suite's reference and of further ones. A lone one has no ratio to itself.
 */
export function formatResults(
  rows: readonly Row[],
  rivals: readonly string[],
  references: readonly [string, ...string[]],
): string {
  let before = "";
  const lines = rows.map((row) => {
    const title = row.title === before ? "" : row.title;
    before = row.title;
    return [title, row.metric.unit, ...rivals.map((rival) => formatCell(row, rival, references))];
  });
  return alignRows([["", "", ...rivals], ...lines]);
}

function formatCell(
  row: Row,
  rival: string,
  [reference, ...further]: readonly [string, ...string[]],
): string {
  const cell = row.cells[rival];
  if (cell === undefined) return "-";
  const value = cell.median.toFixed(row.metric.digits);
  if (rival === reference && further.length === 0) return value;
  const others = further.map((name) => cell.furtherRatios[name] ?? null);
  const ratios = others.every((ratio) => ratio === null) ? [cell.ratio] : [cell.ratio, ...others];
  if (ratios.every((ratio) => ratio === null)) return value;
  return `${value} (${ratios.map((ratio) => ratio === null ? "-" : ratio.toFixed(2)).join(", ")})`;
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
