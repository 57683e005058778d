import assert from "node:assert/strict";
import fc from "fast-check";
import type { ScriptSnapshot, StrategySnapshot } from "../../../../src/model/snapshot.ts";
import type * as published from "../../../../src/strategy/script/api.ts";
import type * as inner from "../../../../src/strategy/mod.ts";
import type { Strategy } from "../../../../src/strategy/mod.ts";
import { PickedRequest, SharedByThreads, TargetList } from "../../../kit/target_list.ts";

let scripts = 0;

/** A strategy that is this script. */
function strategyOf(code: string): StrategySnapshot {
  const script: ScriptSnapshot = { file: "/conf/pick.ts", code, hash: `script ${scripts++}` };
  return { type: "script", script };
}

function picking(body: string): StrategySnapshot {
  return strategyOf(`export default (context) => ({ pick: (request) => {${body}} });`);
}

function picks(strategy: Strategy, times: number): number[] {
  return Array.from({ length: times }, () => strategy.pick(new PickedRequest()));
}

Deno.test("script: a factory, a function and a class make strategies, and choose", () => {
  for (
    const code of [
      "export default () => ({ pick: () => 2 });",
      "export default function () { return { pick: () => 2 }; }",
      "export default class { constructor(context) { this.last = context.targets.length - 1; } pick() { return this.last; } }",
    ]
  ) {
    const shared = new SharedByThreads([1, 1, 1]);
    assert.deepEqual(picks(shared.thread(strategyOf(code)), 3), [2, 2, 2], code);
    assert.deepEqual(shared.scriptFailures, [], code);
  }
});

Deno.test("script: it is given the app, its targets, what is available, counts, the cursor, time and chance", () => {
  const shared = new SharedByThreads([{ weight: 3, zone: "a", labels: { disk: "ssd" } }, 1, 1]);
  shared.open[1] = 7;
  const list = new TargetList(shared.weights);
  list.without([2]);
  const thread = shared.thread(
    strategyOf(
      `export default (context) => ({ pick: (request) => { throw new Error(JSON.stringify([
         context.app, context.isBackup, context.targets[0], context.set.version, context.set.count,
         [...context.set.members], [...context.set.weights], context.open(1), context.nextCursor(), context.now(),
         context.random() < 1, request.clientIp, request.clientPort, request.attempt, request.http,
         request.accepts(0), request.accepts(1),
       ])); } });`,
    ),
    list,
  );
  thread.pick(new PickedRequest([1], 1));
  const target = {
    key: "10.0.0.0:80",
    weight: 3,
    backup: false,
    priority: 0,
    zone: "a",
    labels: { disk: "ssd" },
  };
  const seen = ["web", false, target, list.version, 2, [0, 1], [3, 1, 0], 7, 0, 1_000_000, true];
  const asked = ["203.0.113.7", 50_000, 1, null, true, false];
  assert.match(shared.scriptFailures[0] ?? "", /^Error: .* \(\/conf\/pick\.ts:1:\d+\)$/);
  assert.deepEqual(JSON.parse(/\[.*\]/.exec(shared.scriptFailures[0] ?? "")?.[0] ?? ""), [...seen, ...asked]);
});

Deno.test("script: the set follows what is available, and what a script does to its copy harms nobody", () => {
  const shared = new SharedByThreads([1, 1, 1]);
  const list = new TargetList(shared.weights);
  const thread = shared.thread(
    picking("const { members } = context.set; const first = members[0]; members.fill(9); return first;"),
    list,
  );
  assert.equal(thread.pick(new PickedRequest()), 0);
  list.without([0]);
  assert.equal(thread.pick(new PickedRequest()), 1);
  assert.deepEqual([...list.members.slice(0, list.count)], [1, 2]);
  assert.deepEqual(shared.scriptFailures, []);
});

const NONSENSE: Readonly<Record<string, RegExp>> = {
  "return undefined;": /returned undefined, wanted is the index/,
  "return '1';": /returned string/,
  "return NaN;": /returned NaN, and there is no such target/,
  "return 0.5;": /returned 0.5, and there is no such target/,
  "return 3;": /returned 3, and there is no such target/,
  "return -1;": /returned -1, and there are targets left/,
  "return -2;": /returned -2, and there is no such target/,
  "return 2;": /returned 2, a target that is not in the set/,
  "return 1;": /returned 1, a target that the session does not accept/,
  "return Promise.reject(new Error('late'));": /returned object/,
  "throw new RangeError('too far');": /^RangeError: too far \(\/conf\/pick\.ts:1:\d+\)$/,
  "throw 'text';": /^threw text$/,
  "throw null;": /^threw null$/,
  "throw Object.create(null);": /^threw what cannot be shown$/,
  "throw { toString() { throw 1; } };": /^threw what cannot be shown$/,
  "return context.open(9);": /^RangeError: There is no target 9/,
  "return nobody;": /^ReferenceError: nobody is not defined/,
  "return (function again() { return again(); })();": /Maximum call stack/,
};

Deno.test("script: whatever it does wrong, round robin chooses instead, and the failure is told", () => {
  for (const [body, complaint] of Object.entries(NONSENSE)) {
    const shared = new SharedByThreads([1, 1, 1, 1].slice(0, 3));
    const list = new TargetList(shared.weights);
    list.without([2]);
    const chosen = shared.thread(picking(body), list).pick(new PickedRequest([1]));
    assert.equal(chosen, 0, body);
    assert.equal(shared.scriptFailures.length, 1, body);
    assert.match(shared.scriptFailures[0] ?? "", complaint, body);
  }
});

