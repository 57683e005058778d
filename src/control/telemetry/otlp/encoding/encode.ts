/**
 * Encodes telemetry for OTLP by OpenTelemetry's own encoder. The only module that loads its packages, and it is loaded when
 * the first batch is sent.
 * @module
 */
import {
  JsonLogsSerializer,
  JsonMetricsSerializer,
  JsonTraceSerializer,
  ProtobufLogsSerializer,
  ProtobufMetricsSerializer,
  ProtobufTraceSerializer,
} from "@opentelemetry/otlp-transformer";
import type { LoggedEvent } from "../log_event.ts";
import type { MetricBatch } from "../metric_point.ts";
import type { OtlpProtocol } from "../settings/receiver.ts";
import type { Span } from "../span.ts";
import { resourceMetrics } from "./metric_data.ts";
import { originOf } from "./origin.ts";
import { readableLog } from "./readable_log.ts";
import { readableSpan } from "./readable_span.ts";

/** What a receiver did not take of a request that it answered with success. */
export interface Rejection {
  readonly count: number;
  readonly message: string;
}

/** Encodes requests of one signal, and reads their answers. */
export interface Codec<Batch> {
  encode(batch: Batch): Uint8Array<ArrayBuffer>;
  /** @returns null where all was taken. */
  rejected(answer: Uint8Array): Rejection | null;
}

/** One for each signal. */
export interface Codecs {
  readonly traces: Codec<readonly Span[]>;
  readonly metrics: Codec<MetricBatch>;
  readonly logs: Codec<readonly LoggedEvent[]>;
}

/** Of the encoder's serializers. */
interface Serializer<Request> {
  serializeRequest(request: Request): Uint8Array | undefined;
  deserializeResponse(answer: Uint8Array): { readonly partialSuccess?: PartialSuccess };
}

interface PartialSuccess {
  readonly rejectedSpans?: number;
  readonly rejectedDataPoints?: number;
  readonly rejectedLogRecords?: number;
  readonly errorMessage?: string;
}

/** @param resource attributes of it. @param version of the program. */
export function codecs(
  resource: Readonly<Record<string, string | number>>,
  version: string,
): Record<OtlpProtocol, Codecs> {
  const origin = originOf(resource, version);
  const spans = (batch: readonly Span[]) => batch.map((span) => readableSpan(span, origin));
  const metrics = (batch: MetricBatch) => resourceMetrics(batch, origin);
  const logs = (batch: readonly LoggedEvent[]) => batch.map((event) => readableLog(event, origin));
  return {
    "http/protobuf": {
      traces: codec(ProtobufTraceSerializer, spans),
      metrics: codec(ProtobufMetricsSerializer, metrics),
      logs: codec(ProtobufLogsSerializer, logs),
    },
    "http/json": {
      traces: codec(JsonTraceSerializer, spans),
      metrics: codec(JsonMetricsSerializer, metrics),
      logs: codec(JsonLogsSerializer, logs),
    },
  };
}

function codec<Batch, Request>(
  serializer: Serializer<Request>,
  requestOf: (batch: Batch) => Request,
): Codec<Batch> {
  return {
    encode: (batch) => new Uint8Array(serializer.serializeRequest(requestOf(batch)) ?? []),
    rejected(answer): Rejection | null {
      const { partialSuccess: partial } = serializer.deserializeResponse(answer);
      const count = partial?.rejectedSpans ?? partial?.rejectedDataPoints ?? partial?.rejectedLogRecords ?? 0;
      return count > 0 ? { count: Number(count), message: partial?.errorMessage ?? "" } : null;
    },
  };
}
