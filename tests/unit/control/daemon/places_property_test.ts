import fc from "fast-check";
import assert from "node:assert/strict";
import { Departures } from "../../../../src/control/daemon/departures.ts";
import { repairBoard } from "../../../../src/control/daemon/threads/repair_board.ts";
import { Slots } from "../../../../src/control/daemon/slots.ts";
import { Tables } from "../../../../src/control/daemon/tables/tables.ts";
import { Board, Counter, Shared } from "../../../../src/model/board.ts";
import type { AppSnapshot } from "../../../../src/model/snapshot.ts";
import { FakeClock } from "../../../kit/fake_clock.ts";
import type { FakeConnection } from "../../../kit/fake_connection.ts";
import { FakeMemory, TEST_SLOTS } from "../../../kit/fake_memory.ts";
import { FakeThread } from "../../../kit/fake_thread.ts";
import { endpoint, httpApp } from "../../../kit/http_snapshots.ts";
import { app, target } from "../../../kit/snapshots.ts";
import { answer, request } from "../../data/http/http_world.ts";

const THREADS = 2;
const PORTS = [5001, 5002, 5003];
const NAMES = ["one", "two", "three"];

/** An app of a config: which ports, in which mode, and whether another engine has it. */
interface Wanted {
  readonly ports: readonly number[];
  readonly mode: "tcp" | "http";
  readonly engine: "deno" | "epoll";
}

type Happening =
  | { readonly type: "client"; readonly thread: number; readonly port: number }
  | {
    readonly type: "open" | "fail" | "finish" | "request" | "answer" | "leave";
    readonly thread: number;
    readonly which: number;
  }
  | { readonly type: "advance"; readonly ms: number }
  | { readonly type: "roll_out"; readonly apps: Readonly<Record<string, Wanted>> }
  | { readonly type: "deliver"; readonly thread: number }
  | { readonly type: "crash"; readonly thread: number };

const thread = fc.nat(THREADS - 1);
const which = fc.nat(20);
/** Apps that come, go, swap names and ports, change their mode and their engine: each port has one owner. */
const apps = fc.tuple(
  fc.array(fc.option(fc.constantFrom(...NAMES)), { minLength: PORTS.length, maxLength: PORTS.length }),
  fc.array(
    fc.record({
      mode: fc.constantFrom<Wanted["mode"]>("tcp", "http", "http"),
      engine: fc.constantFrom<Wanted["engine"]>("deno", "deno", "deno", "epoll"),
    }),
    { minLength: NAMES.length, maxLength: NAMES.length },
  ),
).map(([owners, kinds]) =>
  Object.fromEntries(NAMES.flatMap((name, i) => {
    const ports = PORTS.filter((_, port) => owners[port] === name);
    const kind = kinds[i];
    return ports.length === 0 || kind === undefined ? [] : [[name, { ports, ...kind }]];
  }))
);
const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ type: fc.constant("client"), thread, port: fc.constantFrom(...PORTS) }),
  },
  {
    weight: 16,
    arbitrary: fc.record({
      type: fc.constantFrom("open", "open", "fail", "finish", "request", "request", "answer", "leave"),
      thread,
      which,
    }),
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constant("advance"), ms: fc.nat(8_000) }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant("roll_out"), apps }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant("deliver"), thread }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("crash"), thread }) },
);

/** One data thread: what was sent to it takes effect when it is delivered, and it dies when it crashes. */
class Seat {
  fake: FakeThread;
  /** Revision that it acknowledged last. */
  revision = 0;
  readonly clients: FakeConnection[] = [];
  readonly #sent: (() => void)[] = [];

  constructor(private readonly world: World) {
    this.fake = world.newThread();
  }

  send(revision: number, changed: readonly AppSnapshot[], removed: readonly string[]): void {
    this.#sent.push(() => {
      this.fake.apply(changed, removed);
      this.revision = revision;
    });
  }

  deliver(): void {
    for (const take of this.#sent.splice(0)) take();
  }

  crash(): void {
    const { memory, appSlots } = this.world;
    repairBoard(memory.board, this.fake.counters, appSlots);
    memory.totals.close(this.fake.counters);
    this.#sent.length = 0;
    this.clients.length = 0;
    this.fake = this.world.newThread();
    this.revision = 0;
    const { revision, current } = this.world;
    this.send(revision, [...current.values()].filter(({ engine }) => engine === "deno"), []);
  }
}

/** Control's books and two data threads without sockets. */
class World {
  readonly memory = new FakeMemory();
  readonly clock = new FakeClock();
  readonly slots = new Slots(this.memory.board, this.memory.totals);
  readonly departures = new Departures(this.clock, this.slots, new Tables(0), () => this.oldest);
  readonly seats: readonly Seat[];
  current: ReadonlyMap<string, AppSnapshot> = new Map();
  revision = 0;

