import assert from "node:assert/strict";
import { seededRandom } from "../../../../../src/base/random.ts";
import { traceParentOf } from "../../../../../src/data/http/policy/trace_context.ts";
import { type AttemptSpan, ServerSpan } from "../../../../../src/data/tracing/server_span.ts";
import { forwardRequest, requestHead } from "./forwarding.ts";

const GET = "GET / HTTP/1.1\r\nHost: example.com\r\n";
const OUT = "GET / HTTP/1.1\r\nHost: up.example:9000\r\n";
const VIA = "Via: 1.1 fproxy\r\n\r\n";
const PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/** An attempt for a request with these fields, as the proxy makes it. */
function attemptFor(fields: string): AttemptSpan {
  const head = requestHead(`${GET}${fields}\r\n`);
  assert.ok(head !== null);
  const parent = traceParentOf(head);
  const span = new ServerSpan(parent?.traceId ?? "1".repeat(32), parent, true, seededRandom(1));
  return span.attempt("one", 0);
}

function forwarded(fields: string): string {
  const attempt = attemptFor(fields);
  return forwardRequest(`${GET}${fields}\r\n`, { attempt }).replaceAll(attempt.spanId, "SPAN");
}

Deno.test("where nothing is traced the fields pass as they are", () => {
  const fields = "A: 1\r\nTraceparent: x\r\ntracestate: a=1\r\nB: 2\r\n";
  assert.equal(forwardRequest(`${GET}${fields}\r\n`), `${OUT}${fields}${VIA}`);
});

Deno.test("a trace goes on with the attempt as parent, and its state", () => {
  assert.equal(
    forwarded(`A: 1\r\nTraceParent: ${PARENT}\r\ntracestate: a=1\r\ntracestate: b=2\r\nB: 2\r\n`),
    `${OUT}A: 1\r\ntracestate: a=1\r\ntracestate: b=2\r\nB: 2\r\n` +
      `traceparent: 00-0af7651916cd43dd8448eb211c80319c-SPAN-01\r\n${VIA}`,
  );
});

Deno.test("where there is none, it is malformed, or comes twice, a new trace begins without state", () => {
  const own = `traceparent: 00-${"1".repeat(32)}-SPAN-01\r\n`;
  for (
    const fields of [
      "",
      "tracestate: a=1\r\n",
      "traceparent: 00-x\r\ntracestate: a=1\r\n",
      `traceparent: ${PARENT}\r\ntraceparent: ${PARENT}\r\ntracestate: a=1\r\n`,
      `traceparent: ${PARENT}\r\nConnection: traceparent\r\n`,
    ]
  ) assert.equal(forwarded(fields), `${OUT}${own}${VIA}`, fields);
});
