import assert from "node:assert/strict";
import { Logger } from "../../../../src/base/log.ts";
import { seededRandom } from "../../../../src/base/random.ts";
import { ControlPlane } from "../../../../src/region/leader/control_plane.ts";
import { makeAppDocument } from "../../../../src/region/model/app_document.ts";
import type { AssignmentDocument, OverrideDocument } from "../../../../src/region/model/documents.ts";
import { RENEWAL_MS } from "../../../../src/region/model/times.ts";
import type { NodeProvider } from "../../../../src/region/providers/provider.ts";
import { FakeClock } from "../../../kit/fake_clock.ts";
import { FakeProcess, FakeServers } from "../../../kit/fake_region_store.ts";

const STEP_MS = 10;
const CAPACITY = 4;

const SETTINGS = {
  name_prefix: "auto-",
  min_nodes: 1,
  max_nodes: 4,
  out_at: 0.8,
  in_at: 0.5,
  cool_down: 20_000,
  join_timeout: 60_000,
};

/** Controls over a store in memory, and a provider whose machines come after a while. */
class World implements NodeProvider {
  readonly clock = new FakeClock();
  readonly servers: FakeServers;
  readonly nodes = new Map<string, FakeProcess>();
  /** What the provider was asked for, with all that was asked twice. */
  readonly asked: string[] = [];
  readonly events: string[] = [];
  isFailing = false;
  comesAfterMs = 2_000;

  constructor() {
    this.servers = new FakeServers({ clock: this.clock, random: seededRandom(1), mostDelayMs: 20 });
  }

  add(name: string): Promise<void> {
    this.asked.push(`add ${name}`);
    if (this.isFailing) return Promise.reject(new Error("no machines left"));
    this.clock.timer(this.comesAfterMs, () => this.startNode(name));
    return Promise.resolve();
  }

  remove(name: string): Promise<void> {
    this.asked.push(`remove ${name}`);
    this.nodes.get(name)?.kill();
    this.nodes.delete(name);
    return Promise.resolve();
  }

  /** A node that does at once what it is told. */
  startNode(name: string): void {
    if (this.nodes.has(name)) return;
    const process = new FakeProcess(this.clock);
    this.nodes.set(name, process);
    const store = this.servers.seenBy(process);
    const renew = (): void => {
      void store.nodes.put(name, {
        format: 1,
        run: name,
        epoch: 0,
        address: name,
        zone: "a",
        labels: {},
        capacity: { apps: CAPACITY, connections: 1_000 },
        port_range: { first: 20_000, last: 20_099 },
      });
      process.timer(RENEWAL_MS, renew);
    };
    renew();
    void store.assignments.watch(
      ({ value }) => {
        for (const [app, { revision, turn }] of Object.entries(value?.apps ?? {})) {
          const ready = { format: 1, run: name, revision, turn, state: "ready", reason: "" } as const;
          void store.states.put(`${name}/${app}`, ready);
        }
      },
      () => {},
      name,
    );
  }

  control(id: string): FakeProcess {
    const process = new FakeProcess(this.clock);
    const log = new Logger({
      level: "info",
      parts: {},
      clock: this.clock,
      write: ({ event, fields }) =>
        this.events.push(`${id} ${event} ${fields["node"] ?? fields["error"] ?? ""}`.trim()),
    });
    const store = this.servers.seenBy(process);
    const provision = { type: "fake", provider: this, settings: SETTINGS };
    void new ControlPlane({ store, clock: process, log, id, provision }).run();
    return process;
  }

  apps(count: number): void {
    for (let number = 1; number <= 12; number++) {
      const name = `app-${number}`;
      const { values } = this.servers.buckets.apps;
      const isThere = (values.get(name)?.value ?? null) !== null;
      if (number > count && isThere) this.servers.buckets.apps.put(name, null);
      if (number > count || isThere) continue;
      const app = { name, ports: [0], targets: ["127.0.0.1:1"] };
      this.servers.buckets.apps.put(name, makeAppDocument(app, { placement: { replicas: 1 } }, "ann"));
    }
  }

