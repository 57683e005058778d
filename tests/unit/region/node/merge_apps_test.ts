import assert from "node:assert/strict";
import { makeAppDocument } from "../../../../src/region/model/app_document.ts";
import type { CarriedApp } from "../../../../src/region/node/carried_app.ts";
import { AppMerger, hasRegionTargets, targetApps } from "../../../../src/region/node/merge_apps.ts";
import type { ReadyReplica } from "../../../../src/region/node/ready_replicas.ts";
import { parseConfig } from "../../../kit/configs.ts";

const NONE = (): readonly ReadyReplica[] => [];
const REGION = { servers: ["nats://127.0.0.1:4222"], name: "n1", address: "127.0.0.1" };

function carried(
  name: string,
  ports: readonly number[],
  fields: Record<string, unknown> = {},
  revision = 1,
): CarriedApp {
  const app = { name, ports: ports.map(() => "127.0.0.1:0"), targets: ["127.0.0.1:9000"], ...fields };
  return { revision, turn: 1, ports: [...ports], document: makeAppDocument(app, {}, "ann") };
}

function byName(...apps: readonly CarriedApp[]): Map<string, CarriedApp> {
  return new Map(apps.map((app) => [app.document.app.name, app]));
}

Deno.test("node: apps of the region stand behind its own, at the ports that control chose", () => {
  const base = parseConfig({
    region: REGION,
    apps: [{ name: "own", ports: [80], targets: ["127.0.0.1:1"] }],
  });
  const { config, refused } = new AppMerger().merge(base, byName(carried("web", [20_001])), NONE);
  assert.deepEqual(config.apps.map(({ name, ports }) => [name, ports[0]?.port]), [["own", 80], [
    "web",
    20_001,
  ]]);
  assert.equal(config.apps[0], base.apps[0]);
  assert.equal(refused.size, 0);
});

Deno.test("node: what is the same is the same object, and only what changed is another", () => {
  const base = parseConfig({ region: REGION, apps: [] });
  const merger = new AppMerger();
  const first = merger.merge(base, byName(carried("a", [1]), carried("b", [2])), NONE).config.apps;
  const second = merger.merge(base, byName(carried("a", [1]), carried("b", [3], {}, 2)), NONE).config.apps;
  assert.equal(second[0], first[0]);
  assert.notEqual(second[1], first[1]);
});

Deno.test("node: what is not valid here is refused by itself, and its former form goes on", () => {
  const base = parseConfig({ region: REGION, apps: [] });
  const merger = new AppMerger();
  const good = merger.merge(base, byName(carried("a", [1]), carried("b", [2])), NONE).config.apps;
  const broken = carried("a", [1], { strategy: "unheard_of" }, 2);
  const { config, refused } = merger.merge(base, byName(broken, carried("b", [2])), NONE);
  assert.deepEqual(config.apps, good);
  assert.equal(refused.get("a")?.state, "invalid");
  assert.match(refused.get("a")?.reason ?? "", /unheard_of/);
  // One that never was valid is left out.
  const fresh = new AppMerger().merge(base, byName(broken), NONE);
  assert.deepEqual([fresh.config.apps, fresh.refused.get("a")?.state], [[], "invalid"]);
});

Deno.test("node: names and addresses of its own apps, and of the admin server, come first", () => {
  const base = parseConfig({
    region: REGION,
    admin: { listen: "127.0.0.1:9901" },
    apps: [{ name: "own", ports: ["127.0.0.1:80"], targets: ["127.0.0.1:1"] }],
  });
  const apps = byName(
    carried("own", [1]),
    carried("a", [80]),
    carried("b", [9_901]),
    carried("c", [2]),
    carried("d", [2]),
  );
  const { config, refused } = new AppMerger().merge(base, apps, NONE);
  assert.deepEqual(config.apps.map(({ name }) => name), ["own", "c"]);
  assert.deepEqual([...refused].map(([app, { state, reason }]) => [app, state, reason]), [
    ["own", "conflict", "this node has an app of its own of that name"],
    ["a", "conflict", 'app "own" listens on its address'],
    ["b", "conflict", "the admin server listens on its address"],
    ["d", "conflict", 'app "c" listens on its address'],
  ]);
});

Deno.test("node: a dollar in a document stays what it is", () => {
  const base = parseConfig({ region: REGION, apps: [] });
  const plain = carried("web", [1], { health_check: { type: "http", path: "/$HOME/${USER}/$$" } });
  const { config } = new AppMerger().merge(base, byName(plain), NONE);
  const check = config.apps[0]?.targets[0]?.health_check as { readonly path?: string } | undefined;
  assert.equal(check?.path, "/$HOME/${USER}/$$");
});

Deno.test("front: replicas take the place of the app that a target names, with what the target says", () => {
  const target = (text: string): unknown => ({ address: text, weight: 3, labels: { tier: "a" } });
  const base = parseConfig({
    region: REGION,
    apps: [{ name: "front", ports: [80], targets: [target("region:web"), "127.0.0.1:7"] as never }, {
      name: "own",
      ports: [81],
      targets: ["region:80"],
    }],
  });
  assert.deepEqual(targetApps(base), ["web"]);
  assert.equal(hasRegionTargets(base), true);
  const merger = new AppMerger();
  const replicas = [
    { node: "n1", address: "10.0.0.1", port: 20_001, zone: "a" },
    { node: "n2", address: "10.0.0.2", port: 20_002, zone: "b" },
  ];
  const { config, uses } = merger.merge(base, new Map(), () => replicas);
  assert.deepEqual(
    config.apps[0]?.targets.map(({ host, port, weight, zone, labels }) => [host, port, weight, zone, labels]),
    [
      ["10.0.0.1", 20_001, 3, "a", { tier: "a" }],
      ["10.0.0.2", 20_002, 3, "b", { tier: "a" }],
      ["127.0.0.1", 7, 1, "", {}],
    ],
  );
  assert.deepEqual(uses, { web: ["n1", "n2"] });
  // A machine that is called region is one.
  assert.equal(config.apps[1], base.apps[1]);
  assert.equal(merger.merge(base, new Map(), () => [...replicas]).config.apps[0], config.apps[0]);
  const none = merger.merge(base, new Map(), NONE);
  assert.deepEqual([none.config.apps[0]?.targets.length, none.uses], [1, { web: [] }]);
});
