import assert from "node:assert/strict";
import type { NetError } from "../../../src/base/errors.ts";
import { Connector } from "../../../src/data/connector.ts";
import type { Connection } from "../../../src/engine/engine.ts";
import { FakeClock } from "../../kit/fake_clock.ts";
import { FakeEngine } from "../../kit/fake_engine.ts";

const TCP = { noDelay: true, keepAlive: null, userTimeoutMs: 0 };

interface Started {
  readonly engine: FakeEngine;
  readonly clock: FakeClock;
  readonly race: Connector;
  readonly outcomes: string[];
  /** Addresses of attempts that came to nothing, and why. */
  readonly lost: [ip: string, error: string | null][];
}

/** A race over so many addresses, 250 ms head start, 3 s in all. */
function start(count: number, timeoutMs = 3_000, raceDelayMs = 250): Started {
  const clock = new FakeClock();
  const engine = new FakeEngine(clock);
  const outcomes: string[] = [];
  const lost: Started["lost"] = [];
  const addresses = Array.from({ length: count }, (_, i) => ({ ip: `10.0.0.${i + 1}`, port: 80 }));
  const race = new Connector(engine, addresses, { timeoutMs, tcp: TCP }, raceDelayMs, {
    onConnected: (connection: Connection): void => void outcomes.push(connection.remote.ip),
    onConnectFailed: (error: NetError): void => void outcomes.push(error.code),
    onAttemptLost: ({ address }, error): void => void lost.push([address.ip, error]),
  });
  race.start();
  return { engine, clock, race, outcomes, lost };
}

function outcomesOf(engine: FakeEngine): unknown[] {
  return engine.attempts.map((attempt) => attempt.outcome);
}

Deno.test("one address: its outcome is the race's", () => {
  const won = start(1);
  won.engine.attempt.open();
  assert.deepEqual(won.outcomes, ["10.0.0.1"]);
  const lost = start(1);
  lost.engine.attempt.fail("refused");
  assert.deepEqual(lost.outcomes, ["refused"]);
  assert.equal(lost.clock.pendingTimers, 0);
});

Deno.test("each address starts a head start after the one before (RFC 8305)", () => {
  const { engine, clock } = start(3);
  clock.advance(249);
  assert.equal(engine.attempts.length, 1);
  clock.advance(1);
  assert.equal(engine.attempts.length, 2);
  clock.advance(250);
  assert.deepEqual(engine.attempts.map((attempt) => attempt.startedAt), [0, 250, 500]);
});

Deno.test("the first to open wins, the others are cancelled and nothing more starts", () => {
  const { engine, clock, outcomes } = start(4);
  clock.advance(500);
  engine.attempts[1]?.open();
  assert.deepEqual(outcomes, ["10.0.0.2"]);
  assert.deepEqual(outcomesOf(engine), ["cancelled", "open", "cancelled"]);
  clock.advance(10_000);
  assert.equal(engine.attempts.length, 3);
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("a failure starts the next address at once, and the head start counts from there", () => {
  const { engine, clock } = start(3);
  clock.advance(100);
  engine.attempt.fail("refused");
  assert.equal(engine.attempts.length, 2);
  clock.advance(249);
  assert.equal(engine.attempts.length, 2);
  clock.advance(1);
  assert.equal(engine.attempts.length, 3);
});

Deno.test("the race fails when the last of its addresses has failed, with that error", () => {
  const { engine, clock, outcomes } = start(2);
  clock.advance(250);
  engine.attempts[0]?.fail("refused");
  assert.deepEqual(outcomes, []);
  engine.attempts[1]?.fail("unreachable");
  assert.deepEqual(outcomes, ["unreachable"]);
});

Deno.test("an earlier address can still win after a later one has failed", () => {
  const { engine, clock, outcomes } = start(2);
  clock.advance(250);
  engine.attempts[1]?.fail("refused");
  engine.attempts[0]?.open();
  assert.deepEqual(outcomes, ["10.0.0.1"]);
});

Deno.test("a failure that every address would share ends the race at once", () => {
  const { engine, clock, outcomes } = start(3);
  clock.advance(250);
  engine.attempts[1]?.fail("exhausted");
  assert.deepEqual(outcomes, ["exhausted"]);
  assert.deepEqual(outcomesOf(engine), ["cancelled", "failed"]);
});

Deno.test("one deadline is for all addresses", () => {
  const { engine, clock, outcomes } = start(3, 1_000);
  clock.advance(999);
  assert.deepEqual(engine.attempts.map((attempt) => attempt.options.timeoutMs), [1_000, 750, 500]);
  assert.deepEqual(outcomes, []);
  clock.advance(1);
  assert.deepEqual(outcomes, ["timed_out"]);
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("a short time is shared, so that every address gets its turn", () => {
  const { engine, clock, outcomes } = start(4, 200);
  clock.advance(150);
  assert.deepEqual(engine.attempts.map((attempt) => attempt.startedAt), [0, 50, 100, 150]);
  clock.advance(50);
  assert.deepEqual(outcomes, ["timed_out"]);
});

Deno.test("a cancelled race is silent, and twice is harmless", () => {
  const { engine, clock, race, outcomes } = start(3);
  clock.advance(250);
  race.cancel();
  race.cancel();
  clock.advance(10_000);
  assert.deepEqual(outcomesOf(engine), ["cancelled", "cancelled"]);
  assert.deepEqual(outcomes, []);
  assert.equal(clock.pendingTimers, 0);
});
