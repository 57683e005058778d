import assert from "node:assert/strict";
import { startEchoServer } from "../../../src/tools/echo_server.ts";
import { ping, type PingOptions } from "../../../src/tools/ping.ts";
import { RefusingAddress } from "../../kit/refusing_address.ts";
import { within } from "../../kit/within.ts";

const HELLO = new TextEncoder().encode("hello");
const LOCAL = { ip: "127.0.0.1", port: 0 };

function options(port: number, changes: Partial<PingOptions> = {}): PingOptions {
  return {
    target: { host: "127.0.0.1", port },
    data: HELLO,
    replyBytes: HELLO.length,
    expected: null,
    count: 3,
    intervalMs: 1,
    timeoutMs: 12_000,
    signal: new AbortController().signal,
    onResult: () => {},
    ...changes,
  };
}

Deno.test("every request is reported in order and counted", async () => {
  await using server = startEchoServer({ listen: LOCAL });
  const sequences: number[] = [];
  const onResult = (sequence: number): void => void sequences.push(sequence);
  const report = await within("the pings", ping(options(server.address.port, { onResult })));
  assert.deepEqual(sequences, [1, 2, 3]);
  assert.deepEqual([report.sent, report.answered, report.interrupted], [3, 3, false]);
  assert.equal(report.response.count, 3);
  assert.equal(server.accepted, 3);
});

Deno.test("failures and wrong replies are lost", async () => {
  await using dead = await RefusingAddress.take();
  const lost = await within("the pings", ping(options(dead.port)));
  assert.deepEqual([lost.sent, lost.answered], [3, 0]);
  await using server = startEchoServer({ listen: LOCAL });
  const kinds: (string | undefined)[] = [];
  const wrong = await within(
    "the pings",
    ping(options(server.address.port, {
      expected: new TextEncoder().encode("hullo"),
      onResult: (_sequence, { failure }) => kinds.push(failure?.kind),
    })),
  );
  assert.equal(wrong.answered, 0);
  assert.deepEqual(kinds, ["wrong_reply", "wrong_reply", "wrong_reply"]);
});

Deno.test("a signal ends it between two requests, also one without an end of its own", async () => {
  await using server = startEchoServer({ listen: LOCAL });
  const stop = new AbortController();
  const report = await within(
    "the pings",
    ping(options(server.address.port, {
      count: 0,
      intervalMs: 3_600_000,
      signal: stop.signal,
      onResult: () => stop.abort(),
    })),
  );
  assert.deepEqual([report.sent, report.answered, report.interrupted], [1, 1, false]);
});

Deno.test("the interval counts from start to start", async () => {
  await using server = startEchoServer({ listen: LOCAL });
  const startedAt = performance.now();
  await within("the pings", ping(options(server.address.port, { intervalMs: 60 })));
  const tookMs = performance.now() - startedAt;
  assert.ok(tookMs >= 115, `${tookMs} ms for three requests 60 ms apart`);
});
