import assert from "node:assert/strict";
import { Children } from "../../../bench/process/children.ts";
import { isGone, processTree } from "../../../bench/process/proc.ts";
import { eventually } from "../../kit/eventually.ts";
import { shell } from "./shell.ts";

/** The benchmark runs where there are `/proc` and `taskset`. */
const ignore = Deno.build.os !== "linux";
const TIMEOUT_MS = 20_000;

/** Whether a process runs: a zombie, which only waits for its parent to ask how it ended, does not. */
function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(Deno.readTextFileSync(`/proc/${pid}/stat`));
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
}

Deno.test({
  name: "a program is ended with what it started, even if it is frozen or ignores the request",
  ignore,
  async fn(): Promise<void> {
    const children = new Children();
    const child = children.start(shell("trap '' TERM; sleep 1000 & echo started; wait"));
    assert.equal(await child.firstLine(TIMEOUT_MS), "started");
    const pids = processTree(child.pid);
    assert.equal(pids.length, 2);
    child.freeze();
    await children.close();
    assert.equal(child.hasEnded, true);
    // The kernel takes its time to end one that was killed.
    for (const pid of pids) await eventually(`process ${pid} to be gone`, () => !isRunning(pid));
    assert.throws(() => children.start(shell("true")), /the run is over/);
  },
});

Deno.test({
  name: "a program's output is returned, its failure thrown with its own words",
  ignore,
  async fn(): Promise<void> {
    const children = new Children();
    assert.equal(await children.run(shell("echo one; echo two"), TIMEOUT_MS), "one\ntwo\n");
    await assert.rejects(
      children.run(shell("echo why >&2; exit 3"), TIMEOUT_MS),
      /shell failed with code 3: why/,
    );
    await children.close();
  },
});

Deno.test({
  name: "a program's folder goes with it, also when somebody else has removed it",
  ignore,
  async fn(): Promise<void> {
    const children = new Children();
    const folders = [Deno.makeTempDirSync(), Deno.makeTempDirSync()];
    Deno.writeTextFileSync(`${folders[0]}/access.log`, "");
    Deno.removeSync(`${folders[1]}`);
    for (const folder of folders) await children.run({ ...shell("true"), folder }, TIMEOUT_MS);
    assert.throws(() => Deno.statSync(`${folders[0]}`), Deno.errors.NotFound);
    await children.close();
  },
});

Deno.test({
  name: "a program that takes too long is ended",
  ignore,
  async fn(): Promise<void> {
    const children = new Children();
    await assert.rejects(children.run(shell("exec sleep 1000"), 50), /shell took longer than 50 ms/);
    await children.close();
  },
});

Deno.test({
  name: "processor time and memory of a program are seen",
  ignore,
  async fn(): Promise<void> {
    const children = new Children();
    const child = children.start(
      shell("i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; echo done; sleep 1000"),
    );
    await child.firstLine(TIMEOUT_MS);
    assert.ok(child.cpuSeconds() > 0.01);
    const { pssBytes, rssBytes } = child.memory();
    assert.ok(pssBytes > 50_000 && rssBytes >= pssBytes, `${pssBytes} and ${rssBytes} bytes`);
    await children.close();
  },
});
