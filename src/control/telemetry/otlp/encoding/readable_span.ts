import {
  type Attributes,
  createTraceState,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
} from "@opentelemetry/api";
import type { ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import type { Span, SpanAttributes } from "../span.ts";
import { hrTime } from "./hr_time.ts";
import type { Origin } from "./origin.ts";

/** A span as the encoder takes it. */
export type ReadableSpan = Parameters<typeof ProtobufTraceSerializer.serializeRequest>[0][number];

const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL } as const;

/** A span in the form that the encoder takes. */
export function readableSpan(span: Span, { resource, scope }: Origin): ReadableSpan {
  const { traceId, flags: traceFlags, traceState, parentSpanId, startMs, endMs } = span;
  const state = traceState === null ? {} : { traceState: createTraceState(traceState) };
  const context: SpanContext = { traceId, spanId: span.spanId, traceFlags, ...state };
  return {
    name: span.name,
    kind: KINDS[span.kind],
    spanContext: () => context,
    ...(parentSpanId === null
      ? {}
      : { parentSpanContext: { traceId, spanId: parentSpanId, traceFlags, isRemote: span.isParentRemote } }),
    startTime: hrTime(startMs),
    endTime: hrTime(endMs),
    duration: hrTime(endMs - startMs),
    status: span.error === null
      ? { code: SpanStatusCode.UNSET }
      : { code: SpanStatusCode.ERROR, message: span.error },
    attributes: defined(span.attributes),
    links: [],
    events: [],
    ended: true,
    resource,
    instrumentationScope: scope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

function defined(attributes: SpanAttributes): Attributes {
  const known: Attributes = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) known[name] = typeof value === "object" ? [...value] : value;
  }
  return known;
}
