import assert from "node:assert/strict";
import type { ConfigInput } from "../../../src/model/config.ts";
import { askOnce, askTimes, Client } from "../../kit/client.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { fdCount } from "../../kit/fd_count.ts";
import { cpuShare } from "../../kit/over_time.ts";
import { say, testWith } from "../../kit/programs.ts";
import { ANY_PORT, Proxy, TEST_ENGINE } from "../../kit/proxy.ts";
import type { TcpServer } from "../../kit/tcp_server.ts";
import { within } from "../../kit/within.ts";

const FAILED = "accepting connections failed, trying again";
const CAP_REACHED = "connection cap reached: new clients wait";

/** What a session may take: two sockets, and on the epoll engine a pipe each way. */
const SESSION_DESCRIPTORS = TEST_ENGINE === "epoll" ? 6 : 2;

function to(target: TcpServer, changes: Partial<ConfigInput> = {}): ConfigInput {
  return { apps: [{ name: "web", ports: [ANY_PORT], targets: [`127.0.0.1:${target.port}`] }], ...changes };
}

function times(lines: readonly Readonly<Record<string, unknown>>[]): number[] {
  return lines.map((line) => Date.parse(String(line.ts)));
}

/**
 * Data threads say it once a second, and control may write one line late, so that the next seems to come early.
 * @throws {AssertionError} when two lines are much less than a second apart.
 */
function assertOnceASecond(lines: readonly Readonly<Record<string, unknown>>[]): void {
  const at = times(lines);
  for (let i = 1; i < at.length; i++) {
    assert.ok((at[i] ?? 0) - (at[i - 1] ?? 0) >= 500, `lines at ${at.join(" ")}`);
  }
}

testWith(
  ["prlimit"],
  "under a low descriptor limit the cap is met first: clients wait, and none is lost",
  async () => {
    await using target = echoTarget();
    await using proxy = await Proxy.start(to(target), { wrapper: ["prlimit", "--nofile=400:400"] });
    const port = await proxy.port("web");
    const { max } = (await proxy.status()).connections;
    assert.ok(max > 200 / SESSION_DESCRIPTORS && max < 400 / SESSION_DESCRIPTORS, `cap ${max}`);
    const clients: Client[] = [];
    try {
      // More than the cap: the ones above it are connected by the kernel, and wait for their answer.
      for (let i = 0; i < max + 40; i++) clients.push(await Client.to(port));
      await Promise.all(clients.map((client) => client.send("?")));
      await eventually("the cap to be reached", async () => (await proxy.status()).connections.active >= max);
      await proxy.program.line(/connection cap reached/);
      const { active } = (await proxy.status()).connections;
      assert.ok(active <= max + 2, `${active} of ${max}`);
      assert.ok(fdCount(proxy.pid) <= 400 - 10, `${fdCount(proxy.pid)} descriptors`);

      let answered = 0;
      const answers = clients.map(async (client) => {
        assert.equal(await client.receive(60_000), "?");
        answered++;
        client[Symbol.dispose]();
      });
      await within("every client to be answered", Promise.all(answers), 60_000);
      assert.equal(answered, max + 40);
    } finally {
      for (const client of clients) client[Symbol.dispose]();
    }
    assert.deepEqual(await askTimes(port, 5), ["?", "?", "?", "?", "?"]);
    assert.deepEqual(proxy.logged(FAILED), []);
    assertOnceASecond(proxy.logged(CAP_REACHED));
    const { counters } = await proxy.app("web");
    for (const reason of ["resource", "limit", "connect_failed"]) {
      assert.equal(
        counters.connections_closed_total[reason],
        undefined,
      );
    }
  },
);

testWith(
  ["prlimit"],
  "a cap in the config that the descriptors do not allow is lowered, with a warning",
  async () => {
    await using target = echoTarget();
    const wrapper = ["prlimit", "--nofile=400:400"];
    await using proxy = await Proxy.start(to(target, { max_connections: 5_000 }), { wrapper });
    assert.ok((await proxy.status()).connections.max < 200);
    assert.equal(proxy.logged("max_connections is above what the descriptor limit allows")[0]?.limit, 400);
  },
);

