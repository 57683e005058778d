import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type Seat,
  type SeatLimits,
  Seats,
  type SeatState,
} from "../../../../../src/control/admin/serving/seats.ts";
import { FakeClock } from "../../../../kit/fake_clock.ts";

const LIMITS: SeatLimits = { max: 3, headMs: 10, bodyMs: 20, stallMs: 30, graceMs: 4 };

class Fixture {
  readonly clock = new FakeClock();
  readonly seats = new Seats(this.clock, LIMITS);
  /** Names of connections that were closed, in order. */
  readonly closed: string[] = [];

  take(name: string): Seat | null {
    return this.seats.take(() => void this.closed.push(name));
  }
}

Deno.test("each state has its deadline, and an answer that is worked on has none", () => {
  for (const [state, limitMs] of [["head", 10], ["body", 20], ["write", 30]] as const) {
    const fixture = new Fixture();
    fixture.take(state)?.enter(state);
    fixture.clock.advance(limitMs - 1);
    assert.deepEqual(fixture.closed, []);
    fixture.clock.advance(1);
    assert.deepEqual(fixture.closed, [state]);
    assert.equal(fixture.seats.count, 0);
  }
  const fixture = new Fixture();
  fixture.take("answer")?.enter("answer");
  fixture.clock.advance(1_000_000);
  assert.deepEqual([fixture.closed, fixture.seats.count], [[], 1]);
});

Deno.test("a new connection gets the seat of the one that has kept the program waiting longest", () => {
  const fixture = new Fixture();
  const a = fixture.take("a");
  fixture.take("b");
  fixture.take("c");
  // Its request is there: it waits for the program, and comes back to the end of the line.
  a?.enter("answer");
  a?.enter("head");
  fixture.take("d");
  assert.deepEqual(fixture.closed, ["b"]);
  a?.enter("answer");
  fixture.take("e");
  assert.deepEqual(fixture.closed, ["b", "c"]);
});

Deno.test("a seat is kept for a moment: a new connection waits for that of the one that came first", () => {
  const fixture = new Fixture();
  fixture.take("a");
  assert.equal(fixture.seats.delayMs, 0);
  fixture.clock.advance(1);
  fixture.take("b");
  fixture.take("c");
  assert.equal(fixture.seats.delayMs, 3);
  fixture.clock.advance(3);
  assert.equal(fixture.seats.delayMs, 0);
});

Deno.test("where all wait for the program a new connection is refused", () => {
  const fixture = new Fixture();
  for (const name of ["a", "b", "c"]) fixture.take(name)?.enter("answer");
  assert.equal(fixture.take("d"), null);
  assert.deepEqual(fixture.closed, []);
});

Deno.test("who has left, or was sent away, has no seat and no deadline any more", () => {
  const fixture = new Fixture();
  const a = fixture.take("a");
  a?.leave();
  a?.leave();
  a?.enter("head");
  fixture.take("b");
  fixture.seats.closeAll();
  assert.deepEqual([fixture.closed, fixture.seats.count, fixture.clock.pendingTimers], [["b"], 0, 0]);
});

Deno.test("whatever happens there are never too many, none is closed twice, and none waits longer than it may", () => {
  const states: readonly SeatState[] = ["head", "body", "answer", "write"];
  const step = fc.oneof(
    fc.constant("take" as const),
    fc.record({ seat: fc.nat(20), state: fc.constantFrom(...states, "leave" as const) }),
    fc.nat(15),
  );
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const fixture = new Fixture();
    const open = new Map<string, { seat: Seat; state: SeatState; since: number }>();
    for (const [index, one] of steps.entries()) {
      if (typeof one === "number") fixture.clock.advance(one);
      else if (one === "take") {
        const seat = fixture.take(String(index));
        if (seat === null) assert.ok([...open.values()].every(({ state }) => state === "answer"));
        else open.set(String(index), { seat, state: "head", since: fixture.clock.now() });
      } else {
        const [name, entry] = [...open][one.seat] ?? [];
        if (name === undefined || entry === undefined) continue;
        if (one.state === "leave") {
          entry.seat.leave();
          open.delete(name);
        } else {
          entry.seat.enter(one.state);
          open.set(name, { ...entry, state: one.state, since: fixture.clock.now() });
        }
      }
      assert.equal(new Set(fixture.closed).size, fixture.closed.length);
      for (const name of fixture.closed) open.delete(name);
      assert.ok(fixture.seats.count <= LIMITS.max);
      assert.equal(fixture.seats.count, open.size);
      const limits = { head: LIMITS.headMs, body: LIMITS.bodyMs, write: LIMITS.stallMs, answer: Infinity };
      for (const { state, since } of open.values()) assert.ok(fixture.clock.now() - since < limits[state]);
    }
  }));
});
