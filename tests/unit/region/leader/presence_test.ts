import assert from "node:assert/strict";
import { Logger } from "../../../../src/base/log.ts";
import { Presence } from "../../../../src/region/leader/presence.ts";
import type { NodeStanding, PlacementNode } from "../../../../src/region/model/placement.ts";
import { FakeClock } from "../../../kit/fake_clock.ts";

function node(name: string, standing: NodeStanding = "ready"): PlacementNode {
  return {
    name,
    zone: "a",
    labels: {},
    standing,
    capacity: { apps: 1, connections: 1 },
    portRange: { first: 1, last: 2 },
  };
}

Deno.test("presence: tells who comes and goes, and holds back who does so again and again", () => {
  const clock = new FakeClock();
  const told: string[] = [];
  const log = new Logger({
    level: "info",
    parts: {},
    clock,
    write: ({ event, fields }) => told.push(`${event} ${Object.values(fields).join(" ")}`),
  });
  const presence = new Presence(clock, log);
  const others = [node("n2"), node("n3")];
  presence.note([node("n1"), ...others]);
  assert.deepEqual(told, []);
  presence.note([node("n1", "gone"), ...others]);
  presence.note([node("n1"), ...others]);
  assert.deepEqual(presence.of([node("n1"), ...others]), [node("n1"), ...others]);
  // One that said that it leaves is not there at all.
  presence.note(others);
  presence.note([node("n1"), ...others]);
  assert.deepEqual(told, [
    "region_node_gone n1",
    "region_node_back n1",
    "region_node_gone n1",
    "region_node_back n1",
    "region_node_held_back n1 15",
  ]);
  assert.deepEqual(presence.of([node("n1"), ...others]), [node("n1", "cordoned"), ...others]);
  // What an operator wants counts more.
  assert.deepEqual(presence.of([node("n1", "draining"), ...others])[0]?.standing, "draining");
  clock.advance(15_000);
  assert.deepEqual(presence.of([node("n1"), ...others]), [node("n1"), ...others]);
  // Another leader tells nothing of what was before.
  presence.begin();
  presence.note(others);
  assert.equal(told.length, 5);
});