Deno.test("script: -1 is no failure when nothing is left", () => {
  const shared = new SharedByThreads([1, 1]);
  assert.equal(shared.thread(picking("return -1;")).pick(new PickedRequest([0, 1])), -1);
  assert.deepEqual(shared.scriptFailures, []);
});

Deno.test("script: one that makes no strategy is told at once, and round robin chooses", () => {
  const wrong: Readonly<Record<string, RegExp>> = {
    "export const a = 1;": /has no default export/,
    "export default 5;": /neither a function nor a class/,
    "export default () => 5;": /has no pick\(\)/,
    "export default () => ({ pick: 1 });": /pick is no function/,
    "export default () => { throw new Error('not today'); };":
      /^Error: not today \(\/conf\/pick\.ts:1:\d+\)$/,
    "throw new Error('nor today'); export default 1;": /^Error: nor today/,
    "import 'x'; export default 1;": /imports x, and a script stands alone/,
    "export default {": /Unexpected/,
  };
  for (const [code, complaint] of Object.entries(wrong)) {
    const shared = new SharedByThreads([1, 1]);
    const strategy = shared.thread(strategyOf(code));
    assert.match(shared.scriptFailures[0] ?? "", complaint, code);
    assert.deepEqual(picks(strategy, 4), [0, 1, 0, 1], code);
    assert.equal(shared.scriptFailures.length, 5, "each choice counts");
  }
});

Deno.test("script: a request is not to be kept", () => {
  const shared = new SharedByThreads([1, 1]);
  const thread = shared.thread(
    strategyOf(
      "let kept; export default () => ({ learner: { served() { kept.accepts(0); }, failed() {} }, pick(r) { kept = r; return 0; } });",
    ),
  );
  thread.pick(new PickedRequest());
  thread.learner?.served(0, 5);
  assert.match(shared.scriptFailures[0] ?? "", /valid only during the choice/);
});

Deno.test("script: it hears how targets fare, and gives keys a place within groups", () => {
  const shared = new SharedByThreads([1, 1]);
  const thread = shared.thread(
    strategyOf(`export default () => {
      let best = 0;
      return {
        learner: { served(target) { best = target; }, failed() { throw new Error("bad"); } },
        pick: () => best,
        place: ({ clientPort }) => clientPort / 65536,
      };
    };`),
  );
  thread.learner?.served(1, 5);
  assert.equal(thread.pick(new PickedRequest()), 1);
  thread.learner?.failed(1, 5);
  assert.match(shared.scriptFailures[0] ?? "", /^Error: bad/);
  assert.equal(thread.place?.(new PickedRequest([], 0, { clientPort: 32_768 })), 0.5);
  const without = shared.thread(picking("return 0;"));
  assert.equal(without.learner, undefined);
  const place = without.place?.(new PickedRequest()) ?? -1;
  assert.ok(place >= 0 && place < 1);
});

Deno.test("property: whatever a script returns, a choice is a target that the session can go to, or -1 with none", () => {
  const result = fc.oneof(fc.integer({ min: -3, max: 8 }), fc.double(), fc.constant(undefined), fc.string());
  const some = fc.uniqueArray(fc.integer({ min: 0, max: 5 }));
  fc.assert(
    fc.property(fc.array(result, { minLength: 1, maxLength: 5 }), some, some, (results, out, refused) => {
      const shared = new SharedByThreads([1, 2, 1, 0, 3, 1]);
      const list = new TargetList(shared.weights);
      list.without(out);
      const returned = results.map((one) =>
        typeof one === "number" ? String(one) : JSON.stringify(one) ?? "undefined"
      );
      const thread = shared.thread(
        strategyOf(`const all = [${returned}]; let n = 0; export default () => ({ pick: () => all[n++] });`),
        list,
      );
      const request = new PickedRequest(refused);
      const left = [0, 1, 2, 4, 5].filter((target) => !out.includes(target) && !refused.includes(target));
      for (const wanted of results) {
        const chosen = thread.pick(request);
        if (left.length === 0) assert.equal(chosen, -1);
        else assert.ok(left.includes(chosen));
        if (left.some((target) => target === wanted)) assert.equal(chosen, wanted);
      }
    }),
  );
});

Deno.test("script: what is published is what the program works with", () => {
  // Checked by the compiler: each can stand for the other.
  const own = (one: published.Strategy): inner.Strategy => one;
  const set = (one: published.TargetSet): inner.TargetSet => one;
  const setBack = (one: inner.TargetSet): published.TargetSet => one;
  const request = (one: inner.PickRequest): published.PickRequest => one;
  const view = (one: inner.RequestView): published.RequestView => one;
  const learner = (one: published.Learner): inner.Learner => one;
  const learnerBack = (one: inner.Learner): published.Learner => one;
  const context = (one: Omit<inner.StrategyContext, "targets">): Omit<published.StrategyContext, "targets"> =>
    one;
  const all = [own, set, setBack, request, view, learner, learnerBack, context];
  assert.ok(all.every((one) => typeof one === "function"));
});
