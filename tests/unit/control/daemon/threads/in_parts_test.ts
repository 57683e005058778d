import assert from "node:assert/strict";
import { MAX_PARTS_PER_TURN } from "../../../../../src/base/limits.ts";
import { inParts } from "../../../../../src/control/daemon/threads/in_parts.ts";
import type { Command } from "../../../../../src/model/messages.ts";
import type { AppSnapshot } from "../../../../../src/model/snapshot.ts";
import { app, target } from "../../../../kit/snapshots.ts";

type ApplyCommand = Extract<Command, { type: "apply" }>;

function applies(command: Command): ApplyCommand[] {
  return inParts(command).map((part) => {
    assert.equal(part.type, "apply");
    return part as ApplyCommand;
  });
}

function sizeOf(apps: readonly AppSnapshot[]): number {
  return apps.reduce((sum, one) => sum + 1 + one.listeners.length + one.targets.length, 0);
}

Deno.test("a large rollout comes in parts of a bounded size, whole and in order", () => {
  const apps = Array.from(
    { length: 2_000 },
    (_, i) => app({ name: `app-${i}`, slot: i, ports: [1_000 + i], targets: [target(1), target(2)] }),
  );
  const sockets = Object.fromEntries(
    apps.flatMap(({ listeners }) => listeners.map(({ key }, i) => [key, [i]])),
  );
  const parts = applies({ type: "apply", revision: 7, apps, removed: ["gone"], sockets });
  assert.ok(parts.every((part) => sizeOf(part.apps) <= MAX_PARTS_PER_TURN && part.revision === 7));
  assert.deepEqual(parts.flatMap((part) => part.apps), apps);
  assert.deepEqual(Object.assign({}, ...parts.map((part) => part.sockets)), sockets);
  assert.ok(parts.every((part) => Object.keys(part.sockets ?? {}).length === part.apps.length));
  assert.deepEqual(parts.map((part) => part.isPart ?? false), [...parts.slice(1).map(() => true), false]);
  assert.deepEqual(parts.flatMap((part) => part.removed), ["gone"]);
  assert.deepEqual(parts.at(-1)?.removed, ["gone"]);
});

Deno.test("what is small, or no rollout, stays as it is; an app is never cut", () => {
  const none: Command = { type: "apply", revision: 1, apps: [], removed: ["a"] };
  assert.deepEqual(inParts(none), [none]);
  assert.deepEqual(inParts({ type: "retire" }), [{ type: "retire" }]);
  const targets = Array.from({ length: 1_000 }, (_, i) => target(i % 250));
  const large: Command = {
    type: "apply",
    revision: 1,
    apps: [app({ name: "a", slot: 1, targets })],
    removed: [],
  };
  assert.deepEqual(inParts(large), [large]);
});
