import assert from "node:assert/strict";
import { systemClock } from "../../../src/base/clock.ts";
import { systemRandom } from "../../../src/base/random.ts";
import { warmUp } from "../../../src/data/warm_up.ts";
import { createEngine, openWarmUpLoad } from "../../../src/engine/mod.ts";
import { Board, Header } from "../../../src/model/board.ts";
import { TABLE_BYTES } from "../../../src/model/table_ref.ts";
import type { AppSnapshot } from "../../../src/model/snapshot.ts";
import { fdCount } from "../../kit/fd_count.ts";
import { httpApp } from "../../kit/http_snapshots.ts";
import { app } from "../../kit/snapshots.ts";

const IS_LINUX = Deno.build.os === "linux";

/** Warms an engine up with those apps. @returns descriptors that it left open, and sockets that it had the kernel open. */
function rehearse(apps: readonly AppSnapshot[]): { left: number; opened: number } {
  const board = Board.allocate();
  const gate = { words: board.words, index: Header.acceptGate };
  const engine = createEngine("epoll", { clock: systemClock, gate });
  const before = fdCount();
  const socketsBefore = activeOpens();
  const opened = openWarmUpLoad(engine) ?? assert.fail("epoll warms up");
  warmUp({ ms: 50, apps: apps.map((one) => ({ ...one, engine: "epoll" })) }, {
    ...opened,
    clock: systemClock,
    random: systemRandom,
    tables: new SharedArrayBuffer(TABLE_BYTES),
    slots: board.slots,
  });
  opened.load.close();
  const result = { left: fdCount() - before, opened: activeOpens() - socketsBefore };
  engine.shutdown();
  return result;
}

/** Connections that were begun on this machine since its start (`ActiveOpens` of /proc/net/snmp, RFC 4022). */
function activeOpens(): number {
  const lines = Deno.readTextFileSync("/proc/net/snmp").split("\n").filter((line) => line.startsWith("Tcp:"));
  const [names = [], values = []] = lines.map((line) => line.split(" "));
  return Number(values[names.indexOf("ActiveOpens")]);
}

for (
  const [name, apps] of [
    ["TCP", [app()]],
    ["HTTP", [httpApp()]],
    ["both", [app({ name: "tcp" }), httpApp({ name: "http", slot: 2 })]],
    ["an app with a limit, a script and no listener", [{
      ...app({ policy: { maxConnections: 1 }, ports: [] }),
      strategy: { type: "script", script: { file: "x", code: "throw 1", hash: "1" } },
    }]],
  ] as const
) {
  Deno.test({
    name: `a warm-up serves sessions, and leaves nothing open: ${name}`,
    ignore: !IS_LINUX,
    fn: () => {
      const { left, opened } = rehearse(apps);
      assert.equal(left, 0);
      // A client each, and a target for it: one at least came through.
      assert.ok(opened > 64, `${opened} connections`);
    },
  });
}

Deno.test("without apps there is nothing to rehearse", { ignore: !IS_LINUX }, () => {
  assert.equal(rehearse([]).left, 0);
});

Deno.test("the engine of an event loop does not rehearse", () => {
  const gate = { words: new Int32Array(1), index: 0 };
  const engine = createEngine("deno", { clock: systemClock, gate });
  assert.equal(openWarmUpLoad(engine), null);
  engine.shutdown();
});
