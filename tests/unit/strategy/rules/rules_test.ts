import assert from "node:assert/strict";
import { compileCondition } from "../../../../src/control/cel/compile_condition.ts";
import type { RuleSnapshot } from "../../../../src/model/snapshot.ts";
import { DENIED, type RequestView, type Strategy } from "../../../../src/strategy/mod.ts";
import { PickedRequest, type RequestParts, SharedByThreads, TargetList } from "../../../kit/target_list.ts";

const SURROUNDINGS = { app: "web", isHttp: true };

interface RuleParts extends Partial<Omit<RuleSnapshot, "when">> {
  readonly when?: string;
}

/** Rules 0, 1, ... with slots 10, 11, ...; those without targets deny. */
function rules(
  ...all: readonly RuleParts[]
): { readonly type: "rules"; readonly rules: readonly RuleSnapshot[] } {
  return {
    type: "rules",
    rules: all.map(({ when, ...rest }, index): RuleSnapshot => ({
      key: `#${index}`,
      slot: 10 + index,
      targets: null,
      strategy: { type: "round_robin" },
      ...rest,
      when: when === undefined ? null : compileCondition(when, SURROUNDINGS),
    })),
  };
}

function viewOf(
  parts: Partial<Record<"path" | "host", string>>,
  headers: Readonly<Record<string, string>> = {},
): RequestView {
  return {
    method: "GET",
    path: "/",
    host: "a.example",
    header: (name) => headers[name] ?? null,
    query: () => null,
    cookie: () => null,
    ...parts,
  };
}

function pick(strategy: Strategy, parts: RequestParts, refused: readonly number[] = []): number {
  return strategy.pick(new PickedRequest(refused, 0, parts));
}

const OFFICE = { clientIp: "10.1.2.3" };
const OTHERS = { clientIp: "203.0.113.7" };

Deno.test("rules: the first that holds gives the target, by its own strategy among its own targets", () => {
  const shared = new SharedByThreads([1, 1, 1, 1]);
  const strategy = shared.thread(rules(
    { when: 'client.ip in cidr("10.0.0.0/8")', targets: [2, 3] },
    { when: "client.port > 1", targets: [1], strategy: { type: "first" } },
    { targets: [0] },
  ));
  assert.deepEqual([1, 2, 3].map(() => pick(strategy, OFFICE)), [2, 3, 2]);
  assert.equal(pick(strategy, OTHERS), 1);
  assert.equal(pick(strategy, { ...OTHERS, clientPort: 1 }), 0);
  assert.deepEqual(shared.taken, { 10: 3, 11: 1, 12: 1 });
});

Deno.test("rules: each has turns of its own, over all threads", () => {
  const shared = new SharedByThreads([1, 1, 1, 1]);
  const options = rules({ when: 'client.ip in cidr("10.0.0.0/8")', targets: [0, 1] }, { targets: [2, 3] });
  const threads = [shared.thread(options), shared.thread(options)];
  const picks = [0, 1, 2, 3].flatMap((turn) => [OFFICE, OTHERS].map((who) => pick(threads[turn % 2]!, who)));
  assert.deepEqual(picks, [0, 2, 1, 3, 0, 2, 1, 3]);
});

Deno.test("rules: what a rule cannot give goes on to the next one, and from the last to all targets", () => {
  const shared = new SharedByThreads([1, 1, 1]);
  const set = new TargetList(shared.weights);
  const strategy = shared.thread(
    rules({ when: "client.port > 1", targets: [0] }, { when: "client.port > 2", targets: [1] }),
    set,
  );
  assert.equal(pick(strategy, OTHERS), 0);
  assert.equal(pick(strategy, OTHERS, [0]), 1, "tried or full");
  set.without([0]);
  assert.equal(pick(strategy, OTHERS), 1, "not available");
  set.without([0, 1]);
  assert.equal(pick(strategy, OTHERS), 2);
  set.without([]);
  assert.deepEqual(
    [1, 2, 3].map(() => pick(strategy, { clientPort: 1 })).toSorted(),
    [0, 1, 2],
    "no rule holds",
  );
});

Deno.test("rules: a last rule for everybody is the last word", () => {
  const shared = new SharedByThreads([1, 1]);
  const set = new TargetList(shared.weights);
  const strategy = shared.thread(rules({ when: "false", targets: [0] }, { targets: [1] }), set);
  set.without([1]);
  assert.equal(pick(strategy, OTHERS), -1);
});

