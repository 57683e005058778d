import type { HistogramTotals } from "../counter_totals.ts";
import type { Scrape } from "./scrape.ts";

/** Values of labels by name. Nothing that a client chooses may become one. */
export type Labels = Readonly<Record<string, string>>;

/** One number of a counter or gauge. */
export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

/** The counts of one histogram. */
export interface HistogramSample {
  readonly labels: Labels;
  /** Upper bounds of the buckets. */
  readonly boundsMs: readonly number[];
  readonly totals: HistogramTotals;
}

interface Named {
  /** In full: with `fproxy_` where it is ours, and `_total` where it is a counter. */
  readonly name: string;
  /** One sentence: what it says, and its unit where the name has none. */
  readonly help: string;
  /** Names of its labels. */
  readonly labels: readonly string[];
}

/** One metric with all of its series, as they are read when somebody asks. */
export type Family =
  | Named & { readonly type: "counter" | "gauge"; collect(scrape: Scrape): Iterable<Sample> }
  | Named & { readonly type: "histogram"; collect(scrape: Scrape): Iterable<HistogramSample> };
