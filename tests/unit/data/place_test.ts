import assert from "node:assert/strict";
import { ClientPlace } from "../../../src/data/client_place.ts";
import { ConnectionCap } from "../../../src/data/connection_cap.ts";
import { Counters } from "../../../src/data/counters.ts";
import { Place } from "../../../src/data/place.ts";
import { Board, Counter, Header, PROCESS_SLOT, Shared } from "../../../src/model/board.ts";
import { CLOSE_REASONS } from "../../../src/model/close_reason.ts";
import { FakeMemory } from "../../kit/fake_memory.ts";

/** Two threads on one board. */
class Fixture {
  readonly memory = new FakeMemory();
  readonly one = new Counters(this.memory.board.words, this.memory.counters);
  readonly other = new Counters(this.memory.board.words, this.memory.totals.open());

  /** Places taken at a slot: as shared by all threads, and as the sum of what each counted. */
  taken(slot: number): [number, number] {
    const { board, totals } = this.memory;
    return [Atomics.load(board.words, Board.word(slot, Shared.taken)), totals.sum(slot, Counter.held)];
  }
}

Deno.test("places are shared by all threads, and given back once", () => {
  const fixture = new Fixture();
  const [first, second, third] = [fixture.one, fixture.other, fixture.one].map((one) => new Place(one));
  assert.equal(first?.take(5, 2), true);
  assert.equal(second?.take(5, 2), true);
  assert.equal(third?.take(5, 2), false);
  assert.deepEqual(fixture.taken(5), [2, 2]);
  third?.leave();
  second?.leave();
  second?.leave();
  assert.deepEqual(fixture.taken(5), [1, 1]);
  assert.equal(third?.take(5, 2), true);
});

Deno.test("limit 0 is none, and who takes another place gives up the one before", () => {
  const fixture = new Fixture();
  for (let i = 0; i < 100; i++) assert.equal(new Place(fixture.one).take(5, 0), true);
  const place = new Place(fixture.one);
  place.take(6, 0);
  place.take(7, 0);
  assert.deepEqual([5, 6, 7].map((slot) => fixture.taken(slot)[0]), [100, 0, 1]);
  assert.equal(place.take(5, 1), false);
  assert.deepEqual(fixture.taken(7), [0, 0]);
});

Deno.test("a client counts in the process from accept on, and in its app and listener once it is admitted", () => {
  const fixture = new Fixture();
  const slots = [PROCESS_SLOT, 1, 2];
  const taken = (): number[] => slots.map((slot) => fixture.taken(slot)[0]);
  const place = new ClientPlace(fixture.one, 1, 2);
  assert.deepEqual(taken(), [1, 0, 0]);
  assert.equal(place.admit(1), true);
  assert.deepEqual(taken(), [1, 1, 1]);
  const refused = new ClientPlace(fixture.other, 1, 2);
  assert.equal(refused.admit(1), false);
  assert.deepEqual(taken(), [2, 1, 1]);
  for (let i = 0; i < 2; i++) {
    refused.leave("limit", 0);
    place.leave("done", 5);
  }
  assert.deepEqual(taken(), [0, 0, 0]);
  assert.deepEqual(slots.map((slot) => fixture.taken(slot)[1]), [0, 0, 0]);
  const { totals } = fixture.memory;
  assert.deepEqual([1, 2].map((slot) => totals.sum(slot, Counter.connections)), [2, 2]);
  assert.deepEqual(
    ["done", "limit"].map((reason) =>
      totals.sum(1, Counter.closed + CLOSE_REASONS.findIndex((one) => one === reason))
    ),
    [1, 1],
  );
});

Deno.test("the cap of the process counts all threads' clients", () => {
  const fixture = new Fixture();
  const { words } = fixture.memory.board;
  const cap = new ConnectionCap(words);
  const first = new ClientPlace(fixture.one, 1, 2);
  assert.equal(cap.isReached, false);
  Atomics.store(words, Header.maxConnections, 2);
  assert.equal(cap.isReached, false);
  new ClientPlace(fixture.other, 1, 2);
  assert.equal(cap.isReached, true);
  first.leave("done", 5);
  assert.equal(cap.isReached, false);
});
