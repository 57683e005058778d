import assert from "node:assert/strict";
import { Logger } from "../../../../src/base/log.ts";
import { type Random, seededRandom } from "../../../../src/base/random.ts";
import { FrontError, type FrontReplicas } from "../../../../src/region/fronts/driver.ts";
import { Fronts } from "../../../../src/region/fronts/fronts.ts";
import { ControlPlane } from "../../../../src/region/leader/control_plane.ts";
import { makeAppDocument } from "../../../../src/region/model/app_document.ts";
import type { AssignedApp, AssignmentDocument } from "../../../../src/region/model/documents.ts";
import { RENEWAL_MS } from "../../../../src/region/model/times.ts";
import { FrontUses } from "../../../../src/region/node/front_uses.ts";
import { ReadyReplicas } from "../../../../src/region/node/ready_replicas.ts";
import type { RegionBuckets } from "../../../../src/region/store/region_store.ts";
import { FakeClock } from "../../../kit/fake_clock.ts";
import { FakeProcess, FakeServers } from "../../../kit/fake_region_store.ts";
import { say } from "../../../kit/programs.ts";

/**
 * Control over a store in memory, with programs that crash, freeze and come back, and messages that take their time: all of
 * it follows from a seed, which a failure prints (`FPROXY_TEST_SEED`).
 */

const IS_FULL = Deno.env.get("FPROXY_TEST_FULL") === "1";
const SEED = Number(Deno.env.get("FPROXY_TEST_SEED") ?? 1);
const RUNS = IS_FULL ? 10_000 : 40;
const NODES = 5;
const APPS = ["a", "b", "c"];
const REPLICAS = 3;
/** Simulated time in which things happen, and in which all comes to rest afterwards. */
const TROUBLE_MS = 60_000;
const REST_MS = 90_000;
const STEP_MS = 5;
/** After a node died control knows it, and what it says of itself when it is back. */
const NOTICED_MS = 15_000;

/** A node as control sees one, and what it really does. */
class SimulatedNode {
  process: FakeProcess;
  carried: Readonly<Record<string, AssignedApp>> = {};
  /** Apps that really serve, at their revision. */
  readonly serving = new Map<string, number>();

  constructor(private readonly world: World, readonly name: string, private readonly zone: string) {
    this.process = new FakeProcess(world.clock);
    this.start();
  }

  start(): void {
    const process = this.process = new FakeProcess(this.world.clock);
    const store = this.world.servers.seenBy(process);
    const run = `${this.name} of ${this.world.clock.now()}`;
    const renew = (): void => {
      void store.nodes.put(this.name, {
        format: 1,
        run,
        epoch: 0,
        address: this.name,
        zone: this.zone,
        labels: {},
        capacity: { apps: 100, connections: 100 },
        port_range: { first: 20_000, last: 20_099 },
      });
      process.timer(RENEWAL_MS, renew);
    };
    renew();
    let newest = 0;
    void store.assignments.watch(
      ({ value, revision }) => {
        newest = revision;
        // One that was overtaken is not carried out.
        process.timer(this.world.random() * 100, () => {
          if (value !== null && newest === revision) this.#carry(value, store, process, run);
        });
      },
      () => {},
      this.name,
    );
  }

  kill(): void {
    this.process.kill();
    this.carried = {};
    this.serving.clear();
  }

  #carry({ apps }: AssignmentDocument, store: RegionBuckets, process: FakeProcess, run: string): void {
    for (const app of Object.keys(this.carried)) if (apps[app] === undefined) this.serving.delete(app);
    const before = this.carried;
    this.carried = apps;
    for (const [app, { revision, turn }] of Object.entries(apps)) {
      if (before[app]?.turn === turn) continue;
      this.serving.delete(app);
      process.timer(this.world.random() * 2_000, () => {
        if (this.carried[app]?.turn !== turn) return;
        const isBad = this.world.badRevisions.has(`${app}@${revision}`);
        if (!isBad) this.serving.set(app, revision);
        void store.states.put(`${this.name}/${app}`, {
          format: 1,
          run,
          revision,
          turn,
          state: isBad ? "invalid" : "ready",
          reason: isBad ? "it is bad" : "",
        });
      });
    }
  }
}

/** A front, which uses what it says. */
class SimulatedFront {
  uses: Readonly<Record<string, readonly string[]>> = {};
  #isBusy = false;
  #isStale = false;

