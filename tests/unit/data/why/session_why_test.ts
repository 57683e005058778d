import assert from "node:assert/strict";
import { Admin, Health, TargetWords } from "../../../../src/model/target_words.ts";
import type { RuleSnapshot } from "../../../../src/model/snapshot.ts";
import { FakeThread } from "../../../kit/fake_thread.ts";
import { app, type AppParts, target } from "../../../kit/snapshots.ts";
import { ask, find, keepTraces, last, latest, passedOver } from "./ask_why.ts";

function thread(parts: AppParts = {}): FakeThread {
  const fake = new FakeThread();
  keepTraces(fake, 10);
  fake.apply([app(parts)]);
  return fake;
}

/** A session whose first target takes it, and that ends at once. */
function oneSession(fake: FakeThread): void {
  fake.relayed();
  fake.engine.relayed.finish("done");
}

Deno.test("a plain session: one attempt, all targets were candidates, and who closed first", () => {
  const fake = thread({ revision: 7 });
  fake.client();
  fake.clock.advance(12);
  fake.engine.attempt.open();
  fake.clock.advance(30);
  fake.engine.relayed.move(10, 2_000);
  fake.clock.advance(8);
  fake.engine.relayed.halfClose("client");
  fake.engine.relayed.finish("done");
  assert.deepEqual(last(fake), {
    id: "0-0",
    app: "web",
    client: "203.0.113.7:40000",
    listener: "127.0.0.1:5001",
    revision: 7,
    startedAt: 1_700_000_000_000,
    isOpen: false,
    pickedBy: "round_robin",
    rule: null,
    candidates: [
      { target: "10.0.0.1:80", isTaken: true, passedOver: null },
      { target: "10.0.0.2:80", isTaken: false, passedOver: null },
      { target: "10.0.0.3:80", isTaken: false, passedOver: null },
    ],
    candidatesLeftOut: 0,
    attempts: [{
      target: "10.0.0.1:80",
      address: "10.0.0.1:80",
      atMs: 0,
      ms: 12,
      result: "connected",
      error: null,
      call: null,
    }],
    isRequest: false,
    request: null,
    status: null,
    firstByteMs: 42,
    durationMs: 50,
    bytesIn: 10,
    bytesOut: 2_000,
    firstEnded: "client",
    closedBy: "client",
    closeReason: "done",
  });
  assert.equal(fake.records()[0]?.id, "0-0");
});

Deno.test("each attempt is told with its address, time and error, and a failed target is passed over", () => {
  const fake = thread();
  fake.client();
  fake.clock.advance(5);
  fake.engine.attempt.fail("refused");
  fake.clock.advance(7);
  fake.engine.attempt.open();
  fake.engine.relayed.finish("target_reset");
  const trace = last(fake);
  assert.deepEqual(
    trace.attempts.map(({ address, atMs, ms, result, error }) => [address, atMs, ms, result, error]),
    [["10.0.0.1:80", 0, 5, "failed", "refused"], ["10.0.0.2:80", 5, 7, "connected", null]],
  );
  assert.deepEqual(passedOver(trace), ["already_tried", null, null]);
  assert.deepEqual([trace.closedBy, trace.closeReason], ["target", "target_abort"]);
});

Deno.test("addresses that raced: the one that was given up is told, and when the winner began", () => {
  const addresses = [{ ip: "10.1.0.1", port: 80 }, { ip: "10.1.0.2", port: 80 }];
  const fake = thread({ targets: [target(1, { addresses })] });
  fake.client();
  fake.clock.advance(250);
  fake.clock.advance(4);
  fake.engine.attempt.open();
  fake.engine.relayed.finish("done");
  const [first, second] = last(fake).attempts;
  assert.deepEqual([first?.address, first?.atMs, first?.ms, first?.result], [
    "10.1.0.1:80",
    0,
    254,
    "abandoned",
  ]);
  assert.deepEqual([second?.address, second?.atMs, second?.ms, second?.result], [
    "10.1.0.2:80",
    250,
    4,
    "connected",
  ]);
});

