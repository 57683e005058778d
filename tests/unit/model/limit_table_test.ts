import fc from "fast-check";
import assert from "node:assert/strict";
import {
  type Admission,
  type ClientShare,
  type Limits,
  LimitTable,
  limitTableBytes,
} from "../../../src/model/limit_table.ts";
import { say } from "../../kit/programs.ts";

const NOW = Date.UTC(2026, 5, 1);
const NO_LIMITS: Limits = { rate: null, clientConnections: 0, clientRate: null, dryRun: false };

function tableOf(entries: number): LimitTable {
  const table = new LimitTable(new SharedArrayBuffer(limitTableBytes(entries)), {
    offset: 0,
    version: 1,
    entries,
  });
  table.begin(123_456_789);
  return table;
}

/** A client by its number. */
function key(client: number): Uint32Array {
  return Uint32Array.of(0, 0, 0xffff, client);
}

function shareOf({ share }: Admission): ClientShare {
  assert.ok(share !== null);
  return share;
}

Deno.test("a client may have so many connections at once, whatever others have", () => {
  const table = tableOf(10);
  const limits = { ...NO_LIMITS, clientConnections: 2 };
  const first = table.take(key(1), NOW, limits);
  table.take(key(1), NOW, limits);
  const third = table.take(key(1), NOW, limits);
  assert.deepEqual([first.limit, third.limit, third.isRefused], [null, "per_client.max_connections", true]);
  assert.equal(table.take(key(2), NOW, limits).limit, null);
  table.leave(shareOf(first));
  assert.equal(table.take(key(1), NOW, limits).limit, null);
  assert.equal(table.take(key(1), NOW, limits).isRefused, true);
});

Deno.test("rates of the app and of each client are judged together: who is refused takes nothing", () => {
  const table = tableOf(10);
  const limits = {
    ...NO_LIMITS,
    rate: { intervalMs: 100, burst: 3 },
    clientRate: { intervalMs: 1_000, burst: 1 },
  };
  assert.equal(table.take(key(1), NOW, limits).limit, null);
  const again = table.take(key(1), NOW, limits);
  assert.deepEqual([again.limit, Math.round(again.waitMs)], ["per_client.new_connections_per_second", 1_000]);
  assert.equal(table.take(key(2), NOW, limits).limit, null);
  assert.equal(table.take(key(3), NOW, limits).limit, null);
  const flooded = table.take(key(4), NOW, limits);
  assert.deepEqual([flooded.limit, Math.round(flooded.waitMs)], ["new_connections_per_second", 100]);
  assert.equal(table.used, 3, "a flood that the app's own limit holds off is not remembered");
});

Deno.test("a dry run says what would be refused, and refuses nothing", () => {
  const table = tableOf(10);
  const limits = {
    rate: { intervalMs: 100, burst: 4 },
    clientConnections: 1,
    clientRate: { intervalMs: 1_000, burst: 2 },
    dryRun: true,
  };
  const all = Array.from({ length: 5 }, () => table.take(key(1), NOW, limits));
  assert.ok(all.every(({ isRefused, share }) => !isRefused && share !== null));
  assert.deepEqual(all.map(({ limit }) => limit), [
    null,
    "per_client.max_connections",
    "per_client.max_connections",
    "per_client.max_connections",
    "new_connections_per_second",
  ]);
  for (const one of all) table.leave(shareOf(one));
  assert.equal(table.take(key(1), NOW + 10_000, { ...limits, dryRun: false }).limit, null);
});

Deno.test("clients of whom nothing is left to say go by themselves", () => {
  const table = tableOf(1_000);
  const limits = { ...NO_LIMITS, clientRate: { intervalMs: 10, burst: 1 } };
  for (let client = 0; client < 500; client++) table.take(key(client), NOW, limits);
  assert.equal(table.used, 500);
  for (let client = 1_000; client < 1_600; client++) table.take(key(client), NOW + 1_000 + client, limits);
  assert.ok(table.used < 20, `${table.used}`);
  assert.equal(table.evicted, 0);
});

Deno.test("under a flood of clients the oldest are forgotten, and those with open connections last", () => {
  const entries = 100;
  const table = tableOf(entries);
  const limits = { ...NO_LIMITS, clientConnections: 1, clientRate: { intervalMs: 60_000, burst: 1 } };
  const own = shareOf(table.take(key(1), NOW, limits));
  for (let client = 100; client < 10_100; client++) {
    table.leave(shareOf(table.take(key(client), NOW, limits)));
  }
  assert.equal(table.used, entries);
  assert.ok(table.evicted >= 9_900);
  assert.equal(table.take(key(1), NOW, limits).limit, "per_client.max_connections", "it is known still");
  assert.equal(table.take(key(10_099), NOW, limits).limit, "per_client.new_connections_per_second");
  assert.equal(table.take(key(100), NOW, limits).limit, null, "the oldest is forgotten");
  table.leave(own);
});

