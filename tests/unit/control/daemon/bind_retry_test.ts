import assert from "node:assert/strict";
import { BindRetry } from "../../../../src/control/daemon/bind_retry.ts";
import type { ListenFailure } from "../../../../src/model/messages.ts";
import { FakeClock } from "../../../kit/fake_clock.ts";
import { LogLines } from "../../../kit/log_lines.ts";

function failure(app: string, port: number): ListenFailure {
  return { app, listener: `127.0.0.1:${port}`, code: "in_use", message: `Cannot listen on ${port}` };
}

class Fixture {
  readonly clock = new FakeClock();
  readonly log = new LogLines();
  readonly retried: string[] = [];
  retries = 0;
  readonly configured = new Set(["a", "b"]);
  readonly bindRetry = new BindRetry(this.clock, this.log.log, {
    retry: (apps) => {
      this.retries++;
      this.retried.push(...apps.map((app) => `${app} ${this.clock.now()}`));
    },
    isConfigured: (app) => this.configured.has(app),
  });
}

Deno.test("a failed listener is tried again, with pauses that double up to 30 s", () => {
  const { clock, bindRetry, retried } = new Fixture();
  for (let i = 0; i < 9; i++) {
    bindRetry.update(0, [failure("a", 80)]);
    clock.advance(30_000);
  }
  assert.deepEqual(retried.slice(0, 4), ["a 500", "a 31000", "a 62000", "a 94000"]);
  assert.equal(retried.at(-1), "a 270000");
});

Deno.test("one retry serves all of an app's listeners and threads; apps have their own", () => {
  const { clock, bindRetry, retried, log } = new Fixture();
  bindRetry.update(0, [failure("a", 80), failure("a", 81), failure("b", 82)]);
  bindRetry.update(1, [failure("a", 80), failure("b", 82)]);
  clock.advance(500);
  assert.deepEqual(retried, ["a 500", "b 500"]);
  assert.equal(log.lines.length, 2);
  assert.equal(log.lines[0]?.error, "Cannot listen on 80");
  assert.match(String(log.lines[0]?.hint), /another program/);
});

Deno.test("what failed is known by listener until every thread has bound it", () => {
  const { bindRetry, log } = new Fixture();
  bindRetry.update(0, [failure("a", 80), failure("b", 82)]);
  bindRetry.update(1, [failure("a", 80)]);
  assert.deepEqual([...bindRetry.failuresOf("a").keys()], ["127.0.0.1:80"]);
  bindRetry.update(0, [failure("b", 82)]);
  assert.equal(bindRetry.failuresOf("a").size, 1);
  bindRetry.update(1, []);
  assert.equal(bindRetry.failuresOf("a").size, 0);
  assert.equal(bindRetry.failuresOf("b").size, 1);
  assert.deepEqual(log.lines.at(-1)?.app, "a");
  assert.equal(log.lines.at(-1)?.message, "all listen addresses are bound");
});

Deno.test("after it was bound, the next failure begins with the short pause", () => {
  const { clock, bindRetry, retried } = new Fixture();
  for (let i = 0; i < 3; i++) {
    bindRetry.update(0, [failure("a", 80)]);
    clock.advance(10_000);
  }
  bindRetry.update(0, []);
  bindRetry.update(0, [failure("a", 80)]);
  clock.advance(500);
  assert.equal(retried.at(-1), "a 30500");
});

Deno.test("a thread that is gone has no say", () => {
  const { clock, bindRetry, retried } = new Fixture();
  bindRetry.update(3, [failure("a", 80)]);
  bindRetry.forgetThread(3);
  clock.advance(60_000);
  assert.deepEqual(retried, []);
  assert.equal(bindRetry.failuresOf("a").size, 0);
});

Deno.test("an app that was removed is dropped without a word", () => {
  const { clock, bindRetry, retried, log, configured } = new Fixture();
  bindRetry.update(0, [failure("a", 80)]);
  configured.delete("a");
  bindRetry.update(0, [failure("a", 80)]);
  assert.equal(bindRetry.failuresOf("a").size, 0);
  clock.advance(60_000);
  assert.deepEqual(retried, []);
  assert.equal(log.lines.length, 1);
});

Deno.test("close stops all retries", () => {
  const { clock, bindRetry, retried } = new Fixture();
  bindRetry.update(0, [failure("a", 80), failure("b", 80)]);
  bindRetry.close();
  clock.advance(60_000);
  assert.deepEqual(retried, []);
});

Deno.test("apps that fail together are retried together, however many there are", () => {
  const fixture = new Fixture();
  const { clock, bindRetry, configured } = fixture;
  const apps = Array.from({ length: 2_000 }, (_, i) => `app-${i}`);
  for (const app of apps) configured.add(app);
  const failures = apps.map((app, i) => failure(app, i + 1));
  const startedAt = performance.now();
  for (let round = 1; round <= 5; round++) {
    for (const thread of [-1, 0, 1]) bindRetry.update(thread, failures);
    clock.advance(30_000);
    assert.equal(fixture.retries, round);
    assert.equal(fixture.retried.length, round * apps.length);
  }
  for (const thread of [-1, 0, 1]) bindRetry.update(thread, []);
  clock.advance(60_000);
  assert.equal(fixture.retries, 5);
  const elapsedMs = performance.now() - startedAt;
  assert.ok(elapsedMs < 5_000, `${elapsedMs} ms`);
});

Deno.test("a report costs no more than its length", () => {
  const { bindRetry, configured } = new Fixture();
  const failures = Array.from({ length: 1_000 }, (_, i) => failure(`app-${i}`, i + 1));
  let looks = 0;
  const counted = failures.map((one) => ({
    ...one,
    get app(): string {
      looks++;
      return one.app;
    },
  }));
  for (const { app } of failures) configured.add(app);
  for (const thread of [0, 1, 2, 3]) bindRetry.update(thread, counted);
  bindRetry.update(0, []);
  assert.ok(looks < 10 * 4 * failures.length, `${looks} looks at ${failures.length} failures`);
});
