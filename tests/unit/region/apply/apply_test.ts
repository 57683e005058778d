import assert from "node:assert/strict";
import { apply, type AppOutcome } from "../../../../src/region/apply/apply.ts";
import type { AppStep } from "../../../../src/region/apply/apply_plan.ts";
import { type AppDocument, makeAppDocument } from "../../../../src/region/model/app_document.ts";
import type { Stored } from "../../../../src/region/store/bucket.ts";
import { StoreError } from "../../../../src/region/store/store_error.ts";

/** A bucket in memory that keeps to revisions. */
class FakeApps {
  readonly there = new Map<string, Stored<AppDocument>>();
  most = 0;
  #busy = 0;
  #revision = 100;

  put(name: string, value: AppDocument | null): number {
    this.there.set(name, { name, value, problem: null, revision: ++this.#revision, at: new Date(0) });
    return this.#revision;
  }

  get(name: string): Promise<Stored<AppDocument> | null> {
    return this.#slowly(() => this.there.get(name) ?? null);
  }

  write(name: string, value: AppDocument, revision: number | null): Promise<number> {
    return this.#slowly(() => {
      this.#check(name, revision);
      return this.put(name, value);
    });
  }

  remove(name: string, revision: number): Promise<void> {
    return this.#slowly(() => {
      this.#check(name, revision);
      this.put(name, null);
    });
  }

  #check(name: string, revision: number | null): void {
    if ((this.there.get(name)?.revision ?? null) !== revision) {
      throw new StoreError("store_conflict", `${name} is another`);
    }
  }

  async #slowly<T>(work: () => T): Promise<T> {
    this.most = Math.max(this.most, ++this.#busy);
    await Promise.resolve();
    this.#busy--;
    return work();
  }
}

function step(app: string, kind: AppStep["kind"], revision: number | null): AppStep {
  const document = kind === "removed" ? null : makeAppDocument({ name: app }, {}, "ann");
  return { app, kind, options: [], document, revision };
}

async function outcomes(steps: readonly AppStep[], apps: FakeApps): Promise<Record<string, string>> {
  const found: AppOutcome[] = [];
  await apply(steps, apps, (outcome) => found.push(outcome));
  return Object.fromEntries(found.map(({ step: { app }, failure }) => [app, failure?.code ?? "done"]));
}

Deno.test("apply: one that somebody else changed fails alone", async () => {
  const apps = new FakeApps();
  const old = makeAppDocument({ name: "old" }, {}, "bob");
  const changed = apps.put("changed", old);
  const gone = apps.put("gone", old);
  apps.put("theirs", old);
  apps.put("deleted", null);
  apps.put("raced", old);
  const done = await outcomes([
    step("changed", "changed", changed),
    step("gone", "removed", gone),
    step("new", "added", null),
    // It was there before, and is not now.
    step("deleted", "added", null),
    // It came between the plan and the writing.
    step("raced", "added", null),
    step("theirs", "changed", 1),
    step("same", "kept", 5),
  ], apps);
  assert.deepEqual(done, {
    changed: "done",
    gone: "done",
    new: "done",
    deleted: "done",
    raced: "store_conflict",
    theirs: "store_conflict",
  });
  assert.deepEqual(apps.there.get("raced")?.value, old);
});

Deno.test("apply: many are under way at once, and not too many", async () => {
  const apps = new FakeApps();
  const done = await outcomes(
    Array.from({ length: 500 }, (_, index) => step(`app-${index}`, "added", null)),
    apps,
  );
  assert.equal(Object.values(done).filter((code) => code === "done").length, 500);
  assert.equal(apps.most, 64);
});
