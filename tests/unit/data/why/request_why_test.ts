import assert from "node:assert/strict";
import type { WhyTrace } from "../../../../src/model/why.ts";
import { answer, HttpWorld, request } from "../http/http_world.ts";
import { find, keepTraces, last, latest, passedOver } from "./ask_why.ts";

function world(...args: ConstructorParameters<typeof HttpWorld>): HttpWorld {
  const made = new HttpWorld(...args);
  keepTraces(made.fake, 10);
  return made;
}

/** What became of each attempt. */
function story({ attempts }: WhyTrace): unknown[] {
  return attempts.map(({ target, result, error, call }) => [
    target,
    result,
    error,
    call?.answer ?? null,
    call?.status ?? null,
  ]);
}

Deno.test("a request is one trace, with what was asked and answered; the connection goes on", () => {
  const web = world();
  const client = web.client(request("GET", "/a?b=c"));
  web.advance(3);
  const endpoint = web.open(1);
  web.advance(5);
  endpoint.send(answer(200, "hello"));
  const trace = last(web.fake);
  assert.deepEqual(trace.request, { method: "GET", path: "/a?b=c" });
  assert.deepEqual([trace.status, trace.firstByteMs, trace.durationMs], [200, 8, 8]);
  assert.deepEqual([trace.closeReason, trace.closedBy, trace.id], ["done", null, "0-0.0"]);
  assert.deepEqual(story(trace), [["10.0.0.1:80", "connected", null, "taken", 200]]);
  assert.deepEqual(passedOver(trace), [null, null, null]);
  assert.equal(web.records[0]?.id, trace.id);

  client.send(request("GET", "/again"));
  web.open(2).send(answer(204));
  client.send(request("GET", "/again"));
  web.open(3).send(answer(204));
  client.send(request("GET", "/reused"));
  endpoint.send(answer(200));
  const reused = last(web.fake);
  assert.deepEqual([reused.id, reused.attempts[0]?.call?.isReused, reused.attempts[0]?.ms], [
    "0-0.3",
    true,
    0,
  ]);
  assert.equal(find(web.fake, "0-0")?.id, "0-0.3", "of a connection the last request");
  assert.equal(find(web.fake, "0-0.1")?.request?.path, "/again");
});

Deno.test("endpoints one after another: refused, answered what is not terminal, broke off, answered", () => {
  const web = world();
  web.client(request());
  web.advance(1);
  web.attempt(1).fail("refused");
  web.advance(1);
  web.open(2).send(answer(503, "no"));
  web.advance(1);
  web.open(3).fail();
  const trace = last(web.fake);
  assert.deepEqual(story(trace), [
    ["10.0.0.1:80", "failed", "refused", null, null],
    ["10.0.0.2:80", "connected", null, "taken", 503],
    ["10.0.0.3:80", "connected", null, "broken", 0],
  ]);
  assert.equal(trace.status, 503, "the last usable one was kept");
});

Deno.test("a hedge: both attempts are told, and which was not needed", () => {
  const web = world({ dispatch: "hedged", hedgeAfter: { delayMs: 50 }, maxExtraLoad: 1 });
  web.client(request());
  web.open(1);
  web.advance(50);
  web.open(2).send(answer(200, "quick"));
  const trace = last(web.fake);
  assert.deepEqual(story(trace), [
    ["10.0.0.1:80", "connected", null, "not_needed", 0],
    ["10.0.0.2:80", "connected", null, "taken", 200],
  ]);
  assert.deepEqual(trace.attempts.map(({ atMs, call }) => [atMs, call?.isHedge]), [[0, false], [50, true]]);
});

Deno.test("all at once: those that were still connecting are given up", () => {
  const web = world({ dispatch: "fanout" });
  web.client(request());
  web.open(2).send(answer(200));
  assert.deepEqual(story(last(web.fake)), [
    ["10.0.0.1:80", "abandoned", null, null, null],
    ["10.0.0.3:80", "abandoned", null, null, null],
    ["10.0.0.2:80", "connected", null, "taken", 200],
  ]);
});

Deno.test("an endpoint that took too long to connect, or to answer", () => {
  const web = world({ attemptTimeoutMs: 1_000 }, { policy: { connectTimeoutMs: 5_000 } });
  web.client(request());
  web.advance(1_000);
  web.open(2);
  web.advance(1_000);
  web.open(3).send(answer(200));
  const [first, second, third] = story(last(web.fake));
  assert.deepEqual(first, ["10.0.0.1:80", "failed", "timed_out", null, null]);
  assert.deepEqual(second, ["10.0.0.2:80", "connected", null, "timed_out", 0]);
  assert.deepEqual(third, ["10.0.0.3:80", "connected", null, "taken", 200]);
});

Deno.test("a client that goes cuts the request, an endpoint that goes breaks the answer off", () => {
  const web = world();
  const client = web.client(request());
  web.open(1);
  client.fail();
  const gone = last(web.fake);
  assert.deepEqual([gone.closeReason, gone.closedBy, gone.status], ["client_abort", "client", null]);
  assert.deepEqual(story(gone), [["10.0.0.1:80", "connected", null, "cut", 0]]);
  web.client(request());
  const endpoint = web.open(2);
  endpoint.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
  endpoint.fail();
  const broken = last(web.fake);
  assert.deepEqual([broken.closeReason, broken.closedBy, broken.status], ["target_abort", "target", 200]);
});

Deno.test("requests that nobody was asked for: over the limit, and not a request at all", () => {
  const web = world({}, { policy: { maxConnections: 1 } });
  web.client("nonsense\r\n\r\n");
  const bad = last(web.fake);
  assert.deepEqual([bad.closeReason, bad.request, bad.status, bad.attempts], ["denied", null, 400, []]);
  web.client(request());
  const limited = last(web.fake);
  assert.deepEqual([limited.closeReason, limited.status, limited.candidates], ["limit", 503, []]);
});

Deno.test("a request under way is told as it is now", () => {
  const web = world();
  web.client(request("GET", "/slow"));
  web.open(1);
  const open = find(web.fake, "0-0.0");
  assert.deepEqual([open?.isOpen, open?.request?.path, open?.closeReason], [true, "/slow", null]);
  assert.deepEqual(open && story(open), [["10.0.0.1:80", "connected", null, "awaited", 0]]);
  assert.equal(find(web.fake, "0-0")?.id, "0-0.0");
  assert.deepEqual(latest(web.fake), []);
});
