import assert from "node:assert/strict";
import type { ConfigInput } from "../../../src/model/config.ts";
import { askOnce, askTimes, Client } from "../../kit/client.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { testIf, testWith } from "../../kit/programs.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";
import type { TcpServer } from "../../kit/tcp_server.ts";

const noSignals = Deno.build.os === "windows" ? "Windows has no such signals" : null;
const REOPENED = "log files reopened";
const LOST = "writing the access log failed";
const OVER = "access log keeps up again";

function to(target: TcpServer, file: string): ConfigInput {
  return {
    access_log: { to: file },
    apps: [{ name: "web", ports: [ANY_PORT], targets: [`127.0.0.1:${target.port}`] }],
  };
}

/** A proxy whose access log is the file `access.log` of its folder. */
async function startWithFile(target: TcpServer): Promise<Proxy> {
  const proxy = await Proxy.start({ apps: [] });
  try {
    await proxy.rollOut(to(target, `${proxy.folder}/access.log`));
    return proxy;
  } catch (error) {
    await proxy[Symbol.asyncDispose]();
    throw error;
  }
}

async function recordsIn(proxy: Proxy, file: string): Promise<number> {
  const text = await Deno.readTextFile(`${proxy.folder}/${file}`);
  assert.ok(text === "" || text.endsWith("\n"), "whole lines");
  return text.split("\n").length - 1;
}

for (const signal of ["SIGUSR1", "SIGHUP"] as const) {
  testIf(
    noSignals,
    `${signal} opens the access log anew, under clients that go on, and no record is lost`,
    async () => {
      await using target = echoTarget();
      await using proxy = await startWithFile(target);
      const port = await proxy.port("web");
      let asked = 0;
      let isOver = false;
      const asking = Promise.all(Array.from({ length: 4 }, async () => {
        while (!isOver) {
          assert.equal(await askOnce(port, "?"), "?");
          asked++;
        }
      }));
      // What goes wrong there is told when it is awaited.
      asking.catch(() => {});
      const names = ["access.log.1", "access.log.2", "access.log.3"];
      for (const [index, name] of names.entries()) {
        await eventually("some records", async () => await recordsIn(proxy, "access.log") > 0);
        await Deno.rename(`${proxy.folder}/access.log`, `${proxy.folder}/${name}`);
        proxy.program.kill(signal);
        await eventually("the new file", () => proxy.logged(REOPENED).length === index + 1);
      }
      await eventually("records in the new file", async () => await recordsIn(proxy, "access.log") > 0);
      isOver = true;
      await asking;
      await eventually("every record", async () => {
        const counts = await Promise.all([...names, "access.log"].map((name) => recordsIn(proxy, name)));
        return counts.reduce((sum, count) => sum + count) === asked || `${counts.join("+")} of ${asked}`;
      });
      assert.equal((await proxy.status()).dropped.access_records, 0);
    },
  );
}

testIf(
  noSignals,
  "SIGUSR1 while the file cannot be opened: that is said, and the old file is written on",
  async () => {
    await using target = echoTarget();
    await using proxy = await startWithFile(target);
    const port = await proxy.port("web");
    await Deno.rename(`${proxy.folder}/access.log`, `${proxy.folder}/old.log`);
    await Deno.mkdir(`${proxy.folder}/access.log`);
    proxy.program.kill("SIGUSR1");
    await proxy.program.line(/a log file cannot be reopened, the old file stays/);
    await askTimes(port, 3);
    await eventually("three records", async () => await recordsIn(proxy, "old.log") === 3);
  },
);

testIf(noSignals, "SIGUSR1 without a log file, and SIGUSR2, change nothing: sessions go on", async () => {
  await using target = echoTarget();
  await using proxy = await Proxy.start(to(target, "none"));
  using client = await Client.to(await proxy.port("web"));
  assert.equal(await client.ask("?"), "?");
  proxy.program.kill("SIGUSR1");
  proxy.program.kill("SIGUSR2");
  await proxy.program.line(/"signal ignored: it has no meaning here","signal":"SIGUSR2"/);
  assert.equal(await client.ask("!"), "!");
  assert.equal((await proxy.status()).connections.active, 1);
});

testWith(
  ["prlimit"],
  "a log file that may not grow (SIGXFSZ) is told; traffic goes on, and records wait until it may",
  async () => {
    await using target = echoTarget();
    await using proxy = await startWithFile(target);
    const port = await proxy.port("web");
    const allow = async (bytes: string): Promise<void> => {
      const args = [`--pid=${proxy.pid}`, `--fsize=${bytes}:`];
      assert.equal((await new Deno.Command("prlimit", { args }).output()).success, true);
    };
    await allow("8192");
    await askTimes(port, 60);
    await eventually("the complaint", () => proxy.logged(LOST).length === 1);
    assert.equal(await askOnce(port), "hello");
    await allow("unlimited");
    await eventually("every record", async () => await recordsIn(proxy, "access.log") === 61);
    await eventually("the end of it", () => proxy.logged(OVER).length === 1);
    assert.equal((await proxy.status()).dropped.access_records, 0);
  },
);
