import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { formatCount, formatMs, formatTime } from "../base/format.ts";
import { type HeatMap, heatOf, usedRows } from "../pure/heat_map.ts";
import { colour, scheme } from "../state/theme.ts";

const HEIGHT = 140;

/** How many connects took how long, over time: quick ones below, slow ones above. */
export function HeatPicture(
  { title, map, bounds, columns, columnSeconds }: {
    title: string;
    map: HeatMap;
    /** Upper bounds of the buckets, milliseconds. */
    bounds: readonly number[];
    /** Room for so many columns, ... */
    columns: number;
    /** ... each of which is so wide. */
    columnSeconds: number;
  },
): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const rows = bounds.length + 1;
  const { first, last } = usedRows(map, rows);
  const newest = map.times.at(-1);
  const colours = scheme.value;
  useEffect(() => {
    if (canvas.current !== null) draw(canvas.current, map, first, last, columns);
  });
  const count = map.counts.reduce((sum, column) => sum + column.reduce((all, one) => all + one, 0), 0);
  const labels = Array.from({ length: last - first + 1 }, (_, at) => boundLabel(bounds, last - at));
  return (
    <figure class="chart chart-wide">
      <figcaption>
        <span class="chart-title">{title}</span>
        <span class="chart-values">{formatCount(count)} connects, darker is more</span>
      </figcaption>
      <div class="heat" style={{ height: `${HEIGHT}px` }}>
        <div class="heat-labels" aria-hidden>
          {labels.map((label, index) => (
            <span key={label}>{index % step(labels.length) === 0 ? label : ""}</span>
          ))}
        </div>
        <canvas
          ref={canvas}
          role="img"
          aria-label={summary(title, map, bounds, count)}
          data-scheme={colours}
        />
        <div class="heat-times" aria-hidden>
          <span>
            {newest === undefined ? "" : formatTime((newest - (columns - 1) * columnSeconds) * 1000)}
          </span>
          <span>now</span>
        </div>
      </div>
    </figure>
  );
}

/** Labels need room: at most some seven are shown. */
function step(count: number): number {
  return Math.ceil(count / 7);
}

function boundLabel(bounds: readonly number[], row: number): string {
  const bound = bounds[row];
  return bound === undefined ? `> ${formatMs(bounds.at(-1))}` : `≤ ${formatMs(bound)}`;
}

function summary(title: string, { counts }: HeatMap, bounds: readonly number[], count: number): string {
  if (count === 0) return `${title}: none`;
  const byRow = Array.from(
    { length: bounds.length + 1 },
    (_, row) => counts.reduce((sum, column) => sum + (column[row] ?? 0), 0),
  );
  const shown = byRow.flatMap((sum, row) =>
    sum === 0 ? [] : [`${boundLabel(bounds, row)}: ${formatCount(sum)}`]
  );
  return `${title}: ${shown.join(", ")}`;
}

function draw(canvas: HTMLCanvasElement, map: HeatMap, first: number, last: number, columns: number): void {
  const ratio = devicePixelRatio;
  const [width, height] = [canvas.clientWidth * ratio, canvas.clientHeight * ratio];
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  if (context === null) return;
  context.fillStyle = colour("--heat");
  const cellWidth = width / columns;
  const cellHeight = height / (last - first + 1);
  const begin = columns - map.times.length;
  for (const [column, counts] of map.counts.entries()) {
    for (let row = first; row <= last; row++) {
      const heat = heatOf(counts[row] ?? 0, map.largest);
      if (heat === 0) continue;
      context.globalAlpha = heat;
      const [left, top] = [Math.round((begin + column) * cellWidth), Math.round((last - row) * cellHeight)];
      context.fillRect(left, top, Math.ceil(cellWidth) - ratio / 2, Math.ceil(cellHeight) - ratio);
    }
  }
}
