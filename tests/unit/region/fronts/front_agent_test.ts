import assert from "node:assert/strict";
import { Logger } from "../../../../src/base/log.ts";
import { type FrontDriver, FrontError, type FrontReplicas } from "../../../../src/region/fronts/driver.ts";
import { FrontAgent } from "../../../../src/region/fronts/front_agent.ts";
import type { FrontDocument } from "../../../../src/region/model/documents.ts";
import type { RegionBuckets } from "../../../../src/region/store/region_store.ts";
import { StoreError } from "../../../../src/region/store/store_error.ts";
import { FakeClock } from "../../../kit/fake_clock.ts";

const CHECK_MS = 1_000;

/** A front with everything around it, and in the order in which it happened what was said and done. */
class World implements FrontDriver {
  readonly clock = new FakeClock();
  readonly events: string[] = [];
  readonly logged: string[] = [];
  nodes: string[] = ["n1", "n2"];
  goneMs = 0;
  failure: string | null = null;
  isStoreDown = false;
  /** What a former run said. */
  former: FrontDocument | null = null;
  /** Resolves when the driver may go on. */
  gate: Promise<void> = Promise.resolve();
  readonly agent: FrontAgent;

  constructor() {
    const log = new Logger({
      level: "info",
      parts: {},
      clock: this.clock,
      write: ({ event }) => void this.logged.push(event),
    });
    this.agent = new FrontAgent({
      name: "edge/fake",
      front: { name: "fake", apps: ["web"], weight: "equal", checkMs: CHECK_MS, driver: this },
      store: this.#store(),
      replicas: {
        of: () => this.nodes.map((node) => ({ node, address: "10.0.0.1", port: 80, zone: "" })),
        connectionsOf: () => 0,
      },
      clock: this.clock,
      log,
    });
  }

  async apply(replicas: FrontReplicas): Promise<number> {
    const told = replicas.get("web")!.map(({ node }) => node).join(" ");
    await this.gate;
    if (this.failure !== null) throw new FrontError(this.failure);
    this.events.push(`told ${told}`);
    return this.goneMs;
  }

  async start(): Promise<string[]> {
    await this.agent.begin();
    this.agent.start();
    return await this.rest();
  }

  /** Replicas are others now. */
  async change(...nodes: string[]): Promise<string[]> {
    this.nodes = nodes;
    this.agent.look();
    return await this.rest();
  }

  /** Lets everything happen that can, and says what has since the last time. */
  async rest(passMs = 0): Promise<string[]> {
    this.clock.advance(passMs);
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    return this.events.splice(0);
  }

  #store(): Pick<RegionBuckets, "fronts" | "assignments"> {
    const answer = <T>(value: T): Promise<T> =>
      this.isStoreDown
        ? Promise.reject(new StoreError("store_unreachable", "no answer"))
        : Promise.resolve(value);
    const web = { revision: 1, turn: 1, ports: [80] };
    const stored = { name: "", problem: null, revision: 1, at: new Date(0) };
    return {
      fronts: {
        get: () => answer(this.former === null ? null : { ...stored, value: this.former }),
        put: (_name: string, { uses }: FrontDocument) => {
          if (!this.isStoreDown) this.events.push(`uses ${(uses["web"] ?? []).join(" ")}`);
          return answer(1);
        },
      },
      assignments: {
        get: () => answer({ ...stored, value: { format: 1, epoch: 1, apps: { web } } }),
      },
    } as unknown as Pick<RegionBuckets, "fronts" | "assignments">;
  }
}

Deno.test("fronts: what comes is said before the driver is told, what goes after it has done it", async () => {
  const world = new World();
  assert.deepEqual(await world.start(), ["uses ", "uses n1 n2", "told n1 n2"]);
  assert.deepEqual(await world.change("n2", "n3"), ["uses n1 n2 n3", "told n2 n3", "uses n2 n3"]);
  // Nothing new, nothing done; but what the front has is compared now and then.
  assert.deepEqual(await world.change("n2", "n3"), []);
  assert.deepEqual(await world.rest(CHECK_MS), ["told n2 n3"]);
  assert.deepEqual(world.logged, ["front_applied", "front_applied"]);
  await world.agent.close();
});

Deno.test("fronts: as long as the driver fails, what it had and what it may have got stay in use", async () => {
  const world = new World();
  await world.start();
  world.failure = "it is broken";
  assert.deepEqual(await world.change("n2", "n3"), ["uses n1 n2 n3"]);
  await world.agent.renew();
  assert.deepEqual(await world.rest(10_000), ["uses n1 n2 n3"]);
  assert.deepEqual(await world.change("n3"), []);
  assert.deepEqual(world.logged, ["front_applied", "front_failed"]);
  world.failure = null;
  assert.deepEqual(await world.rest(10_000), ["told n3", "uses n3"]);
  assert.deepEqual(world.logged, ["front_applied", "front_failed", "front_applied", "front_recovered"]);
  await world.agent.close();
});

Deno.test("fronts: what resolvers still know is in use, and what comes meanwhile does not wait", async () => {
  const world = new World();
  await world.start();
  world.goneMs = 30_000;
  assert.deepEqual(await world.change("n2"), ["told n2"]);
  world.clock.advance(500);
  assert.deepEqual(await world.change("n2", "n3"), ["uses n1 n2 n3", "told n2 n3"]);
  world.clock.advance(29_000);
  await world.rest();
  assert.deepEqual((await world.rest(500)).filter((event) => event.startsWith("uses")), ["uses n2 n3"]);
  await world.agent.close();
});

Deno.test("fronts: without the store nothing new is used, and what there is is kept up", async () => {
  const world = new World();
  await world.start();
  world.isStoreDown = true;
  assert.deepEqual(await world.change("n2", "n3"), []);
  assert.deepEqual(await world.rest(CHECK_MS), ["told n1 n2"]);
  world.isStoreDown = false;
  assert.deepEqual(await world.change("n2", "n3"), ["uses n1 n2 n3", "told n2 n3", "uses n2 n3"]);
  await world.agent.close();
});

Deno.test("fronts: what a former run used is in use until the driver is told anew", async () => {
  const world = new World();
  world.former = { format: 1, uses: { web: ["n0", "n1"] } };
  world.failure = "not there yet";
  assert.deepEqual(await world.start(), ["uses n0 n1", "uses n0 n1 n2"]);
  world.failure = null;
  assert.deepEqual(await world.rest(10_000), ["told n1 n2", "uses n1 n2"]);
  await world.agent.close();
});

Deno.test("fronts: who ends lets the driver finish, and leaves its lease to whoever comes next", async () => {
  const world = new World();
  await world.start();
  const gate = Promise.withResolvers<void>();
  world.gate = gate.promise;
  assert.deepEqual(await world.change("n3"), ["uses n1 n2 n3"]);
  let isClosed = false;
  const closing = world.agent.close().then(() => isClosed = true);
  await world.rest();
  assert.equal(isClosed, false);
  gate.resolve();
  await closing;
  assert.deepEqual(await world.rest(), ["told n3", "uses n3", "uses n3"]);
});
