import assert from "node:assert/strict";
import type { NetErrorCode } from "../../../src/base/errors.ts";
import { Board, Shared } from "../../../src/model/board.ts";
import { Ejections } from "../../../src/model/ejections.ts";
import type { OutlierPolicy } from "../../../src/model/snapshot.ts";
import { Health, TargetWords } from "../../../src/model/target_words.ts";
import { FakeThread } from "../../kit/fake_thread.ts";
import { app } from "../../kit/snapshots.ts";
import { answer, HttpWorld, request } from "./http/http_world.ts";

const OUTLIERS: OutlierPolicy = {
  consecutiveFailures: 3,
  consecutive5xx: 3,
  consecutiveGatewayFailure: 0,
  maxEjectionPercent: 100,
};

function word(board: Board, n: number, name: "fails" | "serverErrors" | "gatewayErrors"): number {
  return board.words[Board.word(100 + n, Shared[name])]!;
}

function isOut(board: Board, n: number): boolean {
  return new TargetWords(board).health(100 + n) === Health.ejected;
}

/** A thread with one app of three targets that are tried in turn, each session once. */
function tcp(outliers: OutlierPolicy | null = OUTLIERS): FakeThread {
  const fake = new FakeThread();
  fake.apply([app({ outliers, policy: { maxAttempts: 1 } })]);
  return fake;
}

/** Clients until target `n` had one that went like this. */
function meets(fake: FakeThread, n: number, how: NetErrorCode | "open"): void {
  for (;;) {
    fake.client();
    const { attempt } = fake.engine;
    const isMet = attempt.address.ip === `10.0.0.${n}`;
    if (!isMet || how === "open") attempt.open();
    else attempt.fail(how);
    if (isMet) return;
  }
}

Deno.test("failed connects in a row eject a target at once, counted over threads; a success begins anew", () => {
  const one = tcp();
  const other = one.sibling();
  other.apply([app({ outliers: OUTLIERS, policy: { maxAttempts: 1 } })]);
  meets(one, 2, "refused");
  meets(other, 2, "unreachable");
  meets(one, 2, "open");
  assert.equal(word(one.board, 2, "fails"), 0);
  meets(one, 2, "refused");
  meets(other, 2, "refused");
  assert.equal(isOut(one.board, 2), false);
  meets(one, 2, "reset");
  assert.equal(isOut(one.board, 2), true);
  assert.equal(new Ejections(one.board).cause(102), "consecutive_failures");
  const before = other.engine.attempts.length;
  for (let i = 0; i < 4; i++) other.client();
  const asked = other.engine.attempts.slice(before).map(({ address }) => address.ip);
  assert.equal(asked.includes("10.0.0.2"), false, "the other thread knows at once");
});

Deno.test("a target that swallows packets fails when its time is over", () => {
  const fake = tcp();
  for (let i = 0; i < 9; i++) fake.client();
  fake.clock.advance(7_000);
  assert.deepEqual([1, 2, 3].map((n) => isOut(fake.board, n)), [true, true, false]);
});

Deno.test("trouble of our own is none of the target's", () => {
  const fake = tcp();
  for (const code of ["exhausted", "denied", "unavailable_address", "other"] as const) {
    for (let i = 0; i < 4; i++) {
      fake.client();
      fake.engine.attempt.fail(code);
    }
  }
  assert.deepEqual([1, 2, 3].map((n) => word(fake.board, n, "fails")), [0, 0, 0]);
});

Deno.test("an app that does not ask for it has nothing counted", () => {
  const fake = tcp(null);
  for (let i = 0; i < 5; i++) meets(fake, 2, "refused");
  assert.equal(word(fake.board, 2, "fails"), 0);
  assert.equal(isOut(fake.board, 2), false);
  const never = tcp({ ...OUTLIERS, consecutiveFailures: 0 });
  for (let i = 0; i < 5; i++) meets(never, 2, "refused");
  assert.equal(word(never.board, 2, "fails"), 0);
});

Deno.test("a target that may not be taken out is, with its next failure, when another is back", () => {
  const fake = tcp({ ...OUTLIERS, maxEjectionPercent: 0 });
  for (let i = 0; i < 3; i++) meets(fake, 1, "refused");
  for (let i = 0; i < 4; i++) meets(fake, 2, "refused");
  assert.deepEqual([isOut(fake.board, 1), isOut(fake.board, 2)], [true, false]);
  new Ejections(fake.board).restore(1, 101, Health.unknown);
  meets(fake, 2, "refused");
  assert.equal(isOut(fake.board, 2), true);
});

/** Requests, the first endpoint of each going like this; the others answer well. */
function ask(world: HttpWorld, fates: readonly (number | "closed" | "late" | "refused")[]): void {
  for (const fate of fates) {
    const client = world.client(request());
    if (fate === "refused") world.attempt(1).fail();
    else {
      const first = world.open(1);
      if (fate === "closed") first.sendFin();
      else if (fate === "late") world.advance(8_000);
      else first.send(answer(fate, "x", ["Connection: close"]));
    }
    if (world.connecting.length > 0) world.open(2).send(answer(200, "good", ["Connection: close"]));
    client.sendFin();
  }
}

function http(changes: Partial<OutlierPolicy> = {}): HttpWorld {
  return new HttpWorld({}, { strategy: "first", outliers: { ...OUTLIERS, ...changes } });
}

Deno.test("answers with a 5xx in a row, and missing ones, eject an endpoint", () => {
  for (const fates of [[500, 503, 500], ["closed", 500, "closed"], ["late", "late", "late"]] as const) {
    const world = http();
    ask(world, fates.slice(0, 2));
    assert.equal(isOut(world.fake.board, 1), false);
    ask(world, fates.slice(2));
    assert.equal(isOut(world.fake.board, 1), true, fates.join());
    assert.equal(new Ejections(world.fake.board).cause(101), "consecutive_5xx");
  }
});

Deno.test("a good answer begins the count anew, and failed connects are counted by themselves", () => {
  const world = http();
  ask(world, [500, 500, 404, 500, 500, "refused", "refused"]);
  assert.equal(isOut(world.fake.board, 1), false);
  assert.deepEqual([word(world.fake.board, 1, "serverErrors"), word(world.fake.board, 1, "fails")], [2, 2]);
  ask(world, [500]);
  assert.equal(isOut(world.fake.board, 1), true);
});

Deno.test("gateway errors have a count of their own", () => {
  const world = http({ consecutive5xx: 0, consecutiveGatewayFailure: 3 });
  ask(world, [500, 500, 500, 502, 503, 500, 504, "closed"]);
  assert.equal(isOut(world.fake.board, 1), false);
  ask(world, [502]);
  assert.equal(isOut(world.fake.board, 1), true);
  assert.equal(new Ejections(world.fake.board).cause(101), "consecutive_gateway_failure");
});

Deno.test("requests without an answer are counted, and connects that took too long as failed", () => {
  const world = http();
  ask(world, ["closed", "late"]);
  assert.equal(world.fake.sum(101, "unanswered"), 2);
  world.client(request());
  world.advance(8_000);
  assert.equal(world.fake.sum(101, "connectFailures"), 1);
  assert.equal(word(world.fake.board, 1, "fails"), 1);
});
