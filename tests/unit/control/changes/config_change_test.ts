import assert from "node:assert/strict";
import * as fc from "fast-check";
import { configChange } from "../../../../src/control/changes/config_change.ts";
import type { ConfigInput } from "../../../../src/model/config.ts";
import { parseConfig } from "../../../kit/configs.ts";

const A = { name: "a", ports: [5001], targets: ["10.0.0.1:80"] };
const B = { name: "b", ports: [5002], targets: ["10.0.0.1:80"] };
const NONE = { options: [], apps: [], targets: [], restart_needed: [] };

function change(before: ConfigInput, after: ConfigInput): ReturnType<typeof configChange> {
  return configChange(parseConfig(before), parseConfig(after));
}

Deno.test("apps come with their targets, go with them, and the first config is all new", () => {
  const added = { app: "b", change: "added", options: [] };
  const target = { app: "b", target: "10.0.0.1:80", change: "added" };
  assert.deepEqual(change({ apps: [A] }, { apps: [A, B] }), { ...NONE, apps: [added], targets: [target] });
  assert.deepEqual(change({ apps: [A, B] }, { apps: [A] }), {
    ...NONE,
    apps: [{ ...added, change: "removed" }],
    targets: [{ ...target, change: "removed" }],
  });
  assert.deepEqual(configChange(null, parseConfig({ apps: [B], control: { nice: 0 } })), {
    ...NONE,
    apps: [added],
    targets: [target],
  });
});

Deno.test("an option is named with its values, of targets with their name, and of all apps where it is a default", () => {
  const after = {
    ...A,
    ports: [5001, "127.0.0.1:5009"],
    tcp: { no_delay: false },
    targets: [{ address: "10.0.0.1:80", weight: 7, labels: { disk: "ssd" } }, "10.0.0.2:80"],
  };
  const changed = change({ apps: [A] }, { apps: [after] });
  assert.deepEqual(changed.apps, [{
    app: "a",
    change: "changed",
    options: [
      { path: "ports", before: ["0.0.0.0:5001"], after: ["0.0.0.0:5001", "127.0.0.1:5009"] },
      { path: "tcp.no_delay", before: true, after: false },
      { path: "targets.10.0.0.1:80.weight", before: 1, after: 7 },
      { path: "targets.10.0.0.1:80.labels.disk", before: null, after: "ssd" },
    ],
  }]);
  assert.deepEqual(changed.targets, [
    { app: "a", target: "10.0.0.2:80", change: "added" },
    { app: "a", target: "10.0.0.1:80", change: "changed" },
  ]);
  const defaults = change({ apps: [A, B] }, { defaults: { backlog: 9 }, apps: [A, B] });
  assert.deepEqual(defaults.apps.map(({ app, options }) => [app, options[0]?.path]), [
    ["a", "backlog"],
    ["b", "backlog"],
  ]);
  assert.deepEqual(defaults.options, []);
});

Deno.test("another order of targets is one, and what comes or goes is none", () => {
  const targets = ["10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80"];
  const turned = change({ apps: [{ ...A, targets }] }, { apps: [{ ...A, targets: targets.toReversed() }] });
  assert.deepEqual(turned.apps[0]?.options, [
    { path: "targets", before: targets, after: targets.toReversed() },
  ]);
  const shorter = change({ apps: [{ ...A, targets }] }, { apps: [{ ...A, targets: targets.slice(1) }] });
  assert.deepEqual(shorter.apps[0]?.options, []);
});

Deno.test("a health check that all targets have from their app is one change", () => {
  const targets = ["10.0.0.1:80", "10.0.0.2:80"];
  const checked = (interval: string): ConfigInput => ({
    apps: [{ ...A, targets, health_check: { interval } }],
  });
  const { apps, targets: touched } = change(checked("1s"), checked("2s"));
  assert.deepEqual(apps[0]?.options, [{ path: "health_check.interval", before: 1000, after: 2000 }]);
  assert.deepEqual(touched, []);
});

Deno.test("secrets are never shown, wherever they change, and long values are left out", () => {
  const secret = (one: string): ConfigInput => ({
    admin: { token: `${one}-main`, tokens: [{ name: "ops", token: `${one}-ops` }] },
    apps: [{
      ...A,
      mode: "http",
      targets: [
        "http://10.0.0.1/",
        { address: "http://10.0.0.2/", health_check: { headers: { "x-key": `${one}-own` } } },
      ],
      health_check: { type: "http", headers: { authorization: `${one}-probe` } },
    }],
  });
  const found = change(secret("old"), secret("new"));
  assert.doesNotMatch(JSON.stringify(found), /old-|new-/);
  assert.deepEqual(found.options.map(({ path }) => path), ["admin.token", "admin.tokens.0.token"]);
  assert.equal(found.apps[0]?.options[0]?.path, "health_check.headers.authorization");
  // From none, and in a list of another length.
  const more = change({ apps: [A] }, secret("new"));
  assert.doesNotMatch(JSON.stringify(more), /new-/);
  const ports = Array.from({ length: 1000 }, (_, index) => 5001 + index);
  const long = change({ apps: [A] }, { apps: [{ ...A, ports }] }).apps[0]?.options[0];
  assert.match(String(long?.after), /^\[\d+ characters\]$/);
});

Deno.test("only a priority that is to be raised needs a restart", () => {
  const nice = (nice: number): ConfigInput => ({ control: { nice }, apps: [A] });
  assert.deepEqual(change(nice(5), nice(9)).restart_needed, []);
  assert.deepEqual(change(nice(5), nice(2)).restart_needed.map(({ path, after }) => [path, after]), [
    ["control.nice", 2],
  ]);
});

Deno.test("property: there is a change where the configs differ and only there, and back it is the opposite", () => {
  const target = fc.record({
    address: fc.integer({ min: 1, max: 4 }).map((last) => `10.0.0.${last}:80`),
    weight: fc.integer({ min: 1, max: 2 }),
  });
  const app = fc.record({
    name: fc.constantFrom("a", "b", "c"),
    ports: fc.uniqueArray(fc.integer({ min: 5001, max: 5004 }), { minLength: 1 }),
    targets: fc.uniqueArray(target, { minLength: 1, selector: ({ address }) => address }),
    backlog: fc.integer({ min: 1, max: 2 }),
  });
  const config = fc.uniqueArray(app, { selector: ({ name }) => name }).map((apps) => parseConfig({ apps }));
  fc.assert(fc.property(config, config, (before, after) => {
    const there = configChange(before, after);
    const back = configChange(after, before);
    const sorted = (apps: typeof before.apps): string =>
      JSON.stringify(apps.toSorted((a, b) => a.name < b.name ? -1 : 1));
    assert.equal(there.apps.length === 0, sorted(before.apps) === sorted(after.apps));
    for (const { app, change, options } of there.apps) {
      const opposite = { added: "removed", removed: "added", changed: "changed" }[change];
      const other = back.apps.find((one) => one.app === app);
      assert.equal(other?.change, opposite);
      assert.deepEqual(
        other?.options.map(({ path, before, after }) => [path, after, before]).toSorted(),
        options.map(({ path, before, after }) => [path, before, after]).toSorted(),
      );
      const touched = there.targets.some((target) => target.app === app);
      assert.ok(change !== "changed" || options.length > 0 || touched);
    }
  }));
});
