import assert from "node:assert/strict";
import { diffApps } from "../../../../src/control/changes/diff_apps.ts";
import type { AppConfig } from "../../../../src/model/config.ts";
import { parseApps, parseConfig } from "../../../kit/configs.ts";

const A = { name: "a", ports: [5001], targets: ["10.0.0.1:80"] };
const B = { name: "b", ports: [5002], targets: ["10.0.0.1:80"] };
const NONE = { added: [], changed: [], removed: [], unchanged: [] };

Deno.test("apps are added, removed and left alone by name, whatever their order", () => {
  assert.deepEqual(diffApps(new Map(), parseApps(A, B)), { ...NONE, added: ["a", "b"] });
  assert.deepEqual(diffApps(parseApps(A, B), new Map()), { ...NONE, removed: ["a", "b"] });
  assert.deepEqual(diffApps(parseApps(A, B), parseApps(B, A)), { ...NONE, unchanged: ["b", "a"] });
  const renamed = diffApps(parseApps(A), parseApps({ ...A, name: "c" }));
  assert.deepEqual(renamed, { ...NONE, added: ["c"], removed: ["a"] });
});

Deno.test("a change of listeners, targets or policy is a change of that app alone", () => {
  const changes: object[] = [
    { ports: [5001, 5009] },
    { targets: ["10.0.0.2:80"] },
    { targets: [{ address: "10.0.0.1:80", weight: 3 }] },
    { idle_timeout: "1s" },
    { strategy: { type: "round_robin" as const }, tcp: { no_delay: false } },
    { tcp: { defer_accept: "1s" } },
    { tcp: { fast_open: 1 } },
    { tcp: { send_buffer: "64KiB" } },
    { tcp: { receive_buffer: "64KiB" } },
  ];
  for (const change of changes) {
    const diff = diffApps(parseApps(A, B), parseApps({ ...A, ...change }, B));
    assert.deepEqual(diff, { ...NONE, changed: ["a"], unchanged: ["b"] });
  }
});

Deno.test("another spelling of the same is no change", () => {
  const spelled = {
    targets: [{ weight: 1, address: "10.0.0.1:80" }],
    strategy: { type: "round_robin" as const },
    idle_timeout: "600s",
    ports: ["0.0.0.0:5001"],
    name: "a",
  };
  assert.deepEqual(diffApps(parseApps(A), parseApps(spelled)), { ...NONE, unchanged: ["a"] });
});

Deno.test("defaults that change are changes of the apps that follow them", () => {
  const changed = diffApps(parseApps(A), parseApps({ ...A, drain_timeout: "1s" }));
  assert.equal(changed.changed.length, 1);
});

Deno.test("in HTTP mode another spelling of a target is no change, another path is one", () => {
  const http = { ...A, mode: "http" as const, targets: ["http://One.example/apis/"] };
  const apps = parseApps(http);
  assert.deepEqual(
    diffApps(apps, parseApps({ ...http, targets: ["http://one.example:80/apis"] })).changed,
    [],
  );
  for (const change of [{ targets: ["http://one.example/api"] }, { http: { dispatch: "fanout" as const } }]) {
    assert.deepEqual(diffApps(apps, parseApps({ ...http, ...change })).changed, ["a"]);
  }
});

Deno.test("defaults for HTTP do not concern apps in TCP mode", () => {
  const before = parseConfig({ apps: [A] });
  const after = parseConfig({ defaults: { http: { dispatch: "fanout" } }, apps: [A] });
  const byName = (config: typeof before): Map<string, AppConfig> =>
    new Map(config.apps.map((app) => [app.name, app]));
  assert.deepEqual(diffApps(byName(before), byName(after)), { ...NONE, unchanged: ["a"] });
});
