import assert from "node:assert/strict";
import type { ConfigInput } from "../../../src/model/config.ts";
import { askOnce, Client } from "../../kit/client.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { HttpTarget } from "../../kit/http_target.ts";
import { LaunchedProgram } from "../../kit/launched_program.ts";
import { say, testIf } from "../../kit/programs.ts";
import { makeRecords } from "../../kit/make_records.ts";
import { ANY_PORT, Proxy, TEST_ENGINE } from "../../kit/proxy.ts";
import { rss } from "../../kit/rss.ts";
import type { TcpServer } from "../../kit/tcp_server.ts";

const MIB = 1024 * 1024;
const LINES_DROPPED = "log lines were dropped: they were not read or not written";
const TOO_SLOW = "access log is too slow, dropping records";
const KEEPS_UP = "access log keeps up again";

function to(target: TcpServer, changes: Partial<ConfigInput["apps"][number]> = {}): ConfigInput {
  return { apps: [{ name: "web", ports: [ANY_PORT], targets: [`127.0.0.1:${target.port}`], ...changes }] };
}

/** A config with a mistake that takes more to be said than fits into a pipe (64 KiB, man 7 pipe). */
const MISTAKE = JSON.stringify({ apps: [], ["x".repeat(300_000)]: 1 });

/** Has the proxy say so much that its standard error, which nobody reads, takes no more. */
async function stallLog(proxy: Proxy): Promise<void> {
  proxy.program.stopReading();
  await proxy.write(MISTAKE);
  await eventually("log lines to be dropped", async () => {
    // The file is read at once, and what is wrong with it is said again.
    proxy.program.kill("SIGHUP");
    return (await proxy.status()).dropped.log_lines > 0;
  });
}

Deno.test("a stalled reader of standard error holds up neither admin, reload nor traffic; SIGTERM drains", async () => {
  await using target = echoTarget();
  await using proxy = await Proxy.start(to(target));
  const port = await proxy.port("web");
  await stallLog(proxy);
  assert.equal(await askOnce(port), "hello");
  await proxy.write(to(target, { connect_timeout: "4s" }));
  await eventually("the next config", async () => (await proxy.status()).revision === 2);
  await eventually("it to be ready", async () => (await proxy.ask("/readyz")).status === 200);
  proxy.program.kill("SIGTERM");
  assert.equal((await proxy.program.result()).code, 0);
});

for (const [signal, code] of [["SIGTERM", 143], ["SIGINT", 130]] as const) {
  Deno.test(`with a stalled reader of standard error a second ${signal} exits at once with ${code}`, async () => {
    await using target = echoTarget();
    await using proxy = await Proxy.start(to(target, { drain_timeout: "10m" }));
    using client = await Client.to(await proxy.port("web"));
    assert.equal(await client.ask("?"), "?");
    await stallLog(proxy);
    proxy.program.kill("SIGTERM");
    await eventually("the drain", async () => (await proxy.ask("/readyz")).status === 503);
    assert.equal(await client.ask("still there"), "still there");
    await proxy.program.killAgain(signal);
    assert.equal((await proxy.program.result()).code, code);
  });
}

Deno.test("with a stalled reader of standard error a data thread that crashes is replaced all the same", async () => {
  const kit = new URL("../../kit/local_daemon.ts", import.meta.url).href;
  const app = { name: "web", ports: [ANY_PORT], targets: ["127.0.0.1:1"] };
  const program = `
    import { LocalDaemon } from ${JSON.stringify(kit)};
    const config = { engine: ${JSON.stringify(TEST_ENGINE)}, workers: 1, apps: [${JSON.stringify(app)}] };
    const local = await LocalDaemon.start(config);
    Deno.stderr.write(new Uint8Array(2 ** 20));
    local.crash(0);
    await local.crashed(1);
    Deno.exit(7);
  `;
  await using launched = new LaunchedProgram({ args: ["eval", program] });
  launched.stopReading();
  assert.equal((await launched.result()).code, 7);
});

Deno.test("log lines that nobody read are counted, and said once the reader is back", async () => {
  await using target = echoTarget();
  await using proxy = await Proxy.start(to(target));
  await stallLog(proxy);
  proxy.program.goOnReading();
  await eventually("the count", () => proxy.logged(LINES_DROPPED).length === 1);
  await proxy.rollOut(to(target, { connect_timeout: "4s" }));
  const { dropped } = await proxy.status();
  const said = proxy.logged(LINES_DROPPED).map((line) => Number(line.dropped));
  assert.deepEqual(said, [dropped.log_lines]);
});

for (const engine of ["deno", "epoll"] as const) {
  testIf(
    engine === "epoll" && Deno.build.os !== "linux" ? "needs Linux" : null,
    `a stalled reader of the access log costs bounded memory, and every record is written or counted, on ${engine}`,
    async () => {
      await using target = new HttpTarget(() => "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
      const { port: targetPort } = target.address;
      await using proxy = await Proxy.start({
        engine,
        access_log: { to: "stdout" },
        apps: [{ name: "web", mode: "http", ports: [ANY_PORT], targets: [`http://127.0.0.1:${targetPort}`] }],
      });
      const port = await proxy.port("web");
      let made = await makeRecords(port, MIB);
      await eventually("all records", () => proxy.program.stdout.split("\n").length - 1 === made);
      proxy.program.stopReading();
      made += await makeRecords(port, 10 * MIB);
      await eventually(
        "records to be dropped",
        async () => (await proxy.status()).dropped.access_records > 0,
      );
      const before = rss(proxy.pid);
      made += await makeRecords(port, 10 * MIB);
      say(
        `10 MiB of records more with a stalled reader, ${engine}: ${
          Math.round((rss(proxy.pid) - before) / MIB)
        } MiB`,
      );
      proxy.program.goOnReading();
      await eventually("the end of it", () => proxy.logged(KEEPS_UP).length === 1);
      made += await makeRecords(port, MIB);
      const { access_records } = (await proxy.status()).dropped;
      await eventually(
        "every record",
        () => proxy.program.stdout.split("\n").length - 1 === made - access_records,
      );
      assert.equal(proxy.logged(TOO_SLOW).length, 1);
      assert.equal(proxy.logged(KEEPS_UP)[0]?.dropped, access_records);
    },
  );
}
