import assert from "node:assert/strict";
import type { CloseReason } from "../../../src/model/close_reason.ts";
import type { LiveSession, SessionAnswer, SessionFilter } from "../../../src/model/live_session.ts";
import { FakeThread } from "../../kit/fake_thread.ts";
import { app, target } from "../../kit/snapshots.ts";

const ALL: SessionFilter = { app: null, target: null, client: null, id: null };

interface Asked {
  readonly filter?: Partial<SessionFilter>;
  readonly after?: number;
  readonly limit?: number;
  readonly cut?: CloseReason;
}

function ask(fake: FakeThread, { filter, after = -1, limit = 10, cut }: Asked = {}): SessionAnswer {
  const query = { number: 7, filter: { ...ALL, ...filter }, after, limit, cut: cut ?? null };
  fake.thread.handle({ type: "sessions", query });
  const answer = fake.reported("sessions").at(-1);
  assert.ok(answer);
  return answer;
}

function targetsOf(sessions: readonly LiveSession[]): unknown[] {
  return sessions.map((session) => session.target);
}

/** An app with three sessions: relayed to each of two targets, and one that still connects. */
function threeSessions(): FakeThread {
  const fake = new FakeThread();
  fake.apply([app({ targets: [target(1), target(2)] }), app({ name: "other", slot: 2, ports: [5002] })]);
  fake.relayed();
  fake.relayed();
  fake.client(5001, "203.0.113.9");
  return fake;
}

Deno.test("open sessions are described in the order in which clients came", () => {
  const fake = threeSessions();
  fake.clock.advance(1_500);
  fake.engine.relays[1]?.move(10, 20);
  const { number, count, sessions } = ask(fake);
  assert.deepEqual([number, count], [7, 3]);
  assert.deepEqual(targetsOf(sessions), ["10.0.0.1:80", "10.0.0.2:80", "10.0.0.1:80"]);
  assert.deepEqual(sessions.map((session) => [session.bytesIn, session.bytesOut]), [[0, 0], [10, 20], [
    0,
    0,
  ]]);
  for (const session of sessions) {
    assert.deepEqual([session.app, session.ageMs, session.requests], [app({}).name, 1_500, null]);
  }
  fake.engine.relays[1]?.finish("done");
  assert.equal(fake.records()[0]?.id, sessions[1]?.id);
  assert.deepEqual(targetsOf(ask(fake).sessions), ["10.0.0.1:80", "10.0.0.1:80"]);
});

Deno.test("a page has at most so many, and goes on behind the last one; all are counted", () => {
  const fake = threeSessions();
  const first = ask(fake, { limit: 2 });
  assert.deepEqual([first.sessions.length, first.count], [2, 3]);
  const second = ask(fake, { limit: 2, after: first.sessions.at(-1)?.number ?? -1 });
  assert.deepEqual([second.sessions.length, second.count], [1, 3]);
  assert.notEqual(second.sessions[0]?.id, first.sessions[1]?.id);
  assert.deepEqual(ask(fake, { limit: 0 }).sessions, []);
});

Deno.test("only what is meant is told: by app, target, client or id", () => {
  const fake = threeSessions();
  const [one] = ask(fake).sessions;
  const cases: [filter: Partial<SessionFilter>, count: number][] = [
    [{ app: one?.app ?? "" }, 3],
    [{ app: "other" }, 0],
    [{ target: "10.0.0.1:80" }, 2],
    [{ client: "203.0.113.9:" }, 1],
    [{ client: "203.0.113." }, 3],
    [{ client: "9" }, 0],
    [{ id: one?.id ?? "" }, 1],
    [{ id: one?.id ?? "", target: "10.0.0.2:80" }, 0],
  ];
  for (const [filter, count] of cases) {
    assert.equal(ask(fake, { filter }).count, count, JSON.stringify(filter));
  }
});

Deno.test("sessions that are cut end at once, with the reason, also while they connect", () => {
  const fake = threeSessions();
  assert.equal(ask(fake, { filter: { target: "10.0.0.1:80" }, cut: "admin", limit: 0 }).count, 2);
  assert.deepEqual(fake.reasons(), ["admin", "admin"]);
  assert.equal(ask(fake).count, 1);
  assert.equal(ask(fake, { cut: "admin" }).count, 1);
  assert.equal(ask(fake, { cut: "admin" }).count, 0);
  fake.assertAllGone();
});
