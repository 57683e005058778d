/** A value of an attribute. */
type Plain = string | number | boolean | readonly Plain[];

/** Attributes by name. */
export type ReceivedAttributes = Readonly<Record<string, Plain>>;

/** A span as a receiver got it. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for none. */
  readonly parentSpanId: string;
  readonly traceState: string;
  readonly name: string;
  /** 1 internal, 2 server, 3 client. */
  readonly kind: number;
  /** Milliseconds since the epoch. */
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: ReceivedAttributes;
  /** 0 unset, 2 error. */
  readonly statusCode: number;
  readonly flags: number;
  readonly resource: ReceivedAttributes;
}

/** A log record as a receiver got it. */
export interface ReceivedLog {
  readonly eventName: string;
  readonly severity: number;
  readonly severityText: string;
  readonly body: Plain;
  readonly attributes: ReceivedAttributes;
  readonly traceId: string;
  readonly spanId: string;
  readonly resource: ReceivedAttributes;
}

/** A metric as a receiver got it. */
export interface ReceivedMetric {
  readonly name: string;
  readonly unit: string;
  readonly type: "sum" | "gauge" | "histogram";
  /** 2 cumulative; undefined for gauges. */
  readonly temporality: number | undefined;
  readonly isMonotonic: boolean;
  readonly points: readonly ReceivedPoint[];
}

/** A number, or a histogram's counts. */
export interface ReceivedPoint {
  readonly attributes: ReceivedAttributes;
  readonly startMs: number;
  readonly timeMs: number;
  /** Of a histogram: its sum. */
  readonly value: number;
  readonly count: number;
  readonly buckets: readonly number[];
  readonly bounds: readonly number[];
}

/** A value as OTLP writes it. */
interface WireValue {
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  readonly intValue?: number | string;
  readonly doubleValue?: number;
  readonly arrayValue?: { readonly values?: readonly WireValue[] };
  readonly kvlistValue?: unknown;
}

interface WireAttributed {
  readonly attributes?: readonly { readonly key: string; readonly value: WireValue }[];
}

interface WireSpan extends WireAttributed {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly traceState?: string;
  readonly name: string;
  readonly kind?: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status?: { readonly code?: number };
  readonly flags?: number;
}

interface WireLog extends WireAttributed {
  readonly eventName?: string;
  readonly severityNumber?: number;
  readonly severityText?: string;
  readonly body: WireValue;
  readonly traceId?: string;
  readonly spanId?: string;
}

interface WirePoint extends WireAttributed {
  readonly startTimeUnixNano: string;
  readonly timeUnixNano: string;
  readonly asDouble?: number;
  readonly sum?: number;
  readonly count?: number | string;
  readonly bucketCounts?: readonly (number | string)[];
  readonly explicitBounds?: readonly number[];
}

interface WireMetric {
  readonly name: string;
  readonly unit?: string;
  readonly sum?: WirePoints;
  readonly gauge?: WirePoints;
  readonly histogram?: WirePoints;
}

interface WirePoints {
  readonly aggregationTemporality?: number;
  readonly isMonotonic?: boolean;
  readonly dataPoints?: readonly WirePoint[];
}

/** A request of any signal. */
export interface WireRequest {
  readonly resourceSpans?: readonly {
    readonly resource: WireAttributed;
    readonly scopeSpans: readonly { readonly spans: readonly WireSpan[] }[];
  }[];
  readonly resourceLogs?: readonly {
    readonly resource: WireAttributed;
    readonly scopeLogs: readonly { readonly logRecords: readonly WireLog[] }[];
  }[];
  readonly resourceMetrics?: readonly {
    readonly scopeMetrics: readonly { readonly metrics: readonly WireMetric[] }[];
  }[];
}

/** The spans of a request. */
export function spansOf({ resourceSpans = [] }: WireRequest): ReceivedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) => spans.map((span) => spanOf(span, resource)))
  );
}

/** The log records of a request. */
export function logsOf({ resourceLogs = [] }: WireRequest): ReceivedLog[] {
  return resourceLogs.flatMap(({ resource, scopeLogs }) =>
    scopeLogs.flatMap(({ logRecords }) => logRecords.map((log) => logOf(log, resource)))
  );
}

/** The metrics of a request. */
export function metricsOf({ resourceMetrics = [] }: WireRequest): ReceivedMetric[] {
  return resourceMetrics.flatMap(({ scopeMetrics }) =>
    scopeMetrics.flatMap(({ metrics }) => metrics.map(metricOf))
  );
}

function spanOf(span: WireSpan, resource: WireAttributed): ReceivedSpan {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId ?? "",
    traceState: span.traceState ?? "",
    name: span.name,
    kind: span.kind ?? 0,
    startMs: milliseconds(span.startTimeUnixNano),
    endMs: milliseconds(span.endTimeUnixNano),
    attributes: attributesOf(span),
    statusCode: span.status?.code ?? 0,
    flags: span.flags ?? 0,
    resource: attributesOf(resource),
  };
}

function logOf(log: WireLog, resource: WireAttributed): ReceivedLog {
  return {
    eventName: log.eventName ?? "",
    severity: log.severityNumber ?? 0,
    severityText: log.severityText ?? "",
    body: plain(log.body),
    attributes: attributesOf(log),
    traceId: log.traceId ?? "",
    spanId: log.spanId ?? "",
    resource: attributesOf(resource),
  };
}

function metricOf(metric: WireMetric): ReceivedMetric {
  const type = metric.sum ? "sum" : metric.gauge ? "gauge" : "histogram";
  const data = metric[type] ?? {};
  return {
    name: metric.name,
    unit: metric.unit ?? "",
    type,
    temporality: data.aggregationTemporality,
    isMonotonic: data.isMonotonic ?? false,
    points: (data.dataPoints ?? []).map((point) => ({
      attributes: attributesOf(point),
      startMs: milliseconds(point.startTimeUnixNano),
      timeMs: milliseconds(point.timeUnixNano),
      value: point.asDouble ?? point.sum ?? 0,
      count: Number(point.count ?? 0),
      buckets: (point.bucketCounts ?? []).map(Number),
      bounds: point.explicitBounds ?? [],
    })),
  };
}

function attributesOf({ attributes = [] }: WireAttributed): ReceivedAttributes {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, plain(value)]));
}

function plain(value: WireValue): Plain {
  if (value.arrayValue !== undefined) return (value.arrayValue.values ?? []).map(plain);
  if (value.kvlistValue !== undefined) return JSON.stringify(value.kvlistValue);
  const number = value.intValue ?? value.doubleValue;
  return number !== undefined ? Number(number) : value.stringValue ?? value.boolValue ?? "";
}

/** Of nanoseconds, with their fraction as far as a number has it. */
function milliseconds(nanoseconds: string): number {
  return Number(BigInt(nanoseconds)) / 1e6;
}
