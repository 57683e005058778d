import assert from "node:assert/strict";
import { Autoscaler } from "../../../../src/region/leader/autoscaler.ts";
import { scaleSettings } from "../../../../src/region/model/app_settings.ts";
import type { LoadDocument } from "../../../../src/region/model/documents.ts";
import { FakeClock } from "../../../kit/fake_clock.ts";

function load(connections: number, accepted = 0, requests = 0, cpu = 0): LoadDocument {
  return { format: 1, cpu, apps: { web: [connections, accepted, requests, 0] } };
}

/** One app on some nodes. */
function world(target: Record<string, unknown>, nodes: readonly string[]): {
  clock: FakeClock;
  scaler: Autoscaler;
  look: () => string[];
} {
  const clock = new FakeClock();
  const scaler = new Autoscaler(clock);
  const settings = scaleSettings.parse({ min: 1, max: 50, target, down: { window: "1s" } });
  return {
    clock,
    scaler,
    look: () => {
      clock.advance(5_000);
      return scaler.look([{ name: "web", settings, replicas: nodes.length, nodes }])
        .map(({ from, replicas, reason }) => `${from} to ${replicas}, ${reason}`);
    },
  };
}

Deno.test("autoscaler: by open connections, and the formula is told", () => {
  const { scaler, look } = world({ connections: 100 }, ["n1", "n2"]);
  scaler.heard("n1", load(150));
  scaler.heard("n2", load(250));
  // Others count for other apps.
  scaler.heard("n9", load(900));
  assert.deepEqual(look(), ["2 to 4, connections: ceil(2 × 200 / 100) = 4"]);
});

Deno.test("autoscaler: rates are of the time between what a node told; one that starts anew tells none", () => {
  const { clock, scaler, look } = world({ requests_per_second: 10 }, ["n1"]);
  scaler.heard("n1", load(0, 0, 1_000));
  assert.deepEqual(look(), []);
  scaler.heard("n1", load(0, 0, 1_100));
  assert.deepEqual(look(), ["1 to 2, requests_per_second: ceil(1 × 20 / 10) = 2"]);
  clock.advance(5_000);
  scaler.heard("n1", load(0, 0, 50));
  assert.deepEqual(look(), []);
  const accepted = world({ new_connections_per_second: 10 }, ["n1"]);
  accepted.scaler.heard("n1", load(0, 0));
  accepted.clock.advance(10_000);
  accepted.scaler.heard("n1", load(0, 400));
  assert.deepEqual(accepted.look(), ["1 to 2, new_connections_per_second: ceil(1 × 40 / 10) = 4, max_step"]);
});

Deno.test("autoscaler: by processor time; who is silent is not idle", () => {
  const { clock, scaler, look } = world({ cpu: "50%" }, ["n1", "n2", "n3"]);
  for (const node of ["n1", "n2", "n3"]) scaler.heard(node, load(0, 0, 0, 0.1));
  look();
  assert.deepEqual(look(), ["3 to 1, cpu: ceil(3 × 0.1 / 0.5) = 1"]);
  clock.advance(30_000);
  assert.deepEqual(look(), []);
  scaler.heard("n1", load(0, 0, 0, 0.1));
  assert.deepEqual(look(), []);
});

Deno.test("autoscaler: who tells less often, since it carries much, is missed later", () => {
  const { clock, scaler, look } = world({ connections: 100 }, ["n1"]);
  scaler.heard("n1", load(150));
  clock.advance(30_000);
  assert.deepEqual(look(), []);
  scaler.heard("n1", load(150));
  clock.advance(60_000);
  assert.deepEqual(look(), ["1 to 2, connections: ceil(1 × 150 / 100) = 2"]);
  clock.advance(120_000);
  assert.deepEqual(look(), []);
});
