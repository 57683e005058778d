import assert from "node:assert/strict";
import { LimitTable, limitTableBytes } from "../../../src/model/limit_table.ts";
import { within } from "../../kit/within.ts";
import type { ThreadTally, ThreadTask } from "./limit_table_worker.ts";

const THREADS = 4;
const ENTRIES = 64;
const CLIENTS = 40;

/** Has several threads use one table at once, as fast as they can. */
async function hammer(
  task: Omit<ThreadTask, "memory" | "open" | "ref" | "seed" | "threads">,
): Promise<{ table: LimitTable; tallies: ThreadTally[] }> {
  const ref = { offset: 0, version: 1, entries: ENTRIES };
  const memory = new SharedArrayBuffer(limitTableBytes(ENTRIES));
  const open = new SharedArrayBuffer(4 * (1 + task.clients));
  const table = new LimitTable(memory, ref);
  table.begin(7);
  const workers = Array.from(
    { length: THREADS },
    () => new Worker(new URL("./limit_table_worker.ts", import.meta.url), { type: "module" }),
  );
  try {
    const all = workers.map((worker, seed) =>
      new Promise<ThreadTally>((resolve, reject) => {
        worker.onerror = (event) => reject(new Error(event.message));
        worker.onmessage = ({ data }: MessageEvent<ThreadTally>) => resolve(data);
        worker.postMessage(
          { ...task, memory, open, ref, seed: seed + 1, threads: THREADS } satisfies ThreadTask,
        );
      })
    );
    return { table, tallies: await within("all threads", Promise.all(all), 60_000) };
  } finally {
    for (const worker of workers) worker.terminate();
  }
}

function sum(tallies: readonly ThreadTally[], of: (tally: ThreadTally) => number): number {
  return tallies.reduce((total, tally) => total + of(tally), 0);
}

Deno.test("over four threads a token bucket lets through just its burst while no time passes", async () => {
  const burst = 20_000;
  const { tallies } = await hammer({
    steps: 15_000,
    clients: CLIENTS,
    limits: { rate: { intervalMs: 60_000, burst }, clientConnections: 0, clientRate: null, dryRun: false },
  });
  assert.equal(sum(tallies, ({ taken }) => taken), burst);
  assert.equal(sum(tallies, ({ refused }) => refused), THREADS * 15_000 - burst);
  assert.ok(tallies.every(({ taken }) => taken > 0), "all threads had a part of it");
});

Deno.test("over four threads each client gets just its own burst", async () => {
  const burst = 1_000;
  const { tallies } = await hammer({
    steps: 25_000,
    clients: CLIENTS,
    limits: { rate: null, clientConnections: 0, clientRate: { intervalMs: 60_000, burst }, dryRun: false },
  });
  assert.equal(sum(tallies, ({ taken }) => taken), CLIENTS * burst);
});

Deno.test("over four threads no client ever has more connections than it may, and all are given back", async () => {
  const limits = { rate: null, clientConnections: 3, clientRate: null, dryRun: false };
  const { table, tallies } = await hammer({ steps: 40_000, clients: CLIENTS, limits, holds: 60 });
  assert.ok(sum(tallies, ({ refused }) => refused) > 0, "the limit was met");
  assert.ok(tallies.every(({ mostOpen }) => mostOpen <= 3), JSON.stringify(tallies));
  for (let client = 0; client < CLIENTS; client++) {
    const key = Uint32Array.of(0, 0, 0xffff, client);
    const taken = Array.from({ length: 4 }, () => table.take(key, Date.now(), limits).isRefused);
    assert.deepEqual(taken, [false, false, false, true], `client ${client} has none left of before`);
  }
});

Deno.test("over four threads the table stays whole while clients are forgotten all the time", async () => {
  const limits = { rate: null, clientConnections: 2, clientRate: { intervalMs: 1, burst: 5 }, dryRun: false };
  const { table } = await hammer({ steps: 30_000, clients: 20 * ENTRIES, limits, holds: 30 });
  assert.ok(table.evicted > 0);
  assert.ok(table.used <= ENTRIES);
  const later = Date.now() + 1_000_000;
  for (let client = 5_000; client < 5_000 + ENTRIES; client++) {
    const key = Uint32Array.of(0, 0, 0xffff, client);
    const taken = [1, 2, 3].map(() => table.take(key, later, limits).isRefused);
    assert.deepEqual(taken, [false, false, true]);
  }
});

Deno.test("a lock with which a thread died holds nobody up for long, and works again when it was broken", () => {
  const memory = new SharedArrayBuffer(limitTableBytes(4));
  const ref = { offset: 0, version: 1, entries: 4 };
  const table = new LimitTable(memory, ref);
  table.begin(1);
  const limits = { rate: null, clientConnections: 1, clientRate: null, dryRun: false };
  const key = Uint32Array.of(0, 0, 0xffff, 1);
  assert.equal(table.take(key, Date.now(), limits).limit, null);
  // As a thread leaves it that ends in the middle of it.
  Atomics.add(new Int32Array(memory), 1, 1);
  const startedAt = performance.now();
  for (let i = 0; i < 100; i++) assert.equal(table.take(key, Date.now(), limits).isRefused, false);
  assert.ok(performance.now() - startedAt < 2_000);
  assert.notEqual(table.holder, null);
  table.breakLock();
  assert.equal(table.holder, null);
  assert.deepEqual([1, 2].map(() => table.take(key, Date.now(), limits).isRefused), [false, true]);
});