Deno.test("every reason for which a target was passed over has its word, as at the time of the choice", () => {
  const fake = thread({
    targets: [
      target(1),
      target(2),
      target(3),
      target(4),
      target(5),
      target(6, { addresses: [] }),
      target(7, { weight: 0 }),
      target(8, { maxConnections: 1 }),
      target(9, { backup: true }),
    ],
  });
  const words = new TargetWords(fake.board);
  words.setHealth(102, Health.down);
  words.eject(103);
  words.setAdmin(104, Admin.drain);
  words.setAdmin(105, Admin.maint);
  // Takes the one place of target 8; then the next choice finds it full.
  fake.relayed();
  fake.relayed();
  fake.relayed();
  const open = fake.engine.relays.map(({ target: { remote } }) => remote.ip);
  assert.deepEqual(open, ["10.0.0.1", "10.0.0.8", "10.0.0.1"]);
  words.setHealth(102, Health.up);
  words.setAdmin(104, Admin.ready);
  fake.relayed();
  fake.engine.relays[2]?.finish("done");
  const before = [
    null,
    "down",
    "ejected",
    "drain",
    "maint",
    "no_address",
    "zero_weight",
    null,
    "backup_not_needed",
  ];
  assert.deepEqual(passedOver(last(fake)), before);
});

Deno.test("a full target is named by a choice that found it so, and backups when they are needed", () => {
  const fake = thread({
    targets: [target(1, { maxConnections: 1 }), target(2, { backup: true }), target(3, { backup: true })],
  });
  new TargetWords(fake.board).setHealth(103, Health.down);
  fake.relayed();
  fake.relayed();
  fake.engine.relays[1]?.finish("done");
  const trace = last(fake);
  assert.deepEqual(passedOver(trace), ["full", null, "down"]);
  assert.deepEqual(trace.candidates.map(({ isTaken }) => isTaken), [false, true, false]);
});

Deno.test("a rule that held is named; others' targets are passed over, and one that denies passes over all", () => {
  const rule = (key: string, slot: number, targets: number[] | null, when: RuleSnapshot["when"] = null) => ({
    key,
    slot,
    when,
    targets,
    strategy: { type: "round_robin" },
  });
  const fake = thread();
  const withRules = (...rules: RuleSnapshot[]): void =>
    fake.apply([{ ...app({}), strategy: { type: "rules", rules } }]);
  withRules(rule("second", 50, [1]));
  oneSession(fake);
  assert.deepEqual([last(fake).rule, passedOver(last(fake))], ["second", ["other_rule", null, "other_rule"]]);
  withRules(rule("nobody", 51, null));
  fake.client();
  const denied = last(fake);
  assert.deepEqual([denied.rule, passedOver(denied)], ["nobody", ["denied", "denied", "denied"]]);
  assert.deepEqual([denied.closeReason, denied.closedBy, denied.attempts], ["denied", "proxy", []]);
});

Deno.test("sessions that came to no choice are remembered: over the limit", () => {
  const fake = thread({ policy: { maxConnections: 1 } });
  fake.relayed();
  fake.client();
  const trace = last(fake);
  assert.deepEqual([trace.closeReason, trace.closedBy, trace.candidates, trace.attempts], [
    "limit",
    "proxy",
    [],
    [],
  ]);
});

Deno.test("when nothing is left, every attempt is told", () => {
  const fake = thread({ targets: [target(1), target(2)] });
  fake.client();
  fake.engine.attempt.fail("refused");
  fake.engine.attempt.fail("unreachable");
  const trace = last(fake);
  assert.deepEqual([trace.closeReason, trace.attempts.map(({ error }) => error)], ["connect_failed", [
    "refused",
    "unreachable",
  ]]);
  assert.deepEqual(passedOver(trace), ["already_tried", "already_tried"]);
});

