import assert from "node:assert/strict";
import { seededRandom } from "../../../src/base/random.ts";
import { App } from "../../../src/data/app.ts";
import { Picker } from "../../../src/data/picker.ts";
import { Board, Header, Shared } from "../../../src/model/board.ts";
import { FakeClock } from "../../kit/fake_clock.ts";
import { FakeMemory } from "../../kit/fake_memory.ts";
import { app, target } from "../../kit/snapshots.ts";

const CLIENT = { ip: "203.0.113.7", port: 50_000 };
const LISTENER = { ip: "0.0.0.0", port: 5001 };
const HEALTH = { unknown: 0, up: 1, down: 2, ejected: 3 };
const ADMIN = { ready: 0, drain: 1, maint: 2 };

class Fixture {
  readonly board = new FakeMemory().board;
  readonly picker = new Picker(this.board);
  readonly app: App;

  constructor(...targets: readonly Parameters<typeof target>[1][]) {
    const list = targets.map((changes, i) => target(i + 1, changes));
    this.app = new App(app({ targets: list }), {
      strategyFailed: () => {},
      board: this.board,
      tables: new SharedArrayBuffer(0),
      clock: new FakeClock(),
      random: seededRandom(1),
    });
  }

  set(n: number, word: keyof typeof Shared, value: number): void {
    Atomics.store(this.board.words, Board.word(100 + n, Shared[word]), value);
    Atomics.add(this.board.words, Header.availabilityEpoch, 1);
  }

  picks(count: number, tried: readonly number[] = []): number[] {
    return Array.from({ length: count }, () => this.picker.pick(this.app, CLIENT, LISTENER, tried));
  }
}

Deno.test("only targets that can take a session are picked", () => {
  const cases: [string, Parameters<typeof target>[1], (fixture: Fixture) => void][] = [
    ["weight 0", { weight: 0 }, () => {}],
    ["no address", { addresses: [] }, () => {}],
    ["down", {}, (fixture) => fixture.set(2, "health", HEALTH.down)],
    ["ejected", {}, (fixture) => fixture.set(2, "health", HEALTH.ejected)],
    ["drained by the operator", {}, (fixture) => fixture.set(2, "admin", ADMIN.drain)],
    ["in maintenance", {}, (fixture) => fixture.set(2, "admin", ADMIN.maint)],
    ["full", { maxConnections: 3 }, (fixture) => fixture.set(2, "taken", 3)],
  ];
  for (const [name, changes, prepare] of cases) {
    const fixture = new Fixture({}, changes, {});
    prepare(fixture);
    assert.deepEqual(fixture.picks(4), [0, 2, 0, 2], name);
  }
});

Deno.test("a target comes back as soon as the board says so", () => {
  const fixture = new Fixture({}, { maxConnections: 1 });
  fixture.set(2, "health", HEALTH.down);
  assert.deepEqual(fixture.picks(2), [0, 0]);
  fixture.set(2, "health", HEALTH.up);
  assert.ok(fixture.picks(2).includes(1));
  fixture.set(2, "taken", 1);
  assert.deepEqual(fixture.picks(2), [0, 0]);
});

Deno.test("backups only when no other target is available", () => {
  const fixture = new Fixture({}, { backup: true }, {});
  assert.deepEqual(fixture.picks(4), [0, 2, 0, 2]);
  fixture.set(1, "health", HEALTH.down);
  assert.deepEqual(fixture.picks(2), [2, 2]);
  fixture.set(3, "admin", ADMIN.maint);
  assert.deepEqual(fixture.picks(2), [1, 1]);
  fixture.set(1, "health", HEALTH.up);
  assert.deepEqual(fixture.picks(2), [0, 0]);
});

Deno.test("a backup comes last for a session that tried the others", () => {
  const fixture = new Fixture({}, { backup: true }, {});
  assert.deepEqual(fixture.picks(1, [0]), [2]);
  assert.deepEqual(fixture.picks(1, [0, 2]), [1]);
  assert.deepEqual(fixture.picks(1, [0, 1, 2]), [-1]);
});

Deno.test("backups take turns among themselves, by weight", () => {
  const fixture = new Fixture({ weight: 0 }, { backup: true, weight: 2 }, { backup: true });
  assert.deepEqual(fixture.picks(6), [1, 2, 1, 1, 2, 1]);
});

Deno.test("-1 when there is nothing at all", () => {
  const fixture = new Fixture({ weight: 0 }, { backup: true, addresses: [] });
  assert.deepEqual(fixture.picks(1), [-1]);
});

Deno.test("countUntried counts what a session could still go to, backups included, up to a number", () => {
  const fixture = new Fixture({}, { backup: true }, { weight: 0 }, {});
  assert.equal(fixture.picker.countUntried(fixture.app, [], 9), 3);
  assert.equal(fixture.picker.countUntried(fixture.app, [0, 1], 9), 1);
  assert.equal(fixture.picker.countUntried(fixture.app, [], 2), 2);
});

Deno.test("what was tried is looked at once a search, however many targets there are", () => {
  const fixture = new Fixture(...Array.from({ length: 600 }, () => ({})));
  const all = Array.from({ length: 599 }, (_, i) => i);
  let looks = 0;
  const tried = new Proxy(all, {
    get: (list, key): unknown => {
      looks++;
      return Reflect.get(list, key);
    },
  });
  assert.deepEqual(fixture.picks(1, tried), [599]);
  assert.equal(fixture.picker.countUntried(fixture.app, tried, 9), 1);
  assert.ok(looks < 10 * 600, `${looks} looks`);
});
