import assert from "node:assert/strict";
import * as fc from "fast-check";
import type { EffectCounts, RehearseAnswer, WantedApp } from "../../../src/model/session_effect.ts";
import type { AppSnapshot } from "../../../src/model/snapshot.ts";
import { FakeThread } from "../../kit/fake_thread.ts";
import { app, target } from "../../kit/snapshots.ts";

const NONE: EffectCounts = { kept: 0, draining: 0, cut: 0 };

function wanted({ name, http, listeners, targets }: AppSnapshot): WantedApp {
  return {
    name,
    isHttp: http !== null,
    listeners: listeners.map(({ key }) => key),
    targets: targets.map(({ key }) => key),
  };
}

/** What the thread says of a change that is not made. */
function rehearse(
  fake: FakeThread,
  apps: readonly AppSnapshot[],
  removed: readonly string[],
): RehearseAnswer {
  fake.thread.handle({ type: "rehearse", query: { number: 7, apps: apps.map(wanted), removed } });
  const answer = fake.reported("rehearsed").at(-1);
  assert.ok(answer?.number === 7);
  return answer;
}

/** Makes the change. @returns what became of sessions. */
function rollOut(
  fake: FakeThread,
  revision: number,
  apps: readonly AppSnapshot[],
  removed: readonly string[],
): EffectCounts | undefined {
  fake.thread.handle({ type: "apply", revision, apps, removed, isRollout: true });
  return fake.reported("applied").at(-1)?.effects;
}

/** Three sessions of the app `a` over two targets, one of `b`, whose sessions have no time to drain. */
function fourSessions(): FakeThread {
  const fake = new FakeThread();
  fake.apply([
    app({ name: "a", ports: [5001], targets: [target(1), target(2)] }),
    app({ name: "b", slot: 2, ports: [5002], targets: [target(3)], policy: { drainTimeoutMs: 0 } }),
  ]);
  for (let count = 0; count < 3; count++) fake.relayed();
  fake.relayed(5002);
  return fake;
}

Deno.test("sessions of apps that are not named are kept, and rows tell app and target", () => {
  const fake = fourSessions();
  const answer = rehearse(fake, [app({ name: "a", ports: [5001], targets: [target(2)] })], []);
  assert.deepEqual(answer.total, { kept: 2, draining: 2, cut: 0 });
  assert.deepEqual(answer.rows.toSorted((one, other) => one.kept - other.kept), [
    { ...NONE, app: "a", target: "10.0.0.1:80", draining: 2 },
    { ...NONE, app: "a", target: "10.0.0.2:80", kept: 1 },
  ]);
  assert.deepEqual(rehearse(fake, [], ["b"]).total, { kept: 3, draining: 0, cut: 1 });
  // Nothing happened.
  assert.deepEqual(rehearse(fake, [], []).total, { kept: 4, draining: 0, cut: 0 });
});

Deno.test("what drains is counted by the revision that began it until it ends, and nowhere else", () => {
  const fake = fourSessions();
  const less = app({ name: "a", ports: [5001], targets: [target(2)] });
  assert.deepEqual(rollOut(fake, 5, [less], []), { kept: 2, draining: 2, cut: 0 });
  const { total, departing } = rehearse(fake, [], ["a"]);
  assert.deepEqual([total, departing], [{ kept: 1, draining: 1, cut: 0 }, [[5, 2]]]);
  assert.deepEqual(rollOut(fake, 6, [], ["a"]), { kept: 1, draining: 1, cut: 0 });
  fake.engine.relays[0]?.finish("done");
  assert.deepEqual(rehearse(fake, [], []).departing, [[5, 1], [6, 1]]);
  for (const relay of fake.engine.relays.slice(1)) relay.finish("done");
  assert.deepEqual(rehearse(fake, [], []), {
    type: "rehearsed",
    number: 7,
    total: NONE,
    rows: [],
    departing: [],
  });
});

Deno.test("what is sent again, or was told in an earlier step, is no rollout", () => {
  const fake = fourSessions();
  fake.apply([app({ name: "a", ports: [5001], targets: [target(2)] })]);
  assert.equal(fake.reported("applied").at(-1)?.effects, undefined);
  assert.deepEqual(rehearse(fake, [], []).departing, [[0, 2]]);
});

Deno.test("property: what is foretold is what becomes of the sessions", () => {
  const change = fc.record({
    ports: fc.subarray([5001, 5002, 5003], { minLength: 1 }),
    targets: fc.subarray([1, 2, 3], { minLength: 1 }),
    name: fc.constantFrom("a", "b"),
    isRemoved: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 5 }), (changes) => {
      const fake = fourSessions();
      for (const [index, { name, ports, targets, isRemoved }] of changes.entries()) {
        const apps = isRemoved
          ? []
          : [app({ name, slot: name === "a" ? 1 : 2, ports, targets: targets.map((last) => target(last)) })];
        const removed = isRemoved ? [name] : [];
        const foretold = rehearse(fake, apps, removed).total;
        assert.deepEqual(rollOut(fake, 10 + index, apps, removed), foretold);
      }
    }),
    { numRuns: 30 },
  );
});
