import assert from "node:assert/strict";
import { expectationOf } from "../../../../../src/data/http/policy/expectation.ts";
import { maxForwards } from "../../../../../src/data/http/policy/max_forwards.ts";
import { requestRefusal } from "../../../../../src/data/http/policy/request_refusal.ts";
import type { RequestHead } from "../../../../../src/data/http/codec/request_head.ts";
import { requestHead } from "./forwarding.ts";

function head(begin: string, fields = ""): RequestHead {
  const parsed = requestHead(`${begin}\r\nHost: example.com\r\n${fields}\r\n`);
  assert.ok(parsed !== null);
  return parsed;
}

Deno.test("request refusal: usual requests pass", () => {
  assert.equal(requestRefusal(head("GET /a/../b HTTP/1.1"), true), null);
  assert.equal(requestRefusal(head("GET /../b HTTP/1.1"), false), null);
  assert.equal(requestRefusal(head("TRACE / HTTP/1.1"), false), null);
  assert.equal(
    requestRefusal(head("PUT / HTTP/1.1", "Expect: 100-Continue\r\nContent-Length: 2\r\n"), false),
    null,
  );
});

Deno.test("request refusal: says why and with which status", () => {
  assert.equal(requestRefusal(head("GET /../b HTTP/1.1"), true)?.code, "path_climbs");
  const trace = requestRefusal(head("TRACE / HTTP/1.1", "Transfer-Encoding: chunked\r\n"), false);
  assert.deepEqual([trace?.status, trace?.code], [400, "trace_with_body"]);
  const expect = requestRefusal(head("PUT / HTTP/1.1", "Expect: 100-continue, x\r\n"), false);
  assert.deepEqual([expect?.status, expect?.code], [417, "expectation_failed"]);
});

Deno.test("request refusal: a request that goes in circles ends", () => {
  const via = (count: number): string => Array(count).fill("Via: 1.1 fproxy\r\n").join("");
  assert.equal(requestRefusal(head("GET / HTTP/1.1", via(5)), false), null);
  assert.equal(
    requestRefusal(head("GET / HTTP/1.1", "Via: 1.1 a, 1.0 fproxy-2, 1.1 b (fproxy)\r\n".repeat(9)), false),
    null,
  );
  for (const circling of [via(6), `Via: ${Array(6).fill("1.1 fproxy (x)").join(",")}\r\n`]) {
    const refusal = requestRefusal(head("GET / HTTP/1.1", circling), false);
    assert.deepEqual([refusal?.status, refusal?.code], [508, "loop"]);
  }
});

Deno.test("expectation: a 100 is waited for with a body to come and in HTTP/1.1 alone", () => {
  const body = "Expect: 100-continue\r\nContent-Length: 2\r\n";
  assert.equal(expectationOf(head("PUT / HTTP/1.1", body)), "continue");
  assert.equal(
    expectationOf(head("PUT / HTTP/1.1", "Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n")),
    "continue",
  );
  assert.equal(
    expectationOf(head("PUT / HTTP/1.1", "Expect: 100-continue\r\nContent-Length: 0\r\n")),
    "nothing",
  );
  assert.equal(expectationOf(head("GET / HTTP/1.1", "Expect: 100-continue\r\n")), "nothing");
  assert.equal(expectationOf(head("PUT / HTTP/1.0", body)), "nothing");
  assert.equal(expectationOf(head("PUT / HTTP/1.1", "Content-Length: 2\r\n")), "nothing");
  assert.equal(expectationOf(head("PUT / HTTP/1.1", "Expect: gold\r\n")), "unknown");
});

Deno.test("max forwards: counts for TRACE and OPTIONS, and only as a number", () => {
  assert.equal(maxForwards(head("TRACE / HTTP/1.1", "Max-Forwards: 0\r\n")), 0);
  assert.equal(maxForwards(head("OPTIONS * HTTP/1.1", "Max-Forwards: 12\r\n")), 12);
  assert.equal(maxForwards(head("OPTIONS * HTTP/1.1", "Max-Forwards: -1\r\n")), -1);
  assert.equal(maxForwards(head("OPTIONS * HTTP/1.1")), -1);
  assert.equal(maxForwards(head("GET / HTTP/1.1", "Max-Forwards: 0\r\n")), -1);
});
