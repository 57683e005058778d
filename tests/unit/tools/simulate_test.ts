import assert from "node:assert/strict";
import { unsupportedReason } from "../../../src/engine/mod.ts";
import { startEchoServer } from "../../../src/tools/echo_server.ts";
import type { LoadPlan } from "../../../src/tools/load_plan.ts";
import { simulate } from "../../../src/tools/simulate.ts";
import { say } from "../../kit/programs.ts";
import { SlowTarget } from "../../kit/slow_target.ts";
import { within } from "../../kit/within.ts";

const LOCAL = { ip: "127.0.0.1", port: 0 };
const ENGINES = ["deno", "epoll"] as const;

const PLAN: Omit<LoadPlan, "address"> = {
  concurrency: 10,
  requests: 500,
  durationMs: 0,
  ratePerS: 0,
  keepAlive: true,
  timeoutMs: 12_000,
  data: new TextEncoder().encode("hello world"),
  replyBytes: 11,
  expected: new TextEncoder().encode("hello world"),
};

for (const engine of ENGINES) {
  const reason = unsupportedReason(engine);
  if (reason !== null) say(`skipped, ${engine} does not work here (${reason})`);
  const test = (name: string, fn: () => Promise<void>): void =>
    Deno.test({ name: `${engine}: ${name}`, ignore: reason !== null, fn });
  const signal = new AbortController().signal;
  const onProgress = (): void => {};

  for (const keepAlive of [true, false]) {
    test(`every request is answered, keep-alive ${keepAlive}`, async () => {
      await using server = startEchoServer({ listen: LOCAL });
      const plan = { ...PLAN, address: server.address, keepAlive };
      const result = await within("the load", simulate({ plan, engine, signal, onProgress }));
      assert.deepEqual([result.summary.completed, result.summary.failed], [500, 0]);
      assert.equal(result.engine, engine);
      assert.equal(server.accepted, keepAlive ? 10 : 500);
      assert.equal(result.summary.bytesReceived, 5500);
    });
  }

  test("a message larger than any buffer goes both ways", async () => {
    await using server = startEchoServer({ listen: LOCAL });
    const data = new Uint8Array(4 * 1024 * 1024).map((_, index) => index % 251);
    const plan = {
      ...PLAN,
      address: server.address,
      data,
      expected: data,
      replyBytes: data.length,
      requests: 4,
      concurrency: 2,
    };
    const { summary } = await within("the load", simulate({ plan, engine, signal, onProgress }));
    assert.deepEqual([summary.completed, summary.failed], [4, 0], JSON.stringify(summary.failures));
  });

  test("a signal ends a run that would wait for ever, and progress was told before", async () => {
    await using target = new SlowTarget();
    const stop = new AbortController();
    const plan = {
      ...PLAN,
      address: target.address,
      requests: 0,
      durationMs: 3_600_000,
      timeoutMs: 3_600_000,
    };
    const { summary } = await within(
      "the stop",
      simulate({ plan, engine, signal: stop.signal, onProgress: () => stop.abort() }),
    );
    assert.deepEqual([summary.completed, summary.failed], [0, 0]);
  });
}
