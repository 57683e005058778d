import fc from "fast-check";
import assert from "node:assert/strict";
import type { NetErrorCode } from "../../../src/base/errors.ts";
import type { RelayEnd } from "../../../src/engine/engine.ts";
import { Header } from "../../../src/model/board.ts";
import { CLOSE_REASONS } from "../../../src/model/close_reason.ts";
import type { AppSnapshot } from "../../../src/model/snapshot.ts";
import { Health, TargetWords } from "../../../src/model/target_words.ts";
import { FakeMemory } from "../../kit/fake_memory.ts";
import { FakeThread } from "../../kit/fake_thread.ts";
import { app, target } from "../../kit/snapshots.ts";

/** Anything that can happen to a data thread; numbers choose among what is there at that time. */
type Happening =
  | { readonly type: "client"; readonly port: number }
  | { readonly type: "open"; readonly which: number }
  | { readonly type: "fail"; readonly which: number; readonly code: NetErrorCode }
  | { readonly type: "move" | "half_close"; readonly which: number }
  | { readonly type: "finish"; readonly which: number; readonly end: RelayEnd }
  | { readonly type: "advance"; readonly ms: number }
  | { readonly type: "health"; readonly target: number; readonly value: number }
  | { readonly type: "cap"; readonly max: number }
  | { readonly type: "apply"; readonly config: number }
  | { readonly type: "remove"; readonly app: string };

const LIMITS = { maxConnections: 3, idleTimeoutMs: 30_000, connectTimeoutMs: 2_000, drainTimeoutMs: 5_000 };
const LASTING = { maxConnectionDurationMs: 40_000, maxAttempts: 5 };

/** What may be configured; the slots of a name stay the same. */
const CONFIGS: readonly (readonly AppSnapshot[])[] = [
  [app({ name: "a", slot: 1, ports: [5001, 5002], policy: LIMITS })],
  [app({ name: "a", slot: 1, ports: [5001], targets: [target(2, { maxConnections: 1 })], policy: LIMITS })],
  [app({
    name: "b",
    slot: 2,
    ports: [5003],
    targets: [target(4), target(5, { backup: true })],
    policy: LASTING,
  })],
  [
    app({ name: "a", slot: 1, ports: [5001], policy: LASTING }),
    app({ name: "b", slot: 2, ports: [5002, 5003], targets: [target(4, { weight: 5 }), target(6)] }),
  ],
];

const which = fc.nat(50);
const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ type: fc.constant("client"), port: fc.constantFrom(5001, 5002, 5003) }),
  },
  { weight: 5, arbitrary: fc.record({ type: fc.constant("open"), which }) },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant("fail"),
      which,
      code: fc.constantFrom<NetErrorCode>(
        "refused",
        "unreachable",
        "timed_out",
        "exhausted",
        "denied",
        "other",
      ),
    }),
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constantFrom("move", "half_close"), which }) },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant("finish"),
      which,
      end: fc.constantFrom<RelayEnd>("done", "client_reset", "target_reset"),
    }),
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constant("advance"), ms: fc.nat(15_000) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant("health"),
      target: fc.integer({ min: 1, max: 6 }),
      value: fc.nat(3),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("cap"), max: fc.nat(6) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("apply"), config: fc.nat(CONFIGS.length - 1) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("remove"), app: fc.constantFrom("a", "b") }) },
);

function happen(fake: FakeThread, what: Happening): number {
  const attempts = fake.engine.attempts.filter((attempt) => attempt.outcome === null);
  const relays = fake.engine.relays.filter((relay) => relay.ended === null);
  switch (what.type) {
    case "client": {
      const socket = fake.engine.listeners.find((one) => one.address.port === what.port);
      socket?.client();
      return socket === undefined ? 0 : 1;
    }
    case "open":
      attempts[what.which % attempts.length]?.open();
      return 0;
    case "fail":
      attempts[what.which % attempts.length]?.fail(what.code);
      return 0;
    case "move":
      relays[what.which % relays.length]?.move(1, 2);
      return 0;
    case "half_close":
      relays[what.which % relays.length]?.halfClose("client");
      return 0;
    case "finish":
      relays[what.which % relays.length]?.finish(what.end);
      return 0;
    case "advance":
      fake.clock.advance(what.ms);
      return 0;
    case "health":
      setHealth(new TargetWords(fake.board), 100 + what.target, what.value);
      return 0;
    case "cap":
      Atomics.store(fake.board.words, Header.maxConnections, what.max);
      return 0;
    case "apply":
      fake.apply(CONFIGS[what.config] ?? []);
      return 0;
    case "remove":
      fake.apply([], [what.app]);
      return 0;
  }
}

Deno.test("whatever happens, every client ends once, with one record and one reason, and is counted back", () => {
  const memory = new FakeMemory();
  const { board } = memory;
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 120 }), fc.constantFrom("drain", "retire"), (all, end) => {
      memory.reset();
      const fake = new FakeThread(memory);
      fake.apply(CONFIGS[0] ?? []);
      let clients = 0;
      for (const what of all) clients += happen(fake, what);
      Atomics.store(board.words, Header.maxConnections, 0);
      fake.thread.handle({ type: end });
      // Longer than every time-out of every config.
      for (let i = 0; i < 30; i++) fake.clock.advance(10_000);

      assert.equal(fake.reported("stopped").length, 1);
      const records = fake.records();
      assert.equal(records.length, clients, "records");
      assert.equal(new Set(records.map((record) => record.id)).size, clients, "ids");
      assert.equal(fake.sum(1, "connections") + fake.sum(2, "connections"), clients, "connections");
      for (const slot of [1, 2]) {
        assert.equal(fake.ended(slot), fake.sum(slot, "connections"), `reasons of app ${slot}`);
        assert.equal(fake.took(slot, "connection"), fake.ended(slot), `durations of app ${slot}`);
      }
      const connected = [1, 2, 3, 4, 5, 6].reduce((sum, n) => sum + fake.sum(100 + n, "connections"), 0);
      assert.equal(fake.took(1, "connect") + fake.took(2, "connect"), connected, "connect times");
      const answered = records.filter((record) => record.first_byte_ms !== null).length;
      assert.equal(fake.took(1, "firstByte") + fake.took(2, "firstByte"), answered, "times of first bytes");
      for (const record of records) {
        assert.ok(CLOSE_REASONS.some((reason) => reason === record.close_reason));
        assert.equal(record.target === null, record.connect_ms === null);
      }
      for (const n of [1, 2, 3, 4, 5, 6]) {
        const [attempts, failures, taken] = ["connectAttempts", "connectFailures", "connections"] as const;
        assert.ok(fake.sum(100 + n, attempts) >= fake.sum(100 + n, failures) + fake.sum(100 + n, taken));
      }
      fake.assertAllGone();
    }),
    { numRuns: 150 },
  );
});

function setHealth(words: TargetWords, slot: number, value: number): void {
  words.restore(slot, Health.unknown);
  if (value === Health.ejected) words.eject(slot);
  else words.setHealth(slot, value as typeof Health.up);
}
