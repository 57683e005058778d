import assert from "node:assert/strict";
import { Pool } from "../../../../../src/control/daemon/threads/pool.ts";
import { ThreadIndexes } from "../../../../../src/control/daemon/threads/thread_indexes.ts";
import { FakeClock } from "../../../../kit/fake_clock.ts";
import { FakeMemory } from "../../../../kit/fake_memory.ts";
import { LogLines } from "../../../../kit/log_lines.ts";
import { within } from "../../../../kit/within.ts";

/** A pool whose threads cannot even be started. */
class Fixture {
  readonly clock = new FakeClock();
  readonly log = new LogLines();
  readonly indexes = new ThreadIndexes();
  readonly memory = new FakeMemory();
  readonly pool = new Pool({
    stage: () => 0,
    workerUrl: "no url at all",
    engine: "deno",
    board: this.memory.board,
    tables: this.memory.tables,
    totals: this.memory.totals,
    clock: this.clock,
    log: this.log.log,
    indexes: this.indexes,
    warmUp: () => undefined,
    fullState: () => ({ type: "apply", revision: 1, apps: [], removed: [] }),
    address: (command) => command,
    serve: () => null,
    onReport: () => {},
    onGone: () => 0,
  });
}

Deno.test("a thread that cannot be started is tried again ever more slowly, and takes nobody down", () => {
  const { clock, log, pool } = new Fixture();
  pool.resize(1);
  clock.advance(60_000);
  const pauses = log.lines.map((line) => Number(line.restart_ms));
  assert.deepEqual(pauses.slice(0, 5), [50, 100, 200, 400, 800]);
  assert.ok(
    pauses.at(-1) === 30_000 && log.messages.every((text) => text === "data thread cannot be started"),
  );
  assert.deepEqual(pool.status().map(({ index, state }) => `${index} ${state}`), ["0 crashed"]);
  assert.equal(pool.acknowledged(1), false);
});

Deno.test("a pool that shrinks to nothing waits for no thread, and gives its numbers back", () => {
  const { clock, indexes, pool } = new Fixture();
  pool.resize(3);
  assert.equal(indexes.take(), 3);
  pool.resize(0);
  assert.equal(pool.acknowledged(9), true);
  assert.equal(pool.inForce(1), false);
  assert.equal(clock.pendingTimers, 0);
  assert.deepEqual([indexes.take(), indexes.take()], [0, 1]);
});

Deno.test("stop ends the attempts, and resolves", async () => {
  const { clock, pool } = new Fixture();
  pool.resize(2);
  await within("the stop", pool.stop("drain"));
  assert.equal(clock.pendingTimers, 0);
  pool.resize(2);
  assert.deepEqual(pool.status(), []);
});
