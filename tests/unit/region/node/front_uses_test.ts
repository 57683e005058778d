import assert from "node:assert/strict";
import type {
  AssignedApp,
  AssignmentDocument,
  FrontDocument,
} from "../../../../src/region/model/documents.ts";
import { FrontUses } from "../../../../src/region/node/front_uses.ts";
import type { RegionBuckets } from "../../../../src/region/store/region_store.ts";
import { StoreError } from "../../../../src/region/store/store_error.ts";

/** What a front sees of the store, and what it wrote there. */
class FakeStore {
  readonly phases = new Map<string, AssignedApp["phase"] | "absent">();
  readonly said: FrontDocument["uses"][] = [];
  isDown = false;

  get buckets(): Pick<RegionBuckets, "fronts" | "assignments"> {
    const fronts = {
      put: (_name: string, { uses }: FrontDocument): Promise<number> => {
        if (this.isDown) return Promise.reject(new StoreError("store_unreachable", "no answer"));
        this.said.push(structuredClone(uses));
        return Promise.resolve(1);
      },
      drop: (): Promise<void> => Promise.resolve(),
    };
    const assignments = {
      get: (name: string): Promise<unknown> => {
        const phase = this.phases.get(name);
        if (phase === "absent") return Promise.resolve(null);
        const web = { revision: 1, turn: 1, ports: [1], ...(phase === undefined ? {} : { phase }) };
        const value: AssignmentDocument = { format: 1, epoch: 1, apps: { web } };
        return Promise.resolve({ name, value, problem: null, revision: 1, at: new Date(0) });
      },
    };
    return { fronts, assignments } as unknown as Pick<RegionBuckets, "fronts" | "assignments">;
  }
}

Deno.test("front: a replica is said before it is used, and what is given up after it is not", async () => {
  const store = new FakeStore();
  const front = new FrontUses("f1", store.buckets);
  const first = await front.claim({ web: ["n1", "n2"] });
  assert.deepEqual(first, { web: ["n1", "n2"] });
  assert.deepEqual(store.said.at(-1), { web: ["n1", "n2"] });
  await front.areInForce(first);
  const second = await front.claim({ web: ["n2", "n3"] });
  // Until the next is in force both count.
  assert.deepEqual(store.said.at(-1), { web: ["n1", "n2", "n3"] });
  await front.renew();
  assert.deepEqual(store.said.at(-1), { web: ["n1", "n2", "n3"] });
  await front.areInForce(second);
  assert.deepEqual(store.said.at(-1), { web: ["n2", "n3"] });
  const said = store.said.length;
  await front.areInForce(second);
  // Nothing new needs no claim.
  assert.deepEqual(await front.claim({ web: ["n2"] }), { web: ["n2"] });
  assert.equal(store.said.length, said);
});

Deno.test("front: what is to be given up, or is not there, is not granted", async () => {
  const store = new FakeStore();
  const front = new FrontUses("f1", store.buckets);
  store.phases.set("n2", "closing").set("n3", "updating").set("n4", "absent").set("n5", "waits");
  const granted = await front.claim({ web: ["n1", "n2", "n3", "n4", "n5"], other: ["n1"] });
  assert.deepEqual(granted, { web: ["n1", "n5"], other: [] });
  await front.areInForce(granted);
  assert.deepEqual(store.said.at(-1), { other: [], web: ["n1", "n5"] });
});

Deno.test("front: several claims that are not in force yet all count", async () => {
  const store = new FakeStore();
  const front = new FrontUses("f1", store.buckets);
  const a = await front.claim({ web: ["n1"] });
  const b = await front.claim({ web: ["n2"] });
  await front.claim({ web: ["n3"] });
  await front.areInForce(a);
  assert.deepEqual(store.said.at(-1), { web: ["n1", "n2", "n3"] });
  await front.areInForce(b);
  assert.deepEqual(store.said.at(-1), { web: ["n2", "n3"] });
  // One that nobody claimed, as after a start from the disk.
  await front.areInForce({ web: ["n9"] });
  assert.deepEqual(store.said.at(-1), { web: ["n3", "n9"] });
});

Deno.test("front: a claim that cannot be said is none", async () => {
  const store = new FakeStore();
  const front = new FrontUses("f1", store.buckets);
  store.isDown = true;
  await assert.rejects(front.claim({ web: ["n1"] }), /no answer/);
  store.isDown = false;
  await front.areInForce({ web: [] });
  assert.deepEqual(store.said.at(-1), { web: [] });
});