Deno.test("max_connections of the whole process holds back new clients", async () => {
  await using target = echoTarget();
  await using proxy = await Proxy.start(to(target, { max_connections: 3, workers: 1 }));
  const port = await proxy.port("web");
  using one = await Client.to(port);
  using two = await Client.to(port);
  using three = await Client.to(port);
  for (const client of [one, two, three]) assert.equal(await client.ask("?"), "?");
  using four = await Client.to(port);
  await four.send("!");
  await proxy.program.line(/connection cap reached/);
  assert.equal((await proxy.status()).connections.active, 3);
  one[Symbol.dispose]();
  assert.equal(await four.receive(), "!");
});

testWith(
  ["prlimit"],
  "out of descriptors for real: paced, almost no CPU, and back within 100 ms",
  async () => {
    await using target = echoTarget();
    await using proxy = await Proxy.start(to(target));
    const port = await proxy.port("web");
    assert.equal(await askOnce(port), "hello");
    const setLimit = async (limit: number): Promise<void> => {
      const args = [`--pid=${proxy.pid}`, `--nofile=${limit}:`];
      assert.equal((await new Deno.Command("prlimit", { args }).output()).success, true);
    };
    await eventually(
      "the admin's connection to be idle",
      async () => (await proxy.status()).connections.active === 0,
    );
    // Whatever is closed meanwhile, no number is free.
    await setLimit(0);
    const waiting: Client[] = [];
    try {
      for (let i = 0; i < 10; i++) waiting.push(await Client.to(port));
      await Promise.all(waiting.map((client) => client.send("?")));
      await proxy.program.line(/accepting connections failed/);
      const share = await cpuShare(proxy.pid, 3_000);
      const startedAt = performance.now();
      await setLimit(10_000);
      assert.equal(await waiting[0]?.receive(), "?");
      const recoveredMs = performance.now() - startedAt;
      for (const client of waiting.slice(1)) assert.equal(await client.receive(), "?");
      const failures = (await proxy.app("web")).listeners[0]?.accept_errors_total ?? 0;
      const lines = proxy.logged(FAILED);
      say(
        `EMFILE over 3 s: ${failures} failed accepts, ${lines.length} log lines, ${
          (share * 100).toFixed(1)
        } % CPU, ` +
          `answered ${Math.round(recoveredMs)} ms after descriptors were free`,
      );
      assert.ok(failures >= 5 && failures <= 60, `${failures} failed accepts`);
      assert.ok(share < 0.1, `${share * 100} % CPU`);
      assert.ok(recoveredMs < 2_000, `${recoveredMs} ms`);
      assertOnceASecond(lines);
    } finally {
      for (const client of waiting) client[Symbol.dispose]();
    }
  },
);

/**
 * How accepting is made to fail, and how long that many failures take when they are paced. strace counts calls by thread,
 * so the admin server's own accepts fail as often; it waits up to a second after each, hence few of EMFILE.
 */
const FAULTS = [
  { error: "EMFILE", failures: 12, leastMs: 850 },
  { error: "ECONNABORTED", failures: 25, leastMs: 2_000 },
] as const;

for (const { error, failures, leastMs } of FAULTS) {
  testWith(
    ["strace"],
    `accept that fails with ${error} is paced, logged once a second, and works again`,
    async () => {
      await using target = echoTarget();
      const inject = `inject=accept4:error=${error}:when=4..${3 + failures}`;
      await using proxy = await Proxy.start(to(target, { workers: 1 }), {
        wrapper: ["strace", "-D", "-f", "-qq", "-o", "/dev/null", "-e", "trace=accept4", "-e", inject],
      });
      const port = await proxy.port("web");
      const startedAt = performance.now();
      // The first ones are accepted, then accepting fails until the fault is over.
      const asking = Promise.all(Array.from({ length: 12 }, () => askOnce(port, "?")));
      assert.deepEqual(await within("every answer", asking, 60_000), new Array(12).fill("?"));
      const elapsedMs = performance.now() - startedAt;
      const errors = (await proxy.app("web")).listeners[0]?.accept_errors_total ?? 0;
      const lines = proxy.logged(FAILED);
      say(`${error}: ${errors} failed accepts in ${Math.round(elapsedMs)} ms, ${lines.length} log lines`);
      assert.ok(errors > 0 && errors <= failures, `${errors} failed accepts`);
      assert.ok(elapsedMs >= leastMs, `${errors} failures within ${elapsedMs} ms`);
      assert.ok(lines.length >= 1);
      assertOnceASecond(lines);
      assert.deepEqual(await askTimes(port, 5), ["?", "?", "?", "?", "?"]);
    },
  );
}
