import type { Family, HistogramSample, Sample } from "../metrics/family.ts";

/** A metric and some of its numbers, before they are encoded. */
export type MetricPoints =
  | { readonly family: Family & { readonly type: "counter" | "gauge" }; readonly samples: readonly Sample[] }
  | {
    readonly family: Family & { readonly type: "histogram" };
    readonly samples: readonly HistogramSample[];
  };

/** What was read at one time. */
export interface MetricBatch {
  readonly points: readonly MetricPoints[];
  /** When counting began, and when it was read: milliseconds since the epoch. */
  readonly startMs: number;
  readonly readMs: number;
}
