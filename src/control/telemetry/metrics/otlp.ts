import type { SignalCounts } from "../signal_counts.ts";
import type { Family } from "./family.ts";

/** What was sent by OTLP. Without it there are no series. */
export const OTLP_METRICS: readonly Family[] = [
  perSignal(
    "fproxy_otlp_sent_total",
    "Spans, metric points or log records that a receiver of OTLP took.",
    ({ sent }) => sent,
  ),
  perSignal(
    "fproxy_otlp_dropped_total",
    "Spans, metric points or log records that were dropped: for want of room, refused, or given up.",
    ({ dropped }) => dropped,
  ),
];

function perSignal(name: string, help: string, read: (counts: SignalCounts) => number): Family {
  return {
    type: "counter",
    name,
    help,
    labels: ["signal"],
    collect: ({ source }) =>
      source.otlp().map((counts) => ({ labels: { signal: counts.signal }, value: read(counts) })),
  };
}