  constructor(world: World, name: string) {
    const process = new FakeProcess(world.clock);
    const store = world.servers.seenBy(process);
    const own = new FrontUses(name, store);
    const replicas = new ReadyReplicas(process, () => void follow());
    const follow = async (): Promise<void> => {
      this.#isStale = true;
      if (this.#isBusy) return;
      this.#isBusy = true;
      while (this.#isStale) {
        this.#isStale = false;
        const found = Object.fromEntries(APPS.map((app) => [app, replicas.of(app).map(({ node }) => node)]));
        const uses = await own.claim(found);
        // A rollout takes its time, too.
        await new Promise<void>((resolve) => process.timer(world.random() * 100, resolve));
        this.uses = uses;
        await own.areInForce(uses);
      }
      this.#isBusy = false;
    };
    const renew = (): void => {
      replicas.heard(true);
      void own.renew();
      void follow();
      process.timer(RENEWAL_MS, renew);
    };
    void replicas.follow(store).then(renew);
  }
}

/** A front that somebody else wrote, told by an agent: it takes its time, and now and then it fails half-way. */
class DrivenFront {
  uses: Readonly<Record<string, readonly string[]>> = {};

  constructor(world: World, name: string) {
    const process = new FakeProcess(world.clock);
    const driver = {
      apply: async (replicas: FrontReplicas): Promise<number> => {
        const told = new Map([...replicas].map(([app, all]) => [app, all.map(({ node }) => node)] as const));
        const both = (app: string): string[] => [...new Set([...this.uses[app] ?? [], ...told.get(app)!])];
        this.uses = Object.fromEntries(APPS.map((app) => [app, both(app)]));
        await new Promise<void>((resolve) => process.timer(world.random() * 100, resolve));
        if (world.random() < 0.2) throw new FrontError("it is broken");
        this.uses = Object.fromEntries(told);
        return 0;
      },
    };
    const front = { name: "fake", apps: APPS, weight: "equal", checkMs: 5_000, driver } as const;
    const log = new Logger({ level: "error", parts: {}, clock: world.clock, write: () => {} });
    const store = world.servers.seenBy(process);
    void new Fronts({ store, name, fronts: [front], clock: process, log }).run();
  }
}

/** A region, and what goes wrong in it. */
class World {
  readonly clock = new FakeClock();
  readonly random: Random;
  readonly servers: FakeServers;
  readonly nodes: SimulatedNode[];
  readonly fronts: readonly Pick<SimulatedFront, "uses">[];
  readonly badRevisions = new Set<string>();
  readonly violations: string[] = [];
  readonly wanted = new Map<string, number>();
  #controls: FakeProcess[] = [];
  #epochs = new Map<string, number>();
  #lastCrash = -Infinity;

  constructor(seed: number, fronts: readonly string[] = ["f1", "f2"], driven: readonly string[] = ["d1"]) {
    this.random = seededRandom(seed);
    const network = { clock: this.clock, random: this.random, mostDelayMs: 30 };
    this.servers = new FakeServers(network, (bucket, name, value) => {
      if (bucket === "assignments") this.#onAssignment(name, value as AssignmentDocument);
    });
    this.nodes = Array.from({ length: NODES }, (_, at) => new SimulatedNode(this, `n${at}`, `z${at % 3}`));
    this.fronts = [
      ...fronts.map((name) => new SimulatedFront(this, name)),
      ...driven.map((name) => new DrivenFront(this, name)),
    ];
    for (const name of ["c1", "c2", "c3"]) this.#startControl(name);
    for (const app of APPS) this.#apply(app, false);
  }

  /** Lets time pass. */
  async run(ms: number, trouble: boolean): Promise<void> {
    const end = this.clock.now() + ms;
    let next = this.clock.now() + this.random() * 3_000;
    while (this.clock.now() < end) {
      this.clock.advance(STEP_MS);
      // All that follows at once is done before time goes on.
      await new Promise((resolve) => setImmediate(resolve));
      if (!trouble || this.clock.now() < next) continue;
      next = this.clock.now() + this.random() * 6_000;
      this.#happen();
    }
  }

  /** What is not as it should be at rest. */
  unrest(): string[] {
    const rollouts = this.servers.buckets.rollouts.values;
    return APPS.flatMap((app) => {
      const record = rollouts.get(app)?.value as { leg: string; to: number; from: number | null } | undefined;
      const wanted = this.wanted.get(app)!;
      const isBad = this.badRevisions.has(`${app}@${wanted}`);
      const serving = this.nodes.filter((node) => node.serving.has(app)).map(({ name }) => name);
      const told = [`${app}: ${serving.length} serve, leg ${record?.leg}`];
      if (record?.to !== wanted) return [`${app}: the newest revision is not rolled out`, ...told];
      // One that was late, since a node died meanwhile, is taken back as well.
      const isRight = record.leg === "rolled_back" ||
        record.leg === "done" && (!isBad || record.from === null);
      if (!isRight) return told;
      if (serving.length !== REPLICAS) return told;
      const used = this.fronts.map(({ uses }) => (uses[app] ?? []).join());
      return used.every((one) => one === serving.join())
        ? []
        : [`${app}: ${serving.join()} serve, fronts use ${used.join(" and ")}`];
    });
  }

