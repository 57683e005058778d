import type { JSX } from "preact";
import { formatByteRate, formatCount, formatMs, formatRate, plural } from "../base/format.ts";
import { words } from "../pure/reasons.ts";
import {
  connectBounds,
  HEAT_COLUMNS,
  HEAT_SECONDS,
  type HistoryColumn,
  seeSamples,
  type Track,
} from "../state/samples.ts";
import { Chart, type ChartLine } from "./chart.tsx";
import { HeatPicture } from "./heat_picture.tsx";
import { Panel } from "./panel.tsx";

/** Time that charts show: what there is, within these bounds. */
const SHORTEST_S = 60;
const LONGEST_S = 300;

const PERCENTILES: readonly ChartLine[] = [
  { label: "p99", colour: "--series-1", dash: [3, 3] },
  { label: "p90", colour: "--series-1", dash: [7, 3] },
  { label: "p50", colour: "--series-1" },
];
const BANDS = [[0, 2]] as const;

/** Everything over time that is known of the proxy, or of one app. */
export function TrackCharts(
  { title, track, hasRequests }: { title: string; track: Track; hasRequests: boolean },
): JSX.Element {
  seeSamples();
  const { history } = track;
  const seconds = Math.min(LONGEST_S, Math.max(SHORTEST_S, history.span));
  const chart = (
    name: string,
    columns: readonly HistoryColumn[],
    lines: readonly ChartLine[],
    format: (value: number) => string,
    bands: readonly (readonly [number, number])[] = [],
  ): JSX.Element => (
    <Chart
      title={name}
      columns={history.columns(...columns)}
      lines={lines}
      format={format}
      bands={bands}
      seconds={seconds}
    />
  );
  const perSecond = hasRequests
    ? chart("New a second", ["requests", "new"], [
      { label: "requests", colour: "--series-1", isFilled: true },
      { label: "connections", colour: "--series-2", dash: [4, 3] },
    ], formatRate)
    : chart(
      "New connections a second",
      ["new"],
      [{ label: "now", colour: "--series-1", isFilled: true }],
      formatRate,
    );
  return (
    <Panel title={title} kind="charts">
      <div class="chart-grid">
        {chart("Open connections", ["connections"], [
          { label: "now", colour: "--series-1", isFilled: true },
        ], formatCount)}
        {perSecond}
        {chart("Bytes a second", ["out", "in"], [
          { label: "to clients", colour: "--series-1", isFilled: true },
          { label: "from clients", colour: "--series-2", dash: [4, 3] },
        ], formatByteRate)}
        <div>
          {chart(
            "Errors a second",
            ["errors"],
            [{ label: "now", colour: "--bad", isFilled: true }],
            formatRate,
          )}
          <ErrorCounts track={track} />
        </div>
        {chart(
          "Time to connect",
          ["connect_p99", "connect_p90", "connect_p50"],
          PERCENTILES,
          formatMs,
          BANDS,
        )}
        {chart(
          "Time to the first byte",
          ["first_p99", "first_p90", "first_p50"],
          PERCENTILES,
          formatMs,
          BANDS,
        )}
        <HeatPicture
          title="Connect times"
          map={track.heat.map()}
          bounds={connectBounds.value}
          columns={HEAT_COLUMNS}
          columnSeconds={HEAT_SECONDS}
        />
      </div>
    </Panel>
  );
}

/** Ends with an error since the page was opened. */
function ErrorCounts({ track }: { track: Track }): JSX.Element {
  seeSamples();
  const all = [...track.errors].sort(([, a], [, b]) => b - a);
  const most = all[0]?.[1] ?? 0;
  if (all.length === 0) return <p class="muted small">No errors while this page is open.</p>;
  return (
    <ul class="bars" aria-label="Errors by reason, while this page is open">
      {all.map(([reason, count]) => (
        <li key={reason}>
          <span>{words(reason)}</span>
          <i style={{ width: `${count / most * 100}%` }} aria-hidden />
          <b title={plural(count, "error")}>{formatCount(count)}</b>
        </li>
      ))}
    </ul>
  );
}
