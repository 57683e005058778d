import { addressAttributes } from "./address_attributes.ts";
import type { Span, SpanAttributes } from "./span.ts";
import type { AttemptRecord, TraceRecord } from "./trace_record.ts";

/** Ends that are failures of the service. What a client, or an operator, ended is none. */
const FAILURES: ReadonlySet<string> = new Set([
  "connect_failed",
  "internal",
  "limit",
  "no_target",
  "resource",
  "target_abort",
  "target_down",
]);

/** Methods that a span may be named after (semantic conventions for HTTP spans). */
const METHODS: ReadonlySet<string> = new Set([
  "CONNECT",
  "DELETE",
  "GET",
  "HEAD",
  "OPTIONS",
  "PATCH",
  "POST",
  "PUT",
  "QUERY",
  "TRACE",
]);

/** The spans of a session or request: itself, and a child for each of its attempts. */
export function spansOfRecord(record: TraceRecord): Span[] {
  const { trace, duration_ms: durationMs } = record;
  const endMs = Date.parse(record.ts);
  const startMs = endMs - durationMs;
  const common = { traceId: trace.trace_id, flags: trace.flags, traceState: trace.state ?? null };
  const isHttp = record.method !== undefined;
  return [
    {
      ...common,
      spanId: trace.span_id,
      parentSpanId: trace.parent_span_id,
      isParentRemote: trace.parent_span_id !== null,
      name: isHttp ? methodName(record) : `tcp ${record.app}`,
      kind: "server",
      startMs,
      endMs,
      attributes: { ...sessionAttributes(record), ...(isHttp ? requestAttributes(record) : {}) },
      error: failureOf(record),
    },
    ...trace.attempts.map((attempt, index): Span => ({
      ...common,
      spanId: attempt.span_id,
      parentSpanId: trace.span_id,
      isParentRemote: false,
      name: isHttp ? methodName(record) : "connect",
      kind: "client",
      startMs: startMs + attempt.start_ms,
      endMs: startMs + attempt.start_ms + attempt.duration_ms,
      attributes: {
        ...attemptAttributes(attempt, index),
        ...(isHttp ? askedAttributes(record, attempt, index) : {}),
      },
      error: attempt.error ?? (attempt.status >= 400 ? `${attempt.status}` : null),
    })),
  ];
}

function methodName({ method = "" }: TraceRecord): string {
  return METHODS.has(method) ? method : "HTTP";
}

function failureOf({ status = 0, close_reason: reason }: TraceRecord): string | null {
  if (status >= 500) return `${status}`;
  return FAILURES.has(reason) ? reason : null;
}

function sessionAttributes(record: TraceRecord): SpanAttributes {
  const { trace } = record;
  return {
    "network.transport": "tcp",
    ...addressAttributes("client", record.client_addr),
    ...addressAttributes("network.peer", record.proxy_addr ?? record.client_addr),
    ...addressAttributes("network.local", trace.local_addr),
    ...addressAttributes("server", trace.authority || trace.local_addr),
    "error.type": failureOf(record) ?? undefined,
    "fproxy.id": record.id,
    "fproxy.app": record.app,
    "fproxy.listener": record.listener,
    "fproxy.target": record.target ?? undefined,
    "fproxy.revision": record.revision,
    "fproxy.picked_by": record.picked_by,
    "fproxy.close_reason": record.close_reason,
    "fproxy.bytes_in": record.bytes_in,
    "fproxy.bytes_out": record.bytes_out,
  };
}

function requestAttributes(record: TraceRecord): SpanAttributes {
  const { trace, path = "", tls, status } = record;
  const query = path.indexOf("?");
  return {
    ...methodAttributes(record),
    "url.scheme": tls === true ? "https" : "http",
    "url.path": query < 0 ? path : path.slice(0, query),
    "url.query": query < 0 ? undefined : path.slice(query + 1),
    "http.response.status_code": status || undefined,
    "network.protocol.name": "http",
    "network.protocol.version": trace.version,
    "user_agent.original": trace.user_agent ?? undefined,
    "fproxy.dispatch": record.dispatch,
    "fproxy.answer_error": record.answer_error,
  };
}

function attemptAttributes(
  { target, address, error, status, hedge }: AttemptRecord,
  index: number,
): SpanAttributes {
  return {
    "network.transport": "tcp",
    ...addressAttributes("network.peer", address),
    ...addressAttributes("server", authorityOf(target)),
    "error.type": error ?? (status >= 400 ? `${status}` : undefined),
    "fproxy.target": target,
    "fproxy.attempt": index + 1,
    "fproxy.hedge": hedge || undefined,
  };
}

/** What an endpoint was asked. */
function askedAttributes(
  record: TraceRecord,
  { target, status, error }: AttemptRecord,
  index: number,
): SpanAttributes {
  const { path = "" } = record;
  const base = /^https?:\/\//.test(target) ? target.replace(/\/$/, "") : `http://${target}`;
  return {
    ...methodAttributes(record),
    "url.full": path.startsWith("/") ? `${base}${path}` : base,
    "http.response.status_code": status || undefined,
    "http.request.resend_count": index || undefined,
    // Another endpoint's answer was taken, or the client left.
    "fproxy.abandoned": (status === 0 && error === null) || undefined,
  };
}

function methodAttributes({ method = "" }: TraceRecord): SpanAttributes {
  if (METHODS.has(method)) return { "http.request.method": method };
  return { "http.request.method": "_OTHER", "http.request.method_original": method || undefined };
}

/** Host and port of a target's key, which is an address or a URL. */
function authorityOf(target: string): string {
  const url = /^https?:\/\//.test(target) ? URL.parse(target) : null;
  if (url === null) return target;
  return `${url.hostname}:${url.port || (url.protocol === "https:" ? 443 : 80)}`;
}
