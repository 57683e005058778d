import assert from "node:assert/strict";
import { makeAppDocument } from "../../../../src/region/model/app_document.ts";
import { type Kept, KeptApps } from "../../../../src/region/node/kept_apps.ts";

const OWNER = { region: "main", node: "n1" };
const KEPT: Kept = {
  epoch: 7,
  apps: new Map([["web", {
    revision: 3,
    turn: 1,
    ports: [80],
    phase: "waits",
    document: makeAppDocument({ name: "web" }, {}, "ann"),
  }]]),
  replicas: { api: [{ node: "n2", address: "10.0.0.2", port: 81, zone: "a" }] },
};

async function inDirectory(test: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "fproxy_kept_" });
  try {
    await test(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("node state: what was written is read, by its owner alone", () =>
  inDirectory(async (dir) => {
    const path = `${dir}/state`;
    assert.equal(await new KeptApps(path, OWNER).read(), null);
    const writer = new KeptApps(path, OWNER);
    // Writes that are under way at once come one after another.
    await Promise.all([
      writer.write({ ...KEPT, epoch: 5 }),
      writer.write({ ...KEPT, epoch: 6 }),
      writer.write(KEPT),
    ]);
    assert.deepEqual(await new KeptApps(path, OWNER).read(), KEPT);
    assert.equal(await new KeptApps(path, { ...OWNER, node: "n2" }).read(), null);
    assert.equal(await new KeptApps(path, { ...OWNER, region: "other" }).read(), null);
    assert.deepEqual([...Deno.readDirSync(path)].map(({ name }) => name), ["region.json"]);
  }));

Deno.test("node state: a file that is broken is told, and written anew", () =>
  inDirectory(async (dir) => {
    await Deno.writeTextFile(`${dir}/region.json`, '{"version": 1');
    const kept = new KeptApps(dir, OWNER);
    await assert.rejects(kept.read());
    await kept.write(KEPT);
    assert.deepEqual(await kept.read(), KEPT);
    await Deno.writeTextFile(`${dir}/region.json`, '{"version": 2}');
    await assert.rejects(kept.read());
  }));

Deno.test("node state: without a directory nothing is kept; one that cannot be written is told", async () => {
  await new KeptApps("", OWNER).write(KEPT);
  assert.equal(await new KeptApps("", OWNER).read(), null);
  await assert.rejects(new KeptApps("/dev/null/state", OWNER).write(KEPT));
});
