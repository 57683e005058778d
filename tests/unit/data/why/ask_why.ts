import assert from "node:assert/strict";
import { Header } from "../../../../src/model/board.ts";
import type { WhyAnswer, WhyFilter, WhyQuestion, WhyTrace } from "../../../../src/model/why.ts";
import type { FakeThread } from "../../../kit/fake_thread.ts";

const ALL: WhyFilter = { app: null, target: null, client: null, reason: null };

/** Has all threads of a board keep so many traces. */
export function keepTraces(fake: FakeThread, count: number): void {
  Atomics.store(fake.board.words, Header.tracedSessions, count);
}

/** What the thread answers. */
export function ask(fake: FakeThread, question: WhyQuestion): WhyAnswer {
  fake.thread.handle({ type: "why", query: { number: 3, question } });
  const answer = fake.reported("why").at(-1);
  assert.equal(answer?.number, 3);
  return answer!;
}

/** The last traces, newest first. */
export function latest(fake: FakeThread, filter: Partial<WhyFilter> = {}, limit = 100): readonly WhyTrace[] {
  return ask(fake, { filter: { ...ALL, ...filter }, limit }).traces;
}

/** The last trace. */
export function last(fake: FakeThread): WhyTrace {
  const [trace] = latest(fake);
  assert.ok(trace, "no trace");
  return trace;
}

/** The trace of that id. */
export function find(fake: FakeThread, id: string): WhyTrace | undefined {
  return ask(fake, { id }).traces[0];
}

/** By target the word for why it was passed over, null where it could have been chosen. */
export function passedOver({ candidates }: WhyTrace): unknown[] {
  return candidates.map((candidate) => candidate.passedOver);
}
