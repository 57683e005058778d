import type { AppDetails, Percentiles } from "../../control/telemetry/samples/sample.ts";
import { printableText } from "../drawing/printable.ts";
import { stateTone } from "./app_rows.ts";
import { drawTable } from "./columns.ts";
import type { ScreenPlace } from "./place.ts";
import { type Segment, segmentLine } from "./segments.ts";
import { shortCount, shortTime } from "./short_figures.ts";
import { targetColumns, type TargetRow } from "./target_rows.ts";
import type { TopModel } from "./top_model.ts";

/** With fewer rows there is a line of the app and its targets, and nothing else. */
const ROWS_WITH_TIMES = 9;

/** The chosen app: times, ends, listeners, and its targets as far as there is room. */
export function appLines(model: TopModel, { columns, rows, paint }: ScreenPlace): string[] {
  const name = model.chosen;
  const sample = name === null ? undefined : model.figures.apps.get(name);
  if (name === null || sample === undefined) return [];
  const details = model.figures.details[name];
  const title = segmentLine(
    [
      { text: printableText(name), tone: "accent" },
      { text: sample.mode },
      { text: sample.state, tone: stateTone(sample.state) },
      { text: `${sample.targets_available} of ${sample.targets} targets` },
    ],
    columns,
    paint,
  );
  if (details === undefined) {
    return [title, segmentLine([{ text: "its targets follow", tone: "faint" }], columns, paint)];
  }
  const facts = [
    percentileSegments("connect", sample.connect_ms),
    percentileSegments("first byte", sample.first_byte_ms),
    endSegments(details),
    listenerSegments(details),
  ].map((segments) => segmentLine(segments, columns, paint));
  const lines = rows < ROWS_WITH_TIMES ? [title] : [title, ...facts];
  const targets = Object.entries(details.targets).map(([key, one]): TargetRow => ({ key, sample: one }));
  const room = Math.max(1, rows - lines.length - 1);
  if (model.view === "app") model.pageRows = room;
  const offset = model.view === "app" ? Math.max(0, Math.min(model.targetOffset, targets.length - room)) : 0;
  const isCut = targets.length - offset > room;
  const shown = targets.slice(offset, offset + (isCut ? Math.max(1, room - 1) : room));
  const table = drawTable(targetColumns(sample.mode), shown.map((row) => ({ row, isChosen: false })), null, {
    columns,
    paint,
  });
  const left = targets.length - offset - shown.length;
  const more = isCut ? [segmentLine([{ text: `… ${left} more`, tone: "faint" }], columns, paint)] : [];
  return [...lines, ...table, ...more].slice(0, Math.max(1, rows));
}

function percentileSegments(title: string, times: Percentiles | null): Segment[] {
  return [
    { text: title.padEnd(10), tone: "faint" },
    { text: `p50 ${shortTime(times?.p50)}` },
    { text: `p90 ${shortTime(times?.p90)}` },
    { text: `p99 ${shortTime(times?.p99)}` },
  ];
}

function endSegments({ reasons }: AppDetails): Segment[] {
  const ends = Object.entries(reasons).sort(([, one], [, other]) => other - one);
  return [
    { text: "ended".padEnd(10), tone: "faint" },
    ...(ends.length === 0
      ? [{ text: "-" }]
      : ends.map(([reason, count]) => ({ text: `${reason} ${shortCount(count)}` }))),
  ];
}

function listenerSegments({ listeners }: AppDetails): Segment[] {
  const texts = Object.entries(listeners).map(([address, { connections_active, connections_per_second }]) =>
    `${printableText(address)} open ${shortCount(connections_active)}, ${
      shortCount(connections_per_second)
    }/s`
  );
  return [
    { text: "listens".padEnd(10), tone: "faint" },
    ...(texts.length === 0 ? [{ text: "-" }] : texts.map((text) => ({ text }))),
  ];
}