Deno.test("rules: one that denies ends the search, for those that others could not serve, too", () => {
  const shared = new SharedByThreads([1, 1]);
  const set = new TargetList(shared.weights);
  const strategy = shared.thread(
    rules({ when: 'client.ip in cidr("10.0.0.0/8")', targets: [0] }, { when: "client.port > 1" }, {
      targets: [1],
    }),
    set,
  );
  assert.equal(pick(strategy, OTHERS), DENIED);
  assert.equal(pick(strategy, OFFICE), 0);
  assert.equal(pick(strategy, OFFICE, [0]), DENIED);
  assert.equal(pick(strategy, { clientPort: 1 }), 1);
  assert.equal(shared.taken[11], 2);
});

Deno.test("rules: one that fails counts as not matching, and is told", () => {
  const shared = new SharedByThreads([1, 1]);
  const strategy = shared.thread(rules(
    { when: 'request.headers["x-canary"] == "1"', targets: [1] },
    { when: "bucket(client.ip, client.port - 50000) < 5", targets: [1] },
    { targets: [0] },
  ));
  assert.equal(pick(strategy, { http: viewOf({}, { "x-canary": "1" }) }), 1);
  assert.deepEqual(shared.failures, []);
  assert.equal(pick(strategy, { http: viewOf({}) }), 0);
  assert.deepEqual(shared.failures, ["#0: no such key", "#1: bucket() needs at least one bucket"]);
});

Deno.test("rules: names of fields are the same in either case, and names of hosts have no port", () => {
  const shared = new SharedByThreads([1, 1]);
  const strategy = shared.thread(rules(
    { when: 'request.host == "shop.example" && request.headers["X-Canary"] == "1"', targets: [1] },
    { targets: [0] },
  ));
  assert.equal(pick(strategy, { http: viewOf({ host: "Shop.Example:8080" }, { "x-canary": "1" }) }), 1);
});

Deno.test("rules: time is UTC, weekdays count from Sunday, and targets.available is what is left now", () => {
  const shared = new SharedByThreads([1, 1]);
  const set = new TargetList(shared.weights);
  shared.nowMs = Date.UTC(2026, 2, 1, 23, 59, 59);
  const at = (condition: string): boolean =>
    pick(shared.thread(rules({ when: condition, targets: [1] }, { targets: [0] }), set), OTHERS) === 1;
  assert.ok(at("time.hour == 23 && time.weekday == 0"), "a Sunday");
  shared.nowMs += 1000;
  assert.ok(at("time.hour == 0 && time.weekday == 1"));
  assert.ok(at("targets.available == 2"));
  set.without([0]);
  assert.ok(at("targets.available == 1"));
});

Deno.test("rules: bucket() sends 5 % of 20,000 clients to the canary, and the same ones each time", () => {
  const shared = new SharedByThreads([1, 1, 1]);
  const options = rules({ when: "bucket(client.ip, 100) < 5", targets: [2] }, { targets: [0, 1] });
  const threads = [shared.thread(options), shared.thread(options)];
  let canaries = 0;
  for (let client = 0; client < 20_000; client++) {
    const clientIp = `198.${18 + (client >> 16)}.${(client >> 8) & 255}.${client & 255}`;
    const sides = [0, 1, 0].map((thread, port) =>
      pick(threads[thread]!, { clientIp, clientPort: port }) === 2
    );
    assert.ok(sides.every((one) => one === sides[0]), clientIp);
    if (sides[0]) canaries++;
  }
  assert.ok(Math.abs(canaries / 20_000 - 0.05) < 0.005, `${canaries} of 20,000`);
});

Deno.test("rules: a strategy that learns hears of its own targets, once where several rules have them", () => {
  const shared = new SharedByThreads([1, 1, 1]);
  const learning = { type: "least_latency", decayMs: 10_000 };
  const strategy = shared.thread(rules(
    { when: "client.port > 1", targets: [0, 1], strategy: learning },
    { targets: [1, 2], strategy: learning },
  ));
  strategy.learner?.served(1, 8);
  assert.deepEqual([0, 1, 2].map((one) => shared.estimate(one)), [0, 8_000, 0]);
  assert.equal(shared.thread(rules({ targets: [0] })).learner, undefined);
});