  async run(ms: number): Promise<void> {
    const end = this.clock.now() + ms;
    while (this.clock.now() < end) {
      this.clock.advance(STEP_MS);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Until it is so. */
  async until(name: string, isSo: () => boolean, mostMs = 120_000): Promise<void> {
    const end = this.clock.now() + mostMs;
    while (!isSo()) {
      if (this.clock.now() > end) {
        assert.fail(`waited in vain for ${name}: ${this.events.slice(-20).join("; ")}`);
      }
      await this.run(100);
    }
  }

  /** How many apps a node has to carry. */
  carried(name: string): number {
    const stored = this.servers.buckets.assignments.get(name)?.value as AssignmentDocument | undefined;
    return Object.keys(stored?.apps ?? {}).length;
  }

  get provided(): string[] {
    const { values } = this.servers.buckets.provided;
    return [...values.values()].filter(({ value }) => value !== null).map(({ name }) => name);
  }

  overrideOf(name: string): OverrideDocument | null {
    return (this.servers.buckets.overrides.get(name)?.value ?? null) as OverrideDocument | null;
  }
}

Deno.test("provision: apps that do not fit bring nodes, one after another, which go when they are gone", async () => {
  const world = new World();
  world.startNode("n1");
  world.control("c1");
  world.apps(9);
  await world.until(
    "all apps to be placed",
    () => ["n1", "auto-1", "auto-2"].reduce((sum, name) => sum + world.carried(name), 0) === 9,
  );
  assert.deepEqual(world.asked, ["add auto-1", "add auto-2"]);
  await world.run(60_000);
  assert.deepEqual(world.provided, ["auto-1", "auto-2"]);
  world.apps(1);
  await world.until("both to be given back", () => world.provided.length === 0, 300_000);
  assert.deepEqual(world.asked.slice(2).toSorted(), ["remove auto-1", "remove auto-2"]);
  assert.equal(world.carried("n1"), 1);
  assert.deepEqual([world.overrideOf("auto-1"), world.overrideOf("auto-2")], [null, null]);
  // The names are free again.
  world.apps(5);
  await world.until("one more", () => world.asked.length === 5);
  assert.equal(world.asked[4], "add auto-1");
});

Deno.test("provision: a leader that follows asks for no second node, and ends what the former one began", async () => {
  const world = new World();
  world.comesAfterMs = 40_000;
  world.startNode("n1");
  const first = world.control("c1");
  world.apps(5);
  await world.until("the first to be asked for", () => world.asked.length === 1);
  first.kill();
  const second = world.control("c2");
  await world.until("it to carry something", () => world.carried("auto-1") > 0);
  // It cannot know how far the former one had come.
  assert.deepEqual(world.asked, ["add auto-1", "add auto-1"]);
  world.apps(1);
  await world.until("it to be drained", () => world.overrideOf("auto-1") !== null);
  assert.deepEqual(world.overrideOf("auto-1"), { format: 1, standing: "draining", by: "provider" });
  second.kill();
  world.control("c3");
  await world.until("it to be given back", () => world.provided.length === 0);
  assert.deepEqual(world.asked.slice(2), ["remove auto-1"]);
});

Deno.test("provision: what fails is tried again, less and less often; what does not come is given up", async () => {
  const world = new World();
  world.isFailing = true;
  world.startNode("n1");
  world.control("c1");
  world.apps(5);
  await world.until("some trials", () => world.asked.length === 3);
  assert.ok(world.events.includes("c1 region_provider_failed no machines left"));
  world.isFailing = false;
  world.comesAfterMs = Infinity;
  await world.until("it to be given up", () => world.asked.includes("remove auto-1"), 400_000);
  world.comesAfterMs = 1_000;
  await world.until("all apps to be placed", () => world.carried("auto-1") > 0, 400_000);
});

Deno.test("provision: a node that was made and dies is replaced; one that nobody made is never taken away", async () => {
  const world = new World();
  world.startNode("n1");
  world.startNode("n2");
  world.startNode("n3");
  world.control("c1");
  world.apps(1);
  await world.run(120_000);
  assert.deepEqual(world.asked, []);
  world.apps(12);
  await world.until("one to be asked for", () => world.nodes.has("auto-1"));
  world.nodes.get("auto-1")!.kill();
  world.nodes.delete("auto-1");
  await world.until("it to be given up", () => world.asked.includes("remove auto-1"));
  await world.until("another one", () => world.nodes.has("auto-1"));
  assert.deepEqual(world.asked, ["add auto-1", "remove auto-1", "add auto-1"]);
});
