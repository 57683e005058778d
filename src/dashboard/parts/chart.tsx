import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { NOTHING } from "../base/format.ts";
import type { Columns } from "../pure/history.ts";
import { colour, scheme } from "../state/theme.ts";

/** One line of a chart. */
export interface ChartLine {
  readonly label: string;
  /** Name of a colour in the style sheet: `--series-1`. */
  readonly colour: string;
  /** Whether the space below it is filled. */
  readonly isFilled?: boolean;
  /** Dashes, so that lines are told apart without colours. */
  readonly dash?: readonly number[];
}

/** A live chart over time. */
export interface ChartProps {
  readonly title: string;
  readonly columns: Columns;
  readonly lines: readonly ChartLine[];
  readonly format: (value: number) => string;
  /** Pairs of lines between which the space is filled, from the upper to the lower. */
  readonly bands?: readonly (readonly [upper: number, lower: number])[];
  /** Pixels. */
  readonly height?: number;
  /** Seconds that are shown. */
  readonly seconds: number;
}

const HEIGHT = 140;
const TICK_SPACE = 70;
/** Noise about nothing is not to fill a chart. */
const LEAST_SCALE = 1;

/** Draws it, with the values under the pointer or else the last ones beside the names of its lines. */
export function Chart(props: ChartProps): JSX.Element {
  const { title, columns, lines, format, height = HEIGHT } = props;
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const hovered = useSignal<number | null>(null);
  const colours = scheme.value;
  useEffect(() => {
    const { current } = holder;
    if (current === null) return;
    const made = new uPlot(
      options(() => latest.current, current.clientWidth, (index) => hovered.value = index),
      dataOf(latest.current.columns),
      current,
    );
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: current.clientWidth, height }));
    observer.observe(current);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [colours, lines.length, height]);
  useEffect(() => {
    plot.current?.setData(dataOf(columns));
  }, [columns]);
  const at = hovered.value ?? columns.times.length - 1;
  const valueAt = (line: number): string => {
    const value = columns.values[line]?.[at];
    return value === null || value === undefined ? NOTHING : format(value);
  };
  return (
    <figure class="chart">
      <figcaption>
        <span class="chart-title">{title}</span>
        <span class="chart-values">
          {lines.map(({ label, colour }, index) => (
            <span key={label} class="chart-value">
              <i class="swatch" style={{ background: `var(${colour})` }} aria-hidden />
              {label} <b>{valueAt(index)}</b>
            </span>
          ))}
        </span>
      </figcaption>
      <div
        class="chart-plot"
        ref={holder}
        role="img"
        aria-label={`${title}, now: ${
          lines.map(({ label }, line) => `${label} ${valueAt(line)}`).join(", ")
        }`}
        style={{ height: `${height}px` }}
      />
    </figure>
  );
}

function dataOf({ times, values }: Columns): uPlot.AlignedData {
  return [times, ...values] as unknown as uPlot.AlignedData;
}

function options(
  latest: () => ChartProps,
  width: number,
  onHover: (index: number | null) => void,
): uPlot.Options {
  const { lines, format, bands = [], height = HEIGHT } = latest();
  const grid = { stroke: colour("--line"), width: 1 };
  const axis = {
    stroke: colour("--muted"),
    font: "11px system-ui, sans-serif",
    grid,
    ticks: { show: false },
  };
  return {
    width,
    height,
    padding: [8, 8, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, sync: { key: "time" }, points: { size: 6 } },
    scales: {
      x: { time: true, range: (_, __, max) => [max - latest().seconds, max] },
      y: { range: (_, __, max) => [0, Math.max(LEAST_SCALE, max * 1.1 || 0)] },
    },
    axes: [
      { ...axis, space: TICK_SPACE, size: 22, values: "{HH}:{mm}:{ss}" },
      {
        ...axis,
        size: 58,
        space: 28,
        values: (_, ticks) => ticks.map((tick) => tick === null ? "" : format(tick)),
      },
    ],
    series: [
      {},
      ...lines.map(({ label, colour: name, isFilled = false, dash }): uPlot.Series => ({
        label,
        stroke: colour(name),
        width: 1.5,
        points: { show: false },
        ...(isFilled ? { fill: `color-mix(in srgb, ${colour(name)} 15%, transparent)` } : {}),
        ...(dash === undefined ? {} : { dash: [...dash] }),
      })),
    ],
    bands: bands.map(([upper, lower]) => ({
      series: [upper + 1, lower + 1],
      fill: `color-mix(in srgb, ${colour(lines[lower]?.colour ?? "--muted")} 15%, transparent)`,
    })),
    hooks: {
      setCursor: [({ cursor }) => onHover(cursor.idx ?? null)],
    },
  };
}
