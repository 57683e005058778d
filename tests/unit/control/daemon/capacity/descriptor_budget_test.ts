import assert from "node:assert/strict";
import { DescriptorBudget } from "../../../../../src/control/daemon/capacity/descriptor_budget.ts";
import type { ConfigInput } from "../../../../../src/model/config.ts";
import { parseConfig } from "../../../../kit/configs.ts";
import { LogLines } from "../../../../kit/log_lines.ts";

const ENDPOINTS = Array.from({ length: 10 }, (_, i) => `http://127.0.0.1:${8000 + i}`);

function budget(limit: number | null, addresses = 1): { budget: DescriptorBudget; log: LogLines } {
  const log = new LogLines();
  return {
    log,
    budget: new DescriptorBudget({
      log: log.log,
      cores: 4,
      addresses: () => new Array<string>(addresses).fill("127.0.0.1"),
    }, () => limit),
  };
}

function http(targets: readonly string[], maxIdle?: number): ConfigInput["apps"][number] {
  const pool = maxIdle === undefined ? {} : { pool: { max_idle: maxIdle } };
  return {
    name: `web-${targets.length}-${maxIdle}`,
    mode: "http",
    ports: ["127.0.0.1:0"],
    targets: [...targets],
    http: pool,
  };
}

function maxIdle(limit: number | null, apps: ConfigInput["apps"], addresses = 1): number {
  return budget(limit, addresses).budget.maxIdle(parseConfig({ workers: 2, apps }));
}

Deno.test("idle connections are kept as configured where they fit", () => {
  assert.equal(maxIdle(1024, [http(ENDPOINTS.slice(0, 3))]), Infinity);
  assert.equal(maxIdle(65_536, [http(ENDPOINTS)]), Infinity);
  assert.equal(maxIdle(null, [http(ENDPOINTS)]), Infinity);
  assert.equal(maxIdle(256, []), Infinity);
});

Deno.test("otherwise those of all apps take a quarter of the descriptors at most", () => {
  // A quarter of 372 is 93: over 2 threads and 10 endpoints 4 each.
  assert.equal(maxIdle(500, [http(ENDPOINTS)]), 4);
  assert.equal(maxIdle(500, [http(ENDPOINTS)], 2), 2);
  assert.equal(maxIdle(500, [http(ENDPOINTS.slice(0, 9), 1), http(ENDPOINTS.slice(0, 1), 100)]), 32);
  assert.equal(maxIdle(140, [http(ENDPOINTS)]), 0);
});

Deno.test("threads are as configured, or one a core", () => {
  const { budget: one } = budget(1024);
  assert.equal(one.threads(parseConfig({ workers: 3, apps: [] })), 3);
  assert.equal(one.threads(parseConfig({ apps: [] })), 4);
});

Deno.test("a configured cap counts where it fits; one above that is lowered, with a warning", () => {
  const { budget: one, log } = budget(1024);
  assert.equal(one.maxConnections(parseConfig({ max_connections: 10, apps: [] }), []), 10);
  assert.deepEqual(log.messages, []);
  assert.ok(one.maxConnections(parseConfig({ max_connections: 5_000, apps: [] }), []) < 512);
  one.maxConnections(parseConfig({ max_connections: 5_000, apps: [] }), []);
  assert.deepEqual(log.messages, ["max_connections is above what the descriptor limit allows"]);
});

Deno.test("without a known limit there is no cap but the configured one", () => {
  const { budget: one } = budget(null);
  assert.equal(one.maxConnections(parseConfig({ apps: [] }), []), 0);
  assert.equal(one.maxConnections(parseConfig({ max_connections: 7, apps: [] }), []), 7);
});

Deno.test("probes have descriptors set aside: as many as there are targets to probe, or may be under way", () => {
  const cap = (max_probes: number, health_check: false | Record<string, never>): number => {
    const apps = [{ ...http(ENDPOINTS), health_check }];
    return budget(1024).budget.maxConnections(parseConfig({ workers: 1, control: { max_probes }, apps }), []);
  };
  assert.equal(cap(256, false) - cap(256, {}), 5);
  assert.equal(cap(256, false) - cap(4, {}), 2);
});
