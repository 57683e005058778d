import assert from "node:assert/strict";
import { askTimes } from "../../kit/client.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { LaunchedProgram, type ProgramResult } from "../../kit/launched_program.ts";
import { testWith } from "../../kit/programs.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";
import { Server } from "../../kit/servers.ts";

/** Programs that others wrote, through the real command line: they know nothing of the proxy between them. */

async function run(command: string, ...args: string[]): Promise<ProgramResult> {
  await using program = new LaunchedProgram({ command, args });
  return await program.result(60_000);
}

/** The proxy before one server, as app `web`. */
function before(server: { readonly address: string }, workers = 2): Promise<Proxy> {
  return Proxy.start({ workers, apps: [{ name: "web", ports: [ANY_PORT], targets: [server.address] }] });
}

async function assertNothingLost(proxy: Proxy): Promise<void> {
  await eventually("every session to end well", async () => {
    const { counters } = await proxy.app("web");
    const { done, ...others } = counters.connections_closed_total;
    assert.deepEqual(others, {});
    assert.equal(counters.connections_active, 0);
    return done === counters.connections_total && done > 0;
  });
}

testWith(
  ["redis-server", "redis-cli", "redis-benchmark"],
  "redis: commands, pipelines and large values",
  async () => {
    await using redis = await Server.redis();
    await using proxy = await before(redis);
    const port = `${await proxy.port("web")}`;
    const cli = async (...args: string[]): Promise<string> =>
      (await run("redis-cli", "-p", port, ...args)).stdout.trim();
    assert.equal(await cli("set", "key", "value"), "OK");
    assert.equal(await cli("get", "key"), "value");
    const value = "0123456789".repeat(10_000);
    assert.equal(await cli("set", "large", value), "OK");
    assert.equal(await cli("get", "large"), value);
    const many = await run(
      "redis-benchmark",
      "-p",
      port,
      "-n",
      "20000",
      "-c",
      "50",
      "-t",
      "set,get,lrange_100",
      "-q",
    );
    assert.equal(many.code, 0, many.stderr);
    assert.equal(many.stdout.match(/requests per second/g)?.length, 4);
    const piped = await run("redis-benchmark", "-p", port, "-n", "100000", "-P", "64", "-t", "set", "-q");
    assert.equal(piped.code, 0, piped.stderr);
    await assertNothingLost(proxy);
  },
);

testWith(["nginx", "wrk"], "wrk on nginx: keep-alive, and a connection for each request", async () => {
  await using nginx = await Server.nginx();
  await using proxy = await before(nginx);
  const url = `http://127.0.0.1:${await proxy.port("web")}/`;
  for (const header of ["X-None: 1", "Connection: close"]) {
    const { stdout, code } = await run("wrk", "-t1", "-c32", "-d1s", "-H", header, url);
    assert.equal(code, 0);
    assert.ok(Number(/(\d+) requests in/.exec(stdout)?.[1]) > 100, stdout);
    assert.doesNotMatch(stdout, /Socket errors|Non-2xx/);
  }
  await eventually(
    "every session to end",
    async () => (await proxy.app("web")).counters.connections_active === 0,
  );
  const { counters } = await proxy.app("web");
  const { done = 0, client_abort = 0 } = counters.connections_closed_total;
  // What wrk has open when its time is up it simply drops.
  assert.ok(client_abort <= 64, `${client_abort}`);
  assert.equal(done + client_abort, counters.connections_total);
});

testWith(["iperf3"], "iperf3 in both directions at once", async () => {
  await using iperf = await Server.iperf3();
  // Its server tells the two directions apart by the order of the connections, which two threads would not keep.
  await using proxy = await before(iperf, 1);
  const port = `${await proxy.port("web")}`;
  const { code, stdout } = await run("iperf3", "-c", "127.0.0.1", "-p", port, "--bidir", "-t", "2", "-J");
  assert.equal(code, 0, stdout);
  const { end } = JSON.parse(stdout);
  for (
    const direction of ["sum_sent", "sum_received", "sum_sent_bidir_reverse", "sum_received_bidir_reverse"]
  ) {
    assert.ok(end[direction].bytes > 100_000, `${direction} ${end[direction].bytes}`);
  }
});

testWith(
  ["nginx", "curl"],
  "curl: a body of its own, keep-alive, and half-close over a raw connection",
  async () => {
    await using nginx = await Server.nginx("hello\n");
    await using proxy = await before(nginx);
    const url = `http://127.0.0.1:${await proxy.port("web")}/`;
    const { stdout } = await run("curl", "-sS", url, url, url);
    assert.equal(stdout, "hello\nhello\nhello\n");
    await eventually("one session", async () => (await proxy.app("web")).counters.connections_total === 1);
    await assertNothingLost(proxy);
  },
);

testWith(["socat"], "socat sends, half-closes, and gets the whole answer", async () => {
  await using target = echoTarget();
  await using proxy = await before({ address: `127.0.0.1:${target.port}` });
  const port = await proxy.port("web");
  const { code, stdout } = await run("sh", "-c", `seq 1 200000 | socat -t 30 - TCP4:127.0.0.1:${port}`);
  assert.equal(code, 0);
  assert.equal(stdout, Array.from({ length: 200_000 }, (_, i) => `${i + 1}\n`).join(""));
  assert.deepEqual(await askTimes(port, 2), ["?", "?"]);
  await assertNothingLost(proxy);
});
