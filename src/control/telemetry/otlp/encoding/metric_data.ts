import { ValueType } from "@opentelemetry/api";
import type { ProtobufMetricsSerializer } from "@opentelemetry/otlp-transformer";
import { AggregationTemporality, DataPointType } from "@opentelemetry/sdk-metrics";
import type { HistogramSample } from "../../metrics/family.ts";
import type { MetricBatch, MetricPoints } from "../metric_point.ts";
import { hrTime } from "./hr_time.ts";
import type { Origin } from "./origin.ts";

/** Metrics as the encoder takes them. */
export type ResourceMetrics = Parameters<typeof ProtobufMetricsSerializer.serializeRequest>[0];
type MetricData = ResourceMetrics["scopeMetrics"][number]["metrics"][number];
type Descriptor = MetricData["descriptor"];
type Times = Pick<MetricData["dataPoints"][number], "startTime" | "endTime">;

/** Metrics in the form that the encoder takes: cumulative sums, gauges, and histograms with explicit bounds. */
export function resourceMetrics(batch: MetricBatch, { resource, scope }: Origin): ResourceMetrics {
  const times = { startTime: hrTime(batch.startMs), endTime: hrTime(batch.readMs) };
  const metrics = batch.points.map((points) => metricData(points, times));
  return { resource, scopeMetrics: [{ scope, metrics }] };
}

function metricData(points: MetricPoints, times: Times): MetricData {
  const { family } = points;
  const common = {
    descriptor: descriptorOf(family.name, family.help),
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
  };
  if (points.family.type === "histogram") {
    const samples = points.samples as readonly HistogramSample[];
    const dataPoints = samples.map((sample) => ({ ...times, ...histogramPoint(sample) }));
    return { ...common, dataPointType: DataPointType.HISTOGRAM, dataPoints };
  }
  const dataPoints = (points.samples as readonly { labels: Record<string, string>; value: number }[]).map((
    { labels, value },
  ) => ({ ...times, attributes: labels, value }));
  return family.type === "gauge"
    ? { ...common, dataPointType: DataPointType.GAUGE, dataPoints }
    : { ...common, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints };
}

function histogramPoint({ labels, boundsMs, totals: { buckets, sumMs } }: HistogramSample): {
  readonly attributes: Record<string, string>;
  readonly value: {
    readonly buckets: { readonly boundaries: number[]; readonly counts: number[] };
    readonly sum: number;
    readonly count: number;
  };
} {
  return {
    attributes: { ...labels },
    value: {
      buckets: { boundaries: boundsMs.map((bound) => bound / 1_000), counts: [...buckets] },
      sum: sumMs / 1_000,
      count: buckets.reduce((sum, own) => sum + own, 0),
    },
  };
}

/** The unit is in the name, as Prometheus has it. */
function descriptorOf(name: string, description: string): Descriptor {
  const base = name.replace(/_total$/, "");
  const unit = base.endsWith("_seconds") ? "s" : base.endsWith("_bytes") ? "By" : "1";
  return { name, description, unit, valueType: ValueType.DOUBLE };
}
