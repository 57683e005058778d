import plot from "simple-ascii-chart";
import type { Canvas } from "./bar_chart.ts";

/** A series of values at even distances in time. */
export interface Series {
  readonly values: readonly number[];
  /** Time from one value to the next, seconds. */
  readonly stepS: number;
  /** Writes a value for the vertical axis. */
  format(value: number): string;
}

/** Rows of the plot itself. */
const ROWS = 8;
/** A narrower terminal gets no chart. */
const LEAST_COLUMNS = 30;

/** A line from zero up, over seconds; an empty text where there are under two values or too few columns. */
export function lineChart({ values, stepS, format }: Series, { columns, paint }: Canvas): string {
  const top = roundUp(Math.max(0, ...values));
  const ticks = [0, top / 2, top];
  // The library's own marks: axis, tick and arrow, and the blanks around.
  const room = columns - Math.max(...ticks.map((tick) => format(tick).length)) - 6;
  if (values.length < 2 || top === 0 || columns < LEAST_COLUMNS) return "";
  const points = thin(values, room);
  const lastS = (points.length - 1) * stepS * (values.length / points.length);
  const secondsPerPoint = lastS / (points.length - 1);
  const text = plot(points.map((value, index): [number, number] => [index, value]), {
    width: room,
    height: ROWS,
    yRange: [0, top],
    customYAxisTicks: ticks,
    customXAxisTicks: [0, Math.floor((points.length - 1) / 2), points.length - 1],
    formatter: (value, { axis }) => axis === "y" ? format(value) : `${(value * secondsPerPoint).toFixed(1)}s`,
  });
  const lines = text.split("\n").map((line) => line.trimEnd()).filter((line) => line !== "");
  return lines.map((line) => `${line.replace(/[━┏┓┗┛┃]+/g, (run) => paint("accent", run))}\n`).join("");
}

/** At most `most` values, each the mean of those it stands for. */
function thin(values: readonly number[], most: number): number[] {
  const count = Math.min(values.length, most);
  return Array.from({ length: count }, (_, index) => {
    const part = values.slice(
      Math.floor((index * values.length) / count),
      Math.floor(((index + 1) * values.length) / count),
    );
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
}

/** The next of 1, 1.2, 1.6, 2, 2.4, 3, 4, 5, 6, 8, 10 times a power of ten. */
function roundUp(value: number): number {
  if (value <= 0) return 0;
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = [1, 1.2, 1.6, 2, 2.4, 3, 4, 5, 6, 8, 10].find((candidate) => candidate * power >= value) ??
    10;
  return factor * power;
}
