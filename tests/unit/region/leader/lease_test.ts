import assert from "node:assert/strict";
import { Lease } from "../../../../src/region/leader/lease.ts";
import type { LeaderDocument } from "../../../../src/region/model/documents.ts";
import { LEASE_MS, RENEWAL_MS } from "../../../../src/region/model/times.ts";
import type { Stored } from "../../../../src/region/store/bucket.ts";
import { StoreError } from "../../../../src/region/store/store_error.ts";
import { FakeClock } from "../../../kit/fake_clock.ts";

/** The one value, by compare-and-set, which is dropped when it is not written for a time. */
class FakeBucket {
  there: Stored<LeaderDocument> | null = null;
  isDown = false;
  #revision = 0;
  #writtenAt = 0;

  constructor(private readonly clock: FakeClock) {}

  get(): Promise<Stored<LeaderDocument> | null> {
    if (this.isDown) return Promise.reject(new StoreError("store_unreachable", "no answer"));
    if (this.clock.now() - this.#writtenAt >= LEASE_MS) this.there = null;
    return Promise.resolve(this.there);
  }

  async write(name: string, value: LeaderDocument, revision: number | null): Promise<number> {
    if ((await this.get())?.revision !== (revision ?? undefined)) {
      throw new StoreError("store_conflict", "another");
    }
    this.#writtenAt = this.clock.now();
    this.there = { name, value, problem: null, revision: ++this.#revision, at: new Date(0) };
    return this.#revision;
  }

  async remove(name: string, revision: number): Promise<void> {
    if ((await this.get())?.revision !== revision) throw new StoreError("store_conflict", "another");
    this.there = { name, value: null, problem: null, revision: ++this.#revision, at: new Date(0) };
  }
}

Deno.test("lease: one of two has it, keeps it by renewing, and leaves it", async () => {
  const clock = new FakeClock();
  const bucket = new FakeBucket(clock);
  const [a, b] = [new Lease(bucket, "a", clock), new Lease(bucket, "b", clock)];
  assert.equal(await a.acquire(), true);
  assert.equal(await b.acquire(), false);
  assert.deepEqual([a.isHeld, b.isHeld], [true, false]);
  const { epoch } = a;
  for (let turn = 0; turn < 10; turn++) {
    clock.advance(RENEWAL_MS);
    assert.equal(await a.renew(), true);
    assert.equal(await b.acquire(), false);
  }
  assert.equal(a.epoch, epoch);
  await a.release();
  assert.equal(a.isHeld, false);
  assert.equal(await a.renew(), false);
  assert.equal(await b.acquire(), true);
  assert.ok(b.epoch > epoch);
});

Deno.test("lease: who was frozen knows that it leads no more, before the next one does", async () => {
  const clock = new FakeClock();
  const bucket = new FakeBucket(clock);
  const [a, b] = [new Lease(bucket, "a", clock), new Lease(bucket, "b", clock)];
  await a.acquire();
  clock.advance(LEASE_MS - RENEWAL_MS - 1);
  assert.equal(a.isHeld, true);
  clock.advance(1);
  assert.equal(a.isHeld, false);
  assert.equal(await b.acquire(), false);
  clock.advance(RENEWAL_MS);
  assert.equal(await b.acquire(), true);
  // It wakes, and finds that it lost the lead.
  assert.equal(await a.renew(), false);
  assert.equal(a.isHeld, false);
  assert.equal(b.isHeld, true);
  assert.equal(await b.renew(), true);
});

Deno.test("lease: while the store is silent it is held for its time, and no longer", async () => {
  const clock = new FakeClock();
  const bucket = new FakeBucket(clock);
  const lease = new Lease(bucket, "a", clock);
  await lease.acquire();
  bucket.isDown = true;
  await assert.rejects(lease.renew(), /no answer/);
  assert.equal(lease.isHeld, true);
  clock.advance(LEASE_MS);
  assert.equal(lease.isHeld, false);
  await assert.rejects(lease.acquire(), /no answer/);
  bucket.isDown = false;
  assert.equal(await lease.acquire(), true);
});
