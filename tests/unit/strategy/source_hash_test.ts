import assert from "node:assert/strict";
import type { StrategySnapshot } from "../../../src/model/snapshot.ts";
import { createStrategy, type RequestView } from "../../../src/strategy/mod.ts";
import { PickedRequest, SharedByThreads, TargetList } from "../../kit/target_list.ts";

const CLIENTS = 20_000;

function client(number: number): PickedRequest {
  return new PickedRequest([], 0, {
    clientIp: `10.${number >> 16 & 255}.${number >> 8 & 255}.${number & 255}`,
  });
}

function weightsOf(count: number): number[] {
  return Array.from({ length: count }, () => 1);
}

/** What every client gets. */
function assignment(
  shared: SharedByThreads,
  out: readonly number[] = [],
  options: StrategySnapshot = { type: "source_hash" },
): number[] {
  const set = new TargetList(shared.weights);
  set.without(out);
  const strategy = shared.thread(options, set);
  return Array.from({ length: CLIENTS }, (_, number) => strategy.pick(client(number)));
}

Deno.test("source_hash: all threads give a client the same target, again and again", () => {
  const shared = new SharedByThreads(weightsOf(10));
  assert.deepEqual(assignment(shared), assignment(shared));
});

Deno.test("source_hash: clients are spread by weight", () => {
  const counts = [0, 0, 0, 0];
  for (const target of assignment(new SharedByThreads([1, 2, 3, 4]))) counts[target]!++;
  for (const [at, count] of counts.entries()) {
    const share = (at + 1) / 10;
    assert.ok(Math.abs(count / CLIENTS - share) < 4 * Math.sqrt(share / CLIENTS), `${counts}`);
  }
});

Deno.test("source_hash: of 100 targets one goes out: its clients alone move, to all others, and come back", () => {
  const shared = new SharedByThreads(weightsOf(100));
  const before = assignment(shared);
  const after = assignment(shared, [42]);
  const heirs = new Set<number>();
  for (const [number, target] of before.entries()) {
    if (target === 42) heirs.add(after[number]!);
    else assert.equal(after[number], target);
  }
  assert.ok(!heirs.has(42) && heirs.size > 60, `${heirs.size} heirs`);
  assert.deepEqual(assignment(shared), before);
});

Deno.test("source_hash: the same with nearly all targets out", () => {
  const shared = new SharedByThreads(weightsOf(100));
  const most = Array.from({ length: 97 }, (_, at) => at);
  const few = assignment(shared, most);
  const fewer = assignment(shared, [...most, 97]);
  for (const [number, target] of few.entries()) if (target !== 97) assert.equal(fewer[number], target);
});

Deno.test("source_hash: the same among backups, for which there is no table, by weight", () => {
  const shared = new SharedByThreads([1, 2, 3, 4]);
  const assigned = (out: readonly number[]): number[] => {
    const set = new TargetList(shared.weights);
    set.without(out);
    const strategy = createStrategy({ ...shared.context({ type: "source_hash" }, set), isBackup: true });
    return Array.from({ length: CLIENTS }, (_, number) => strategy.pick(client(number)));
  };
  const all = assigned([]);
  const fewer = assigned([3]);
  for (const [number, target] of all.entries()) if (target !== 3) assert.equal(fewer[number], target);
  assert.ok(Math.abs(all.filter((target) => target === 3).length / CLIENTS - 0.4) < 0.02);
});

Deno.test("source_hash: a client whose target is full or was tried has one target that stands in", () => {
  const shared = new SharedByThreads(weightsOf(10));
  const strategy = shared.thread({ type: "source_hash" });
  for (let number = 0; number < 200; number++) {
    const own = strategy.pick(client(number));
    const { clientIp } = client(number);
    const second = strategy.pick(new PickedRequest([own], 1, { clientIp }));
    assert.notEqual(second, own);
    assert.equal(strategy.pick(new PickedRequest([own], 1, { clientIp })), second);
  }
});

Deno.test("source_hash: balance_factor bounds every target, and moves few", () => {
  const shared = new SharedByThreads(weightsOf(10), 5);
  const strategy = shared.thread({ type: "source_hash", balanceFactor: 125 });
  const free = shared.thread({ type: "source_hash" });
  let moved = 0;
  for (let session = 0; session < 2_000; session++) {
    // Three of four are one busy client: without a bound its target would get them all.
    const request = client(session % 4 === 0 ? session : 1);
    const target = strategy.pick(request);
    shared.open[target]!++;
    assert.ok(shared.open[target]! <= Math.ceil(1.25 * (session + 1) / 10), `${shared.open}`);
    if (session % 4 === 0 && target !== free.pick(request)) moved++;
  }
  assert.ok(moved < 500);
  assert.equal(shared.open.reduce((sum, count) => sum + count, 0), 2_000);
});

Deno.test("source_hash: client_ip_port tells connections of one client apart", () => {
  const strategy = new SharedByThreads(weightsOf(10)).thread({
    type: "source_hash",
    key: { from: "client_ip_port" },
  });
  const targets = new Set(Array.from({ length: 200 }, (_, port) => {
    return strategy.pick(new PickedRequest([], 0, { clientPort: 40_000 + port }));
  }));
  assert.equal(targets.size, 10);
});

function view(parts: { path?: string; header?: string | null; cookie?: string | null }): RequestView {
  return {
    method: "GET",
    path: parts.path ?? "/",
    host: "one.example",
    header: (name) => name === "x-user" ? parts.header ?? null : null,
    query: () => null,
    cookie: (name) => name === "id" ? parts.cookie ?? null : null,
  };
}

Deno.test("source_hash: header, cookie and path count whoever the client is; requests without them take turns", () => {
  const cases: [StrategySnapshot["key"], (text: string | null) => RequestView][] = [
    [{ from: "header", name: "x-user" }, (header) => view({ header })],
    [{ from: "cookie", name: "id" }, (cookie) => view({ cookie })],
    [{ from: "path" }, (path) => view(path === null ? {} : { path })],
  ];
  for (const [key, viewOf] of cases) {
    const shared = new SharedByThreads(weightsOf(10));
    const strategy = shared.thread({ type: "source_hash", key: key! });
    const pick = (text: string | null, clientIp = "203.0.113.7"): number =>
      strategy.pick(new PickedRequest([], 0, { clientIp, http: viewOf(text) }));
    const all = Array.from({ length: 200 }, (_, user) => {
      const target = pick(`/user-${user}`);
      assert.equal(pick(`/user-${user}`, "203.0.113.8"), target);
      return target;
    });
    assert.equal(new Set(all).size, 10);
    if (key?.from === "path") continue;
    assert.equal(new Set(Array.from({ length: 200 }, () => pick(null))).size, 10);
  }
});
