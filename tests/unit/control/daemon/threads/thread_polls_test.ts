import assert from "node:assert/strict";
import { SESSIONS_TIMEOUT_MS } from "../../../../../src/base/limits.ts";
import {
  pollRehearsal,
  pollSessions,
  type RehearseResult,
  type SessionPollResult,
} from "../../../../../src/control/daemon/threads/session_poll.ts";
import { ThreadPolls } from "../../../../../src/control/daemon/threads/thread_polls.ts";
import type { RehearseAnswer } from "../../../../../src/model/session_effect.ts";
import type { SessionAnswer, SessionQuery } from "../../../../../src/model/live_session.ts";
import { FakeClock } from "../../../../kit/fake_clock.ts";

const QUERY: Omit<SessionQuery, "number"> = {
  filter: { app: null, target: null, client: null, id: null },
  after: -1,
  limit: 5,
  cut: null,
};

class Fixture {
  readonly clock = new FakeClock();
  readonly polls = new ThreadPolls<SessionAnswer>(this.clock);
  /** Numbers of the questions that were sent, with their threads. */
  readonly asked: [thread: number, number: number][] = [];

  ask(...threads: number[]): Promise<SessionPollResult> {
    const asked = threads.map((index): Parameters<typeof pollSessions>[1][number] => ({
      index,
      send: (command) => {
        assert.ok(command.type === "sessions");
        this.asked.push([index, command.query.number]);
      },
    }));
    return pollSessions(this.polls, asked, () => QUERY);
  }

  answer(thread: number, count: number, at = this.asked.length - 1): void {
    const number = this.asked[at]?.[1] ?? 0;
    this.polls.answered({ type: "sessions", number, sessions: [], count }, { index: thread });
  }
}

Deno.test("all threads are asked, and what they answer is added up", async () => {
  const fixture = new Fixture();
  const result = fixture.ask(0, 1);
  fixture.answer(1, 3);
  fixture.answer(0, 4);
  assert.deepEqual(await result, { sessions: [], count: 7, missing: [] });
  assert.equal(fixture.clock.pendingTimers, 0);
});

Deno.test("a thread that hangs is named, and one that dies is not waited for", async () => {
  const fixture = new Fixture();
  const hanging = fixture.ask(0, 1);
  fixture.answer(1, 3);
  fixture.clock.advance(SESSIONS_TIMEOUT_MS);
  assert.deepEqual(await hanging, { sessions: [], count: 3, missing: [0] });
  // Too late.
  fixture.answer(0, 4);
  const dying = fixture.ask(0, 1);
  fixture.polls.gone({ index: 0 });
  fixture.answer(1, 3);
  assert.deepEqual(await dying, { sessions: [], count: 3, missing: [] });
});

Deno.test("questions do not get each other's answers, and without threads there is nothing", async () => {
  const fixture = new Fixture();
  const [one, two] = [fixture.ask(0), fixture.ask(0)];
  fixture.answer(0, 2, 1);
  fixture.answer(0, 1, 0);
  assert.deepEqual([(await one).count, (await two).count], [1, 2]);
  assert.deepEqual(await fixture.ask(), { sessions: [], count: 0, missing: [] });
});

Deno.test("what a change would do is added up over threads, and so is what drains by each revision", async () => {
  const polls = new ThreadPolls<RehearseAnswer>(new FakeClock());
  const row = { app: "web", target: "a:1", kept: 0, draining: 2, cut: 0 };
  const answer = (number: number, kept: number, departing: RehearseAnswer["departing"]): RehearseAnswer => (
    { type: "rehearsed", number, total: { kept, draining: 2, cut: 1 }, rows: [row], departing }
  );
  const result: Promise<RehearseResult> = pollRehearsal(
    polls,
    [0, 1].map((index) => ({
      index,
      send: (command) => {
        assert.ok(command.type === "rehearse");
        polls.answered(answer(command.query.number, index, [[2, 5], [3 + index, 1]]), { index });
      },
    })),
    { apps: [], removed: ["web"] },
  );
  assert.deepEqual(await result, {
    total: { kept: 1, draining: 4, cut: 2 },
    rows: [row, row],
    departing: new Map([[2, 10], [3, 1], [4, 1]]),
    missing: [],
  });
});
