import assert from "node:assert/strict";
import { fproxyConfig } from "../../../bench/rivals/fproxy_config.ts";
import { configSchema } from "../../../src/model/config.ts";
import ownSchema from "../../../config.schema.json" with { type: "json" };

const places = { port: 15_000, admin: 15_001, log: "/logs/access.log", apps: 2, backendPorts: [1, 2, 3] };
const noSchema = { properties: {} };

Deno.test("an app forwards to the backend, a fan-out to all of its ports", () => {
  const tcp = fproxyConfig({ engine: "deno", kind: "tcp", workers: 1 }, places, noSchema);
  assert.deepEqual(tcp["apps"], [
    { name: "bench-0", ports: ["127.0.0.1:15000"], targets: ["127.0.0.1:1"] },
    { name: "bench-1", ports: ["127.2.0.1:15000"], targets: ["127.0.0.1:1"] },
  ]);
  const fanout = fproxyConfig(
    { engine: "epoll", kind: "fanout", workers: 1 },
    { ...places, apps: 1 },
    noSchema,
  );
  assert.deepEqual(fanout["apps"], [{
    name: "bench-0",
    ports: ["127.0.0.1:15000"],
    targets: ["127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3"],
    mode: "http",
    http: { dispatch: "fanout" },
  }]);
});

Deno.test("this version takes the configs of all", () => {
  for (const kind of ["tcp", "http", "fanout"] as const) {
    for (const isSilent of [false, true]) {
      configSchema.parse(fproxyConfig({ engine: "auto", kind, workers: 8, isSilent }, places, ownSchema));
    }
  }
});

Deno.test("a silent one writes no records, and keeps none where its version can be told so", () => {
  const setup = { engine: "epoll", kind: "tcp", workers: 1, isSilent: true } as const;
  const older = fproxyConfig(setup, places, noSchema);
  assert.deepEqual(older["access_log"], { to: "none" });
  assert.equal("why" in older, false);
  const schema = { properties: { why: { properties: { sessions: {} } } } };
  assert.deepEqual(fproxyConfig(setup, places, schema)["why"], { sessions: 0 });
  assert.equal("why" in fproxyConfig({ ...setup, isSilent: false }, places, schema), false);
});
