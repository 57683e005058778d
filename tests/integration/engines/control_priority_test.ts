import assert from "node:assert/strict";
import type { ConfigInput } from "../../../src/model/config.ts";
import { askOnce } from "../../kit/client.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { testIf } from "../../kit/programs.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";

const OBSTACLE = Deno.build.os === "linux" ? null : "priorities of threads are Linux's";

/** Nice values of a process's threads: that of the first one, which is control, and those of the others. */
function niceValues(pid: number): { readonly control: number; readonly others: readonly number[] } {
  const threads = [...Deno.readDirSync(`/proc/${pid}/task`)].map(({ name }) => name);
  const values = new Map(threads.map((thread) => {
    const text = Deno.readTextFileSync(`/proc/${pid}/task/${thread}/stat`);
    // Field 19 of proc_pid_stat(5); the name, field 2, may hold spaces.
    return [thread, Number(text.slice(text.lastIndexOf(")") + 2).split(" ")[16])];
  }));
  const control = values.get(`${pid}`) ?? NaN;
  values.delete(`${pid}`);
  return { control, others: [...values.values()] };
}

testIf(OBSTACLE, "control yields to data threads, those that were started later included", async () => {
  await using target = echoTarget();
  const app = (name: string, engine: "deno" | "epoll"): ConfigInput["apps"][number] => (
    { name, engine, ports: [ANY_PORT], targets: [`127.0.0.1:${target.port}`] }
  );
  const config = (workers: number, ...apps: ConfigInput["apps"]): ConfigInput => ({ workers, apps });
  await using proxy = await Proxy.start(config(1, app("one", "epoll")));
  const own = niceValues(Deno.pid).control;
  await eventually("control to be lowered", async () => (await proxy.status()).control.nice === own + 5);
  const before = niceValues(proxy.pid);
  assert.equal(before.control, own + 5);
  await proxy.write(config(3, app("one", "epoll"), app("two", "deno")));
  await eventually("six data threads", async () => {
    const { threads, revision } = await proxy.status();
    return threads.length === 6 && threads.every((thread) => thread.revision === revision && revision > 1);
  });
  for (const name of ["one", "two", "one", "two"]) {
    assert.equal(await askOnce(await proxy.port(name)), "hello");
  }
  const after = niceValues(proxy.pid);
  assert.equal(after.control, own + 5);
  assert.ok(after.others.length >= before.others.length + 5, `${after.others.length} threads`);
  // Those of control's own helpers that it starts from now on may be lowered; data threads are the most by far.
  assert.ok(
    after.others.filter((nice) => nice === own).length >= before.others.length + 5,
    `${after.others}`,
  );
  await proxy.rollOut(config(1, app("one", "epoll")));
  await eventually("one data thread", async () => (await proxy.status()).threads.length === 1);
  assert.equal(await askOnce(await proxy.port("one")), "hello");
  assert.ok((await proxy.status()).threads.every((thread) => thread.restarts === 0));
});

testIf(OBSTACLE, "control.nice 0 leaves control as it is; to make it smaller takes a restart", async () => {
  await using target = echoTarget();
  const config = (nice: number, seconds: number): ConfigInput => ({
    control: { nice },
    apps: [{
      name: "one",
      ports: [ANY_PORT],
      targets: [`127.0.0.1:${target.port}`],
      idle_timeout: `${seconds}s`,
    }],
  });
  await using proxy = await Proxy.start(config(0, 1));
  const own = niceValues(Deno.pid).control;
  const { control } = await proxy.status();
  assert.deepEqual([control.nice, niceValues(proxy.pid).control], [own, own]);
  await proxy.rollOut(config(3, 2));
  await eventually("control to be lowered", async () => (await proxy.status()).control.nice === own + 3);
  await proxy.rollOut(config(1, 3));
  await eventually(
    "a warning",
    () => proxy.logged("control.nice can only be made smaller by a restart").length === 1,
  );
  assert.equal((await proxy.status()).control.nice, own + 3);
});