Deno.test("a record that is used again holds nothing of the session before", () => {
  const fake = thread({ policy: { maxConnections: 1 } });
  keepTraces(fake, 1);
  fake.client();
  fake.engine.attempt.fail("refused");
  fake.engine.attempt.open();
  fake.engine.relayed.move(5, 6);
  fake.engine.relayed.halfClose("target");
  fake.client();
  const limited = last(fake);
  assert.deepEqual(limited.attempts, []);
  assert.deepEqual(
    [limited.bytesIn, limited.bytesOut, limited.firstByteMs, limited.firstEnded, limited.candidates],
    [0, 0, null, null, []],
  );
  fake.engine.relayed.finish("done");
  assert.equal(last(fake).attempts.length, 2);
  assert.equal(latest(fake).length, 1);
});

Deno.test("an open session is told as it is now, while it connects and later; only by its id", () => {
  const fake = thread();
  fake.client();
  fake.clock.advance(3);
  const connecting = find(fake, "0-0");
  assert.deepEqual([connecting?.isOpen, connecting?.closeReason, connecting?.closedBy], [true, null, null]);
  assert.deepEqual(connecting?.attempts.map(({ address, result, ms }) => [address, result, ms]), [
    ["10.0.0.1:80", "under_way", 3],
  ]);
  fake.engine.attempt.open();
  fake.engine.relayed.move(4, 0);
  const open = find(fake, "0-0");
  assert.deepEqual([open?.attempts[0]?.result, open?.bytesIn], ["connected", 4]);
  assert.deepEqual(latest(fake), []);
  fake.engine.relayed.finish("done");
  assert.equal(find(fake, "0-0")?.isOpen, false);
  assert.equal(find(fake, "0-1"), undefined);
  assert.equal(find(fake, "1-0"), undefined);
});

Deno.test("the last ones by app, target, client and reason, newest first", () => {
  const fake = thread();
  fake.apply([app({ name: "other", slot: 2, ports: [5002], targets: [target(4)] })]);
  oneSession(fake);
  fake.client(5002, "198.51.100.1");
  fake.engine.attempt.open();
  fake.engine.relayed.finish("client_reset");
  fake.client();
  fake.engine.attempt.fail("refused");
  fake.engine.attempt.open();
  fake.engine.relayed.finish("done");
  const ids = (filter: Parameters<typeof latest>[1], limit?: number): string[] =>
    latest(fake, filter, limit).map(({ id }) => id);
  assert.deepEqual(ids({}), ["0-2", "0-1", "0-0"]);
  assert.deepEqual(ids({}, 1), ["0-2"]);
  assert.deepEqual(ids({ app: "other" }), ["0-1"]);
  assert.deepEqual(ids({ client: "203.0." }), ["0-2", "0-0"]);
  assert.deepEqual(ids({ reason: "client_abort" }), ["0-1"]);
  assert.deepEqual(ids({ target: "10.0.0.2:80" }), ["0-2"], "tried, and given up");
  assert.deepEqual(ids({ target: "10.0.0.1:80" }), ["0-0"]);
  assert.deepEqual(ids({ app: "web", target: "10.0.0.4:80" }), []);
});

Deno.test("a session keeps the app that it ran under, also when that is gone", () => {
  const fake = thread();
  fake.relayed();
  fake.apply([], ["web"]);
  fake.engine.relayed.finish("done");
  const trace = last(fake);
  assert.deepEqual([trace.app, trace.attempts[0]?.target], ["web", "10.0.0.1:80"]);
});

Deno.test("switched off, nothing is kept or found, not even what is open", () => {
  const fake = thread();
  keepTraces(fake, 0);
  fake.relayed();
  assert.deepEqual(ask(fake, { id: "0-0" }), { type: "why", number: 3, traces: [], kept: 0 });
  fake.engine.relayed.finish("done");
  assert.deepEqual(latest(fake), []);
});

Deno.test("of many targets those come first of which there is something to say", () => {
  const fake = thread({ targets: Array.from({ length: 130 }, (_, i) => target(i + 1)) });
  new TargetWords(fake.board).setHealth(100 + 129, Health.down);
  oneSession(fake);
  const { candidates, candidatesLeftOut } = last(fake);
  assert.deepEqual([candidates.length, candidatesLeftOut], [100, 30]);
  assert.deepEqual(candidates.slice(0, 2).map((one) => [one.isTaken, one.passedOver]), [[true, null], [
    false,
    "down",
  ]]);
});
