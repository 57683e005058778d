import assert from "node:assert/strict";
import type { AppDetails, TargetSample } from "../../../src/dashboard/api/types.ts";
import { flowGraph, MAX_ENDS } from "../../../src/dashboard/pure/flow_graph.ts";
import { flowHeight, flowLayout } from "../../../src/dashboard/pure/flow_layout.ts";

function target(connections: number, changes: Partial<TargetSample> = {}): TargetSample {
  return {
    connections_active: connections,
    connections_per_second: connections * 2,
    bytes_in_per_second: 0,
    bytes_out_per_second: 0,
    failures_per_second: 0,
    available: true,
    health: "up",
    admin: "ready",
    weight: 1,
    ...changes,
  };
}

function details(listeners: readonly number[], targets: readonly TargetSample[]): AppDetails {
  return {
    reasons: {},
    connect_counts: [],
    listeners: Object.fromEntries(
      listeners.map((count, n) => [`:${n}`, { connections_active: count, connections_per_second: 0 }]),
    ),
    targets: Object.fromEntries(targets.map((one, n) => [`t${n}`, one])),
  };
}

Deno.test("flow: widths of a side are in the proportion of its counters", () => {
  const graph = flowGraph(details([30, 10], [target(25), target(5), target(10)]), "active");
  const { bands } = flowLayout(graph, 600, 400);
  const widthOf = (name: string): number => bands.find(({ end }) => end.name === name)?.width ?? NaN;
  const near = (a: number, b: number): void => assert.ok(Math.abs(a - b) < 0.01, `${a} is not ${b}`);
  near(widthOf(":0"), 3 * widthOf(":1"));
  near(widthOf("t0"), 5 * widthOf("t1"));
  near(widthOf("t2"), 2 * widthOf("t1"));
  // Both sides are as wide as the app between them.
  near(widthOf(":0") + widthOf(":1"), widthOf("t0") + widthOf("t1") + widthOf("t2"));
});

Deno.test("flow: where nothing flows all ends are alike, and said to be idle", () => {
  const graph = flowGraph(details([4], [target(0), target(0)]), "rate");
  assert.deepEqual(graph.idle, { listeners: true, targets: true });
  assert.deepEqual(graph.targets.map(({ share }) => share), [0.5, 0.5]);
  assert.ok(flowLayout(graph, 600, flowHeight(graph)).bands.every(({ isIdle }) => isIdle));
});

Deno.test("flow: of many targets those that are not well and the busiest are shown, the others as one", () => {
  const targets = Array.from({ length: 100 }, (_, n) => target(n));
  targets[3] = target(0, { available: false, health: "down" });
  const { targets: ends } = flowGraph(details([1], targets), "active");
  assert.equal(ends.length, MAX_ENDS);
  assert.deepEqual(ends.find(({ name }) => name === "t3")?.isWell, false);
  const rest = ends.at(-1);
  assert.deepEqual([rest?.name, rest?.count], ["85 more targets", 85]);
  const total = targets.reduce((sum, { connections_active }) => sum + connections_active, 0);
  assert.equal(ends.reduce((sum, { value }) => sum + value, 0), total);
});
