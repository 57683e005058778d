import assert from "node:assert/strict";
import type { Span } from "../../../../../src/control/telemetry/otlp/span.ts";
import { spansOfRecord } from "../../../../../src/control/telemetry/otlp/spans_of_record.ts";
import type { AttemptRecord, TraceRecord } from "../../../../../src/control/telemetry/otlp/trace_record.ts";

const ATTEMPT: AttemptRecord = {
  span_id: "0000000000000002",
  target: "10.0.0.1:80",
  address: "10.0.0.1:80",
  start_ms: 1,
  duration_ms: 2.5,
  status: 200,
  error: null,
  hedge: false,
};

const RECORD: TraceRecord = {
  ts: "2026-01-02T03:04:05.678Z",
  id: "0-1",
  app: "web",
  listener: "127.0.0.1:80",
  client_addr: "[2001:db8::7]:4000",
  target: "10.0.0.1:80",
  duration_ms: 10.25,
  bytes_in: 1,
  bytes_out: 2,
  revision: 3,
  picked_by: "round_robin",
  close_reason: "done",
  trace: {
    trace_id: "0af7651916cd43dd8448eb211c80319c",
    span_id: "0000000000000001",
    parent_span_id: null,
    flags: 1,
    local_addr: "127.0.0.1:80",
    attempts: [ATTEMPT],
  },
};

const REQUEST: TraceRecord = {
  ...RECORD,
  method: "GET",
  path: "/a?b=c",
  status: 200,
  dispatch: "hedged",
  tls: true,
  trace: { ...RECORD.trace, authority: "web.test:8443", user_agent: "curl", version: "1.1", state: null },
};

/** The span of the record itself, with some things changed. */
function own(changes: Partial<TraceRecord>, record = REQUEST): Span {
  return spansOfRecord({ ...record, ...changes })[0]!;
}

/** The span of an attempt, with some things changed. */
function attempted(changes: Partial<AttemptRecord>): Span {
  return spansOfRecord({
    ...REQUEST,
    trace: { ...REQUEST.trace, attempts: [{ ...ATTEMPT, ...changes }] },
  })[1]!;
}

Deno.test("times: the record has its end, attempts count from its start", () => {
  const [session, attempt] = spansOfRecord(RECORD);
  const endMs = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
  assert.deepEqual([session?.startMs, session?.endMs], [endMs - 10.25, endMs]);
  assert.deepEqual([attempt?.startMs, attempt?.endMs], [endMs - 9.25, endMs - 6.75]);
});

Deno.test("addresses: IPv6 without brackets, the server as the client named it", () => {
  const { attributes } = own({});
  assert.deepEqual(
    [
      attributes["client.address"],
      attributes["client.port"],
      attributes["server.address"],
      attributes["server.port"],
    ],
    ["2001:db8::7", 4000, "web.test", 8443],
  );
  assert.equal(own({}, RECORD).attributes["server.address"], "127.0.0.1");
});

Deno.test("a request has the attributes of the semantic conventions", () => {
  const { name, kind, attributes } = own({});
  assert.deepEqual([name, kind], ["GET", "server"]);
  assert.deepEqual(
    [
      "http.request.method",
      "url.scheme",
      "url.path",
      "url.query",
      "network.protocol.version",
      "user_agent.original",
    ]
      .map((key) => attributes[key]),
    ["GET", "https", "/a", "b=c", "1.1", "curl"],
  );
});

Deno.test("a method of the client's invention names no span", () => {
  const { name, attributes } = own({ method: "BREW" });
  assert.deepEqual(
    [name, attributes["http.request.method"], attributes["http.request.method_original"]],
    ["HTTP", "_OTHER", "BREW"],
  );
  // No head was read.
  assert.equal(
    own({ method: "", path: "", status: 400 }).attributes["http.request.method_original"],
    undefined,
  );
});

Deno.test("failures are those of the service: not what a client or an operator ended, nor 4xx", () => {
  assert.equal(own({ status: 404 }).error, null);
  assert.equal(own({ status: 502 }).error, "502");
  assert.equal(own({ status: 0, close_reason: "target_abort" }).error, "target_abort");
  for (const close_reason of ["done", "client_abort", "admin", "drain", "idle_timeout"]) {
    assert.equal(own({ close_reason }).error, null);
  }
});

Deno.test("attempts tell how they ended", () => {
  assert.equal(attempted({}).error, null);
  assert.equal(attempted({ status: 404 }).error, "404");
  assert.equal(attempted({ status: 0, error: "refused" }).attributes["error.type"], "refused");
  const abandoned = attempted({ status: 0, hedge: true });
  assert.deepEqual([
    abandoned.error,
    abandoned.attributes["fproxy.abandoned"],
    abandoned.attributes["fproxy.hedge"],
  ], [
    null,
    true,
    true,
  ]);
});

Deno.test("an attempt's URL has the endpoint's own path", () => {
  assert.equal(attempted({}).attributes["url.full"], "http://10.0.0.1:80/a?b=c");
  const { attributes } = attempted({ target: "https://one.test/base/" });
  assert.deepEqual(
    [attributes["url.full"], attributes["server.address"], attributes["server.port"]],
    ["https://one.test/base/a?b=c", "one.test", 443],
  );
});