  constructor() {
    this.seats = Array.from({ length: THREADS }, () => new Seat(this));
  }

  get oldest(): number {
    return Math.min(...this.seats.map((seat) => seat.revision));
  }

  get appSlots(): ReadonlySet<number> {
    return new Set([...this.current.values(), ...this.departures.apps].map(({ slot }) => slot));
  }

  newThread(): FakeThread {
    const { board, totals } = this.memory;
    // A clock of its own: a thread that is dead does nothing any more.
    return new FakeThread({ board, totals });
  }

  /** As the daemon does it, with the acknowledgements left to chance. */
  rollOut(wanted: Readonly<Record<string, Wanted>>): void {
    this.revision++;
    const used = new Set<string>();
    const slot = (name: string): number => {
      used.add(name);
      return this.slots.acquire(name);
    };
    const after = new Map(
      Object.entries(wanted).map(([name, { ports, mode, engine }]) => {
        const parts = {
          name,
          slot: slot(`app ${name}`),
          ports,
          policy: { maxConnections: 3, maxAttempts: 2 },
        };
        const targetSlot = slot(`target ${name}`);
        const made = mode === "tcp"
          ? app({ ...parts, targets: [target(1, { slot: targetSlot, maxConnections: 2 })] })
          : httpApp({ ...parts, targets: [endpoint(1, { slot: targetSlot, maxConnections: 2 })] });
        const listeners = made.listeners.map((one) => ({
          ...one,
          slot: slot(`listener ${name} ${one.key}`),
        }));
        return [name, { ...made, engine, listeners }] as const;
      }),
    );
    const removed = [...this.current.keys()].filter((name) => !after.has(name));
    for (const name of removed) this.departures.add(this.current.get(name)!);
    // What its sweep finds before the acknowledgements must not be forgotten.
    this.departures.sweepLater();
    this.clock.advance(1_000);
    this.current = after;
    for (const seat of this.seats) seat.send(this.revision, [...after.values()], removed);
    this.slots.releaseExcept(used, this.revision);
    this.departures.sweepLater();
  }

  advance(ms: number): void {
    this.clock.advance(ms);
    for (const { fake } of this.seats) fake.clock.advance(ms);
  }

  happen(what: Happening): void {
    if (what.type === "advance") return this.advance(what.ms);
    if (what.type === "roll_out") return this.rollOut(what.apps);
    const seat = this.seats[what.thread]!;
    if (what.type === "deliver" || what.type === "crash") return seat[what.type]();
    const { engine } = seat.fake;
    if (what.type === "client") {
      const socket = engine.listeners.find((one) => one.address.port === what.port);
      if (socket !== undefined) seat.clients.push(socket.client());
      return;
    }
    const chosen = what.which;
    const pick = <T>(all: readonly T[]): T | undefined => all[chosen % Math.max(1, all.length)];
    const attempts = engine.attempts.filter((attempt) => attempt.outcome === null);
    const clients = seat.clients.filter((client) => client.ended === null && client.handler !== null);
    switch (what.type) {
      case "open":
        seat.clients.push(...[pick(attempts)?.open()].flatMap((one) => one ?? []));
        return;
      case "fail":
        return pick(attempts)?.fail();
      case "finish":
        return pick(engine.relays.filter((relay) => relay.ended === null))?.finish("done");
      case "request":
        return pick(clients.filter(({ local }) => PORTS.includes(local.port)))?.send(request());
      case "answer":
        return pick(clients.filter(({ local }) => !PORTS.includes(local.port)))?.send(answer(200, "x"));
      case "leave":
        return pick(clients)?.fail();
    }
  }

  /** Everything is removed, told and over. */
  end(): void {
    this.rollOut({});
    for (const seat of this.seats) seat.deliver();
    for (let i = 0; i < 60; i++) this.advance(5_000);
  }

  assertEmpty(): void {
    const { board, totals } = this.memory;
    for (let slot = 0; slot < TEST_SLOTS; slot++) {
      assert.equal(
        Atomics.load(board.words, Board.word(slot, Shared.taken)),
        0,
        `places taken in slot ${slot}`,
      );
      assert.equal(totals.sum(slot, Counter.held), 0, `places held in slot ${slot}`);
      assert.equal(this.slots.isInUse(slot), false, `slot ${slot} is in use`);
    }
    assert.deepEqual([...this.departures.apps], []);
    for (const clock of [this.clock, ...this.seats.map(({ fake }) => fake.clock)]) {
      assert.equal(clock.pendingTimers, 0, "timers");
    }
  }
}

Deno.test("whatever happens to apps, ports, threads and sessions, all places are given back and all slots are freed", () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 100 }), apps, (all, first) => {
      const world = new World();
      world.rollOut(first);
      for (const seat of world.seats) seat.deliver();
      for (const what of all) world.happen(what);
      world.end();
      world.assertEmpty();
    }),
    { numRuns: 150 },
  );
});
