import assert from "node:assert/strict";
import { systemClock } from "../../../../../src/base/clock.ts";
import { Thread } from "../../../../../src/control/daemon/threads/thread.ts";
import { ThreadHost } from "../../../../../src/control/daemon/threads/thread_host.ts";
import { unsupportedReason } from "../../../../../src/engine/mod.ts";
import type { Report } from "../../../../../src/model/messages.ts";
import { eventually } from "../../../../kit/eventually.ts";
import { FakeMemory } from "../../../../kit/fake_memory.ts";
import { say, testIf } from "../../../../kit/programs.ts";

const WORKER_URL = new URL("../../../../../src/data/worker.ts", import.meta.url).href;

say("thread_host_test: data threads are made to crash, and say so");

for (const engine of ["epoll", "deno"] as const) {
  testIf(
    unsupportedReason(engine),
    `${engine}: a thread of another thread hears, tells, stops, crashes and is killed`,
    async () => {
      const { board, totals, tables } = new FakeMemory();
      const host = new ThreadHost();
      const reports: Report[] = [];
      const crashes: string[] = [];
      const start = (index: number): Thread =>
        new Thread({
          stage: () => 0,
          workerUrl: WORKER_URL,
          startWorker: host.start,
          index,
          engine,
          board: board.buffer,
          tables,
          counters: totals.open(),
        }, {
          onReport: (report) => void reports.push(report),
          onCrash: (message) => void crashes.push(message),
        });
      const reported = async (type: Report["type"], times: number): Promise<void> =>
        await eventually(type, () => reports.filter((report) => report.type === type).length === times);
      try {
        const one = start(0);
        const two = start(1);
        await reported("ready", 2);
        one.send({ type: "apply", revision: 7, apps: [], removed: [] });
        await reported("applied", 1);
        one.send({ type: "stop" });
        await reported("stopped", 1);
        assert.equal(one.state, "stopped");
        two.send({ type: "crash" });
        await eventually("the crash", () => crashes.length === 1);
        assert.match(crashes[0] ?? "", /told to crash/);
        assert.equal(two.state, "crashed");
        const three = start(2);
        await reported("ready", 3);
        three.kill("it hangs", systemClock);
        await eventually("the end", () => crashes.length === 2);
        assert.equal(crashes[1], "it hangs");
      } finally {
        host.close();
      }
    },
  );
}

Deno.test("a thread that cannot be started elsewhere has crashed", async () => {
  const { board, totals, tables } = new FakeMemory();
  const host = new ThreadHost();
  const crashes: string[] = [];
  try {
    new Thread({
      stage: () => 0,
      workerUrl: "no url at all",
      startWorker: host.start,
      index: 0,
      engine: "deno",
      board: board.buffer,
      tables,
      counters: totals.open(),
    }, { onReport: () => {}, onCrash: (message) => void crashes.push(message) });
    await eventually("the crash", () => crashes.length === 1);
  } finally {
    host.close();
  }
});