  #happen(): void {
    const chance = this.random();
    const node = this.nodes[Math.floor(this.random() * NODES)]!;
    const control = Math.floor(this.random() * this.#controls.length);
    if (chance < 0.15) {
      if (node.process.isDead) return;
      this.#lastCrash = this.clock.now();
      node.kill();
      this.clock.timer(this.random() * 20_000, () => node.start());
    } else if (chance < 0.35) {
      const frozen = this.#controls[control]!;
      frozen.freeze();
      this.clock.timer(this.random() * 25_000, () => frozen.wake());
    } else if (chance < 0.5) {
      this.#controls[control]!.kill();
      this.#controls.splice(control, 1);
      this.#startControl(`c${this.clock.now()}`);
    } else {
      const app = APPS[Math.floor(this.random() * APPS.length)]!;
      this.#apply(app, this.random() < 0.3);
    }
  }

  #apply(app: string, isBad: boolean): void {
    const document = makeAppDocument(
      { name: app, ports: [0], targets: ["127.0.0.1:1"] },
      { placement: { replicas: REPLICAS }, rollout: { bake: "1s", ready_timeout: "10s" } },
      "ann",
    );
    const revision = this.servers.buckets.apps.put(app, document);
    this.wanted.set(app, revision);
    // The first one runs everywhere at once.
    if (isBad) this.badRevisions.add(`${app}@${revision}`);
  }

  #startControl(id: string): void {
    const process = new FakeProcess(this.clock);
    const log = new Logger({ level: "error", parts: {}, clock: this.clock, write: () => {} });
    const plane = new ControlPlane({ store: this.servers.seenBy(process), clock: process, log, id });
    this.#controls.push(process);
    void plane.run();
  }

  /** Just before control's write is there: what holds always. */
  #onAssignment(name: string, { epoch, apps }: AssignmentDocument): void {
    const at = `at ${this.clock.now()} ms, node ${name}`;
    if (epoch < (this.#epochs.get(name) ?? 0)) this.violations.push(`${at}: a former leader wrote`);
    this.#epochs.set(name, epoch);
    const node = this.nodes.find((one) => one.name === name)!;
    const before = (this.servers.buckets.assignments.get(name)?.value as AssignmentDocument | null)?.apps ??
      {};
    for (const [app, assigned] of Object.entries(before)) {
      const isTouched = apps[app] === undefined || apps[app].revision !== assigned.revision;
      if (!isTouched || node.process.isDead || !node.serving.has(app)) continue;
      // Who was silent for too long, since it had died, is not waited for.
      if (this.clock.now() - this.#lastCrash < 2 * TROUBLE_MS && this.#wasMissed(name)) continue;
      const user = this.fronts.find(({ uses }) => uses[app]?.includes(name) === true);
      const others = this.nodes.filter((one) => one !== node && one.serving.has(app)).length;
      if (user !== undefined && others > 0) {
        this.violations.push(`${at}: ${app} is withdrawn, and a front uses it`);
      }
      // What has just died still counts as serving for control.
      const isKnown = this.clock.now() - this.#lastCrash > NOTICED_MS;
      if (others === 0 && isKnown) this.violations.push(`${at}: ${app} loses the last that serves`);
    }
  }

  /** Whether the node was gone for control, and may still be. */
  #wasMissed(name: string): boolean {
    return this.servers.buckets.nodes.get(name) === null;
  }
}

Deno.test(`region: control under crashes, freezes and delays, ${RUNS} seeds from ${SEED} on`, async () => {
  for (let seed = SEED; seed < SEED + RUNS; seed++) {
    const world = new World(seed);
    await world.run(10_000, false);
    await world.run(TROUBLE_MS, true);
    await world.run(REST_MS, false);
    assert.deepEqual(world.violations, [], `FPROXY_TEST_SEED=${seed}`);
    assert.deepEqual(world.unrest(), [], `FPROXY_TEST_SEED=${seed}`);
  }
  say(`${RUNS} runs of ${(10_000 + TROUBLE_MS + REST_MS) / 1_000} simulated seconds`);
});

Deno.test("region: an app that is deleted goes, though no front is there to say anything", async () => {
  for (let seed = SEED; seed < SEED + 20; seed++) {
    const world = new World(seed, [], []);
    await world.run(20_000, false);
    const carrying = (): string[] =>
      [...world.servers.buckets.assignments.values.values()]
        .flatMap(({ name, value }) => "a" in (value as AssignmentDocument).apps ? [name] : []);
    assert.equal(carrying().length, REPLICAS);
    world.servers.buckets.apps.put("a", null);
    await world.run(3_000, false);
    assert.deepEqual(carrying(), [], `FPROXY_TEST_SEED=${seed}`);
  }
});