Deno.test("what a client had open before its entry went to another counts for nobody", () => {
  const table = tableOf(2);
  const limits = { ...NO_LIMITS, clientConnections: 1 };
  const shares = [1, 2, 3].map((client) => shareOf(table.take(key(client), NOW, limits)));
  assert.equal(table.evicted, 1);
  for (const share of shares) table.leave(share);
  for (const client of [4, 5]) assert.equal(table.take(key(client), NOW, limits).limit, null);
  for (const client of [4, 5]) assert.equal(table.take(key(client), NOW, limits).isRefused, true);
});

Deno.test("after a thread has died open connections are counted anew", () => {
  const table = tableOf(10);
  const limits = { ...NO_LIMITS, clientConnections: 2 };
  const [alive] = [1, 2].map(() => shareOf(table.take(key(1), NOW, limits)));
  table.forgetOpen();
  const fresh = shareOf(table.take(key(1), NOW, limits));
  table.leave(alive!);
  assert.equal(table.take(key(1), NOW, limits).limit, null);
  assert.equal(table.take(key(1), NOW, limits).isRefused, true, "one that began before takes nothing away");
  table.leave(fresh);
  assert.equal(table.take(key(1), NOW, limits).limit, null);
});

Deno.test("a table whose memory became another's counts nothing", () => {
  const memory = new SharedArrayBuffer(limitTableBytes(10));
  const old = new LimitTable(memory, { offset: 0, version: 1, entries: 10 });
  old.begin(1);
  const limits = { ...NO_LIMITS, clientConnections: 1 };
  const share = shareOf(old.take(key(1), NOW, limits));
  const next = new LimitTable(memory, { offset: 0, version: 2, entries: 10 });
  next.begin(2);
  assert.equal(next.take(key(1), NOW, limits).limit, null);
  old.leave(share);
  assert.deepEqual(old.take(key(1), NOW, limits), { limit: null, isRefused: false, waitMs: 0, share: null });
  assert.equal(next.take(key(1), NOW, limits).isRefused, true);
});

Deno.test("property: connections at once are counted as a plain map does, as long as nobody is forgotten", () => {
  const step = fc.record({ client: fc.integer({ min: 0, max: 7 }), leaves: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), fc.integer({ min: 1, max: 4 }), (steps, most) => {
      const table = tableOf(8);
      const limits = { ...NO_LIMITS, clientConnections: most };
      const open = new Map<number, ClientShare[]>();
      for (const { client, leaves } of steps) {
        const own = open.get(client) ?? [];
        open.set(client, own);
        if (leaves) {
          const share = own.pop();
          if (share !== undefined) table.leave(share);
          continue;
        }
        const admission = table.take(key(client), NOW, limits);
        assert.equal(admission.isRefused, own.length >= most);
        if (admission.share !== null) own.push(admission.share);
      }
      assert.equal(table.evicted, 0);
    }),
  );
});

Deno.test("property: no history of clients breaks the table", () => {
  const step = fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 50 }), fc.boolean());
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const entries = 5;
      const table = tableOf(entries);
      const limits = { ...NO_LIMITS, clientConnections: 3, clientRate: { intervalMs: 40, burst: 4 } };
      const shares: ClientShare[] = [];
      let now = NOW;
      for (const [client, ms, leaves] of steps) {
        now += ms;
        const { share } = table.take(key(client), now, limits);
        if (share !== null) shares.push(share);
        if (leaves) shares.splice(0, 2).forEach((one) => table.leave(one));
        assert.ok(table.used <= entries);
      }
      shares.forEach((one) => table.leave(one));
      // Who comes long after meets a table that works: as many as it has room for, each as if it were new.
      for (let client = 100; client < 100 + entries; client++) {
        const later = now + 1_000_000;
        const taken = Array.from({ length: 4 }, () => table.take(key(client), later, limits).isRefused);
        assert.deepEqual(taken, [false, false, false, true]);
      }
    }),
  );
});

Deno.test("a connection costs a microsecond or two, with 100,000 clients known", () => {
  const table = tableOf(100_000);
  const limits = {
    rate: { intervalMs: 0.001, burst: 1_000_000 },
    clientConnections: 10,
    clientRate: { intervalMs: 100, burst: 100 },
    dryRun: false,
  };
  const words = key(0);
  const round = (first: number): number => {
    const startedAt = performance.now();
    for (let client = first; client < first + 50_000; client++) {
      words[3] = Math.imul(client, 0x9e3779b1);
      const { share } = table.take(words, NOW + client, limits);
      if (share !== null) table.leave(share);
    }
    return (performance.now() - startedAt) * 1e6 / 50_000;
  };
  const times = Array.from({ length: 8 }, (_, index) => round(index * 50_000));
  say(
    `a connection with limits for each client: ${
      Math.min(...times).toFixed(0)
    } ns, in a flood of new clients`,
  );
  assert.ok(Math.min(...times) < 5_000, `${times}`);
});
