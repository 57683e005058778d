import type { AppSample } from "../../control/telemetry/samples/sample.ts";
import type { Tone } from "../drawing/paint.ts";
import { printableText } from "../drawing/printable.ts";
import type { Column } from "./columns.ts";
import { shortBytes, shortCount, shortTime } from "./short_figures.ts";

/** An app in the list. */
export interface AppRow {
  readonly name: string;
  readonly sample: AppSample;
  /** Whether its rates are those of an interval, not yet unknown. */
  readonly isMeasured: boolean;
}

/** A column that the list can be sorted by. */
export interface SortKey {
  /** That of its column. */
  readonly title: string;
  /** Numbers go from the largest on, names from the first. */
  value(row: AppRow): number | string;
}

/** How urgent a state is. */
const URGENCY: Readonly<Record<AppSample["state"], number>> = {
  failed: 4,
  degraded: 3,
  starting: 2,
  draining: 1,
  ready: 0,
};

const STATE_TONES: Readonly<Record<AppSample["state"], Tone>> = {
  failed: "bad",
  degraded: "doubtful",
  starting: "doubtful",
  draining: "faint",
  ready: "good",
};

/** Colour of a state. */
export function stateTone(state: AppSample["state"]): Tone {
  return STATE_TONES[state];
}

/** What the list can be sorted by, in the order of its columns. */
export const SORT_KEYS: readonly SortKey[] = [
  { title: "APP", value: ({ name }) => name },
  { title: "STATE", value: ({ sample }) => URGENCY[sample.state] },
  { title: "OPEN", value: ({ sample }) => sample.connections_active },
  { title: "CONN/S", value: ({ sample }) => sample.connections_per_second },
  { title: "REQ/S", value: ({ sample }) => sample.requests_per_second },
  { title: "ERR/S", value: ({ sample }) => sample.errors_per_second },
  { title: "IN/S", value: ({ sample }) => sample.bytes_in_per_second },
  { title: "OUT/S", value: ({ sample }) => sample.bytes_out_per_second },
  { title: "BYTE99", value: ({ sample }) => sample.first_byte_ms?.p99 ?? -1 },
];

/** Columns of the list. Times are to the open connection (`CONN`) and to the first byte (`BYTE`), by percentile. */
export const APP_COLUMNS: readonly Column<AppRow>[] = [
  { title: "APP", width: 8, worth: 100, isLeft: true, text: ({ name }) => printableText(name) },
  {
    title: "STATE",
    width: 8,
    worth: 99,
    isLeft: true,
    text: ({ sample }) => sample.state,
    tone: ({ sample }) => stateTone(sample.state),
  },
  {
    title: "TARGETS",
    width: 7,
    worth: 70,
    text: ({ sample }) => `${sample.targets_available}/${sample.targets}`,
    tone: ({ sample }) => sample.targets_available < sample.targets ? "doubtful" : undefined,
  },
  { title: "OPEN", width: 6, worth: 95, text: ({ sample }) => shortCount(sample.connections_active) },
  {
    title: "CONN/S",
    width: 7,
    worth: 90,
    text: rate((sample) => shortCount(sample.connections_per_second)),
  },
  {
    title: "REQ/S",
    width: 6,
    worth: 80,
    text: (row) => row.sample.mode === "tcp" ? "-" : rate((one) => shortCount(one.requests_per_second))(row),
  },
  {
    title: "ERR/S",
    width: 6,
    worth: 85,
    text: rate((sample) => shortCount(sample.errors_per_second)),
    tone: ({ sample }) => sample.errors_per_second > 0 ? "bad" : undefined,
  },
  { title: "IN/S", width: 6, worth: 50, text: rate((sample) => shortBytes(sample.bytes_in_per_second)) },
  { title: "OUT/S", width: 6, worth: 60, text: rate((sample) => shortBytes(sample.bytes_out_per_second)) },
  { title: "CONN50", width: 7, worth: 20, text: ({ sample }) => shortTime(sample.connect_ms?.p50) },
  { title: "CONN99", width: 7, worth: 30, text: ({ sample }) => shortTime(sample.connect_ms?.p99) },
  { title: "BYTE50", width: 7, worth: 40, text: ({ sample }) => shortTime(sample.first_byte_ms?.p50) },
  { title: "BYTE90", width: 7, worth: 25, text: ({ sample }) => shortTime(sample.first_byte_ms?.p90) },
  { title: "BYTE99", width: 7, worth: 45, text: ({ sample }) => shortTime(sample.first_byte_ms?.p99) },
];

/** The rows in the order of a key. */
export function sortRows(rows: readonly AppRow[], { value }: SortKey, isReversed: boolean): AppRow[] {
  const sign = isReversed ? -1 : 1;
  return [...rows].sort((one, other) => {
    const [a, b] = [value(one), value(other)];
    const order = typeof a === "number" && typeof b === "number" ? b - a : a < b ? -1 : a > b ? 1 : 0;
    return sign * order || (one.name < other.name ? -1 : 1);
  });
}

function rate(text: (sample: AppSample) => string): (row: AppRow) => string {
  return ({ sample, isMeasured }) => isMeasured ? text(sample) : "-";
}
