/** A line of a chart. */
export interface Line {
  readonly name: string;
  /** One value for each second. */
  readonly values: readonly number[];
}

/** Bars under one name. */
export interface Bars {
  readonly name: string;
  readonly values: readonly number[];
}

const COLOURS = ["#b3261e", "#8a5a00", "#1b6e3c", "#1a56a8", "#6a3d9a", "#444444"];
const STYLE = 'font-family="sans-serif" font-size="12" fill="#222"';

/** Small bar charts, three in a row, all with the same scale. */
export function barCharts(title: string, charts: readonly Bars[]): string {
  const [width, height, left, top] = [230, 130, 20, 46];
  const most = Math.max(...charts.flatMap(({ values }) => values));
  const parts = charts.map(({ name, values }, index) => {
    const x = left + (index % 3) * (width + 20);
    const y = top + Math.floor(index / 3) * (height + 46);
    const step = width / values.length;
    const bars = values.map((value, at) => {
      const tall = Math.round(value / most * height);
      return `<rect x="${round(x + at * step + 2)}" y="${y + height - tall}" width="${round(step - 4)}" ` +
        `height="${tall}" fill="${COLOURS[3]}"><title>${value}</title></rect>`;
    });
    const range = `${Math.min(...values)} to ${Math.max(...values)}`;
    return [
      ...bars,
      `<line x1="${x}" y1="${y + height}" x2="${x + width}" y2="${y + height}" stroke="#888"/>`,
      `<text x="${x}" y="${y + height + 16}">${name}: ${range}</text>`,
    ].join("\n");
  });
  const rows = Math.ceil(charts.length / 3);
  return page(3 * (width + 20) + 2 * left - 20, top + rows * (height + 46), title, parts);
}

/** Lines over seconds, milliseconds on a logarithmic scale. @param markAt second with a mark. */
export function lineChart(title: string, lines: readonly Line[], markAt: number, mark: string): string {
  const [width, height, left, top] = [620, 300, 60, 46];
  const values = lines.flatMap((line) => line.values).filter((value) => value > 0);
  const least = Math.floor(Math.log10(Math.min(...values)));
  const most = Math.ceil(Math.log10(Math.max(...values)));
  const seconds = Math.max(...lines.map((line) => line.values.length));
  const toX = (second: number): number => round(left + second / seconds * width);
  const toY = (ms: number): number => round(top + (most - Math.log10(ms)) / (most - least) * height);
  const grid = Array.from({ length: most - least + 1 }, (_, at) => {
    const y = toY(10 ** (least + at));
    return `<line x1="${left}" y1="${y}" x2="${left + width}" y2="${y}" stroke="#ddd"/>` +
      `<text x="${left - 6}" y="${y + 4}" text-anchor="end">${10 ** (least + at)} ms</text>`;
  });
  const drawn = lines.map(({ name, values: own }, index) => {
    const points = own.flatMap((ms, second) => ms > 0 ? [`${toX(second + 0.5)},${toY(ms)}`] : []);
    const y = top + 12 + index * 18;
    return `<polyline points="${points.join(" ")}" fill="none" stroke="${
      COLOURS[index]
    }" stroke-width="2"/>` +
      `<text x="${left + width + 12}" y="${y}" fill="${COLOURS[index]}">${name}</text>`;
  });
  const x = toX(markAt);
  return page(left + width + 180, top + height + 40, title, [
    ...grid,
    `<line x1="${x}" y1="${top}" x2="${x}" y2="${top + height}" stroke="#888" stroke-dasharray="4"/>`,
    `<text x="${x + 4}" y="${top + height - 6}">${mark}</text>`,
    `<text x="${left + width / 2}" y="${
      top + height + 24
    }" text-anchor="middle">seconds, 0 to ${seconds}</text>`,
    ...drawn,
  ]);
}

function page(width: number, height: number, title: string, parts: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" ${STYLE} role="img">`,
    `<title>${title}</title>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text x="20" y="24" font-size="14" font-weight="bold">${title}</text>`,
    ...parts,
    "</svg>\n",
  ].join("\n");
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
