import type { AppSample, TargetSample } from "../../control/telemetry/samples/sample.ts";
import { printableText } from "../drawing/printable.ts";
import type { Column } from "./columns.ts";
import { shortBytes, shortCount } from "./short_figures.ts";

/** A target of the chosen app. */
export interface TargetRow {
  readonly key: string;
  readonly sample: TargetSample;
}

/** Columns of the targets. */
export function targetColumns(mode: AppSample["mode"]): readonly Column<TargetRow>[] {
  return TARGET_COLUMNS.filter(({ title }) => title !== (mode === "http" ? "CONN/S" : "REQ/S"));
}

const TARGET_COLUMNS: readonly Column<TargetRow>[] = [
  {
    title: "TARGET",
    width: 14,
    worth: 100,
    isLeft: true,
    // Plain HTTP is what endpoints speak unless something else is said.
    text: ({ key }) => printableText(key.replace(/^http:\/\//, "")),
  },
  {
    title: "HEALTH",
    width: 7,
    worth: 95,
    isLeft: true,
    text: ({ sample }) => sample.health,
    tone: ({ sample: { health } }) => health === "up" ? "good" : health === "unknown" ? "faint" : "bad",
  },
  {
    title: "ADMIN",
    width: 5,
    worth: 60,
    isLeft: true,
    text: ({ sample }) => sample.admin,
    tone: ({ sample }) => sample.admin === "ready" ? undefined : "doubtful",
  },
  { title: "WEIGHT", width: 6, worth: 40, text: ({ sample }) => shortCount(sample.weight) },
  { title: "OPEN", width: 6, worth: 90, text: ({ sample }) => shortCount(sample.connections_active) },
  { title: "CONN/S", width: 6, worth: 85, text: ({ sample }) => shortCount(sample.connections_per_second) },
  { title: "REQ/S", width: 6, worth: 85, text: ({ sample }) => shortCount(sample.requests_per_second) },
  {
    title: "FAIL/S",
    width: 6,
    worth: 80,
    text: ({ sample }) => shortCount(sample.failures_per_second),
    tone: ({ sample }) => sample.failures_per_second > 0 ? "bad" : undefined,
  },
  { title: "IN/S", width: 6, worth: 50, text: ({ sample }) => shortBytes(sample.bytes_in_per_second) },
  { title: "OUT/S", width: 6, worth: 55, text: ({ sample }) => shortBytes(sample.bytes_out_per_second) },
];
