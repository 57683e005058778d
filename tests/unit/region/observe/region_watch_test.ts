import assert from "node:assert/strict";
import type { RegionFollower, RegionLook } from "../../../../src/control/admin/region_source.ts";
import { RegionWatch } from "../../../../src/region/observe/region_watch.ts";
import type { FollowedStore } from "../../../../src/region/observe/follow_region.ts";
import { eventually } from "../../../kit/eventually.ts";
import { FakeClock } from "../../../kit/fake_clock.ts";
import { FakeProcess, FakeServers } from "../../../kit/fake_region_store.ts";

const ACCESS = { region: "main", servers: ["nats://127.0.0.1:4222"] };
const IDLE_MS = 60_000;
const LEASE_MS = 10_000;

/** A watch over a store in memory, whose time is moved by hand. */
class Watched implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly servers = new FakeServers({ clock: this.clock, random: () => 0, mostDelayMs: 0 });
  readonly watch = new RegionWatch({ clock: this.clock, openStore: () => this.#open() });
  opened = 0;
  closed = 0;
  /** Why the store cannot be reached; empty while it can. */
  failure = "";

  constructor() {
    this.watch.configure(ACCESS, "n1");
  }

  node(name: string): void {
    this.servers.buckets.nodes.put(name, {
      format: 1,
      run: "r",
      epoch: 1,
      address: name,
      zone: "a",
      labels: {},
      capacity: { apps: 10, connections: 100 },
      port_range: { first: 20_000, last: 20_099 },
    });
  }

  /** Moves time on until something is true. */
  async until(name: string, isSo: () => unknown, stepMs = 50): Promise<void> {
    await eventually(name, () => {
      if (isSo() === true) return true;
      this.clock.advance(stepMs);
      return isSo();
    });
  }

  /** The next look of a follower. */
  async next(follower: RegionFollower): Promise<RegionLook | null> {
    let look: RegionLook | null | undefined;
    void follower.next().then((found) => look = found);
    await this.until("a look", () => look !== undefined);
    return look ?? null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    let isClosed = false;
    void this.watch.close().then(() => isClosed = true);
    await this.until("its end", () => isClosed);
  }

  #open(): Promise<FollowedStore> {
    if (this.failure !== "") return Promise.reject(new Error(this.failure));
    this.opened++;
    const store = this.servers.seenBy(new FakeProcess(this.clock));
    const { leader } = store;
    return Promise.resolve({
      ...store,
      leader: {
        ...leader,
        get: (name) => this.failure === "" ? leader.get(name) : Promise.reject(new Error(this.failure)),
      },
      close: () => Promise.resolve(void this.closed++),
    });
  }
}

Deno.test("region watch: the store is followed while somebody asks, once for all, and a minute longer", async () => {
  await using watched = new Watched();
  watched.node("n1");
  assert.deepEqual(watched.watch.membership, { region: "main", node: "n1" });
  assert.equal(watched.opened, 0);
  const first = watched.watch.follow()!;
  const look = await watched.next(first);
  assert.deepEqual([look?.picture?.nodes.map(({ name }) => name), look?.trouble], [["n1"], ""]);
  assert.equal(look?.json, JSON.stringify(look?.picture));
  const second = watched.watch.follow()!;
  assert.deepEqual((await watched.next(second))?.picture, look?.picture);
  first.close();
  first.close();
  watched.clock.advance(2 * IDLE_MS);
  assert.deepEqual([watched.opened, watched.closed], [1, 0]);
  second.close();
  watched.clock.advance(IDLE_MS - 1);
  assert.equal(watched.closed, 0);
  await watched.until("the store to be closed", () => watched.closed === 1);
  const third = watched.watch.follow()!;
  await watched.next(third);
  assert.equal(watched.opened, 2);
  third.close();
});

Deno.test("region watch: what changes is told, and what does not is told now and then", async () => {
  await using watched = new Watched();
  watched.node("n1");
  const follower = watched.watch.follow()!;
  const before = await watched.next(follower);
  watched.servers.buckets.leader.put("leader", { format: 1, id: "c1" });
  const after = await watched.next(follower);
  assert.deepEqual([before?.picture?.leader, after?.picture?.leader], [null, "c1"]);
  // Only its lease is renewed.
  const quiet = follower.next();
  let isTold = false;
  void quiet.then(() => isTold = true);
  await watched.until("a quiet while", () => {
    watched.node("n1");
    watched.servers.buckets.leader.put("leader", { format: 1, id: "c1" });
    return isTold;
  }, 1_000);
  assert.equal((await quiet)?.json, after?.json);
  follower.close();
  assert.equal(await follower.next(), null);
});

Deno.test("region watch: a node that is silent for ten seconds is gone", async () => {
  await using watched = new Watched();
  watched.node("n1");
  const follower = watched.watch.follow()!;
  assert.equal((await watched.next(follower))?.picture?.nodes[0]?.standing, "ready");
  const told = watched.clock.now();
  assert.equal((await watched.next(follower))?.picture?.nodes[0]?.standing, "gone");
  const took = watched.clock.now() - told;
  assert.ok(took >= LEASE_MS - 1_000 && took < LEASE_MS + 2_000, `after ${took} ms`);
  follower.close();
});

Deno.test("region watch: a store that cannot be reached is told, and that it can", async () => {
  await using watched = new Watched();
  watched.failure = "no route";
  const follower = watched.watch.follow()!;
  const { picture, trouble, ageMs } = (await watched.next(follower))!;
  assert.deepEqual({ picture, trouble, ageMs }, { picture: null, trouble: "no route", ageMs: null });
  watched.failure = "";
  const after = (await watched.next(follower))!;
  assert.deepEqual([after.picture?.region, after.trouble], ["main", ""]);
  // It falls silent while it is followed: what was known stays, and nobody is gone because of that.
  watched.node("n1");
  assert.equal((await watched.next(follower))?.picture?.nodes[0]?.standing, "ready");
  watched.failure = "lost";
  const silent = (await watched.next(follower))!;
  assert.deepEqual([silent.picture?.nodes[0]?.standing, silent.trouble], ["ready", "lost"]);
  assert.ok(silent.ageMs !== null);
  watched.clock.advance(2 * LEASE_MS);
  assert.equal((await watched.next(follower))?.picture?.nodes[0]?.standing, "ready");
  follower.close();
});

Deno.test("region watch: of another region, or none, who followed the former one is told nothing more", async () => {
  await using watched = new Watched();
  const follower = watched.watch.follow()!;
  await watched.next(follower);
  watched.watch.configure({ ...ACCESS, region: "other" }, "n1");
  assert.equal(await watched.next(follower), null);
  const other = watched.watch.follow()!;
  assert.equal((await watched.next(other))?.picture?.region, "other");
  watched.watch.configure(null);
  assert.equal(await watched.next(other), null);
  assert.deepEqual([watched.watch.follow(), watched.watch.membership], [null, null]);
});
