import assert from "node:assert/strict";
import { runProgram } from "../../../src/cli/program.ts";
import type { TargetStatus } from "../../../src/control/daemon/status.ts";
import type { ConfigInput } from "../../../src/model/config.ts";
import { askOnce, Client, turnedAway } from "../../kit/client.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { cpuShare } from "../../kit/over_time.ts";
import { say, testIf } from "../../kit/programs.ts";
import { ANY_PORT, Proxy, TEST_ENGINE } from "../../kit/proxy.ts";
import { TcpServer } from "../../kit/tcp_server.ts";
import { CapturedIo } from "../../unit/cli/captured_io.ts";

/** Targets are probed in the program as users run it, and sessions go where they can be served. */

const IS_FULL = Deno.env.get("FPROXY_TEST_FULL") === "1";
const ECHO = {
  type: "tcp",
  send: "?",
  expect: "?",
  interval: "300ms",
  timeout: "300ms",
  jitter: "0%",
} as const;
/** How clients are turned away: the engine `deno` has no RST to send. */
const REFUSAL = TEST_ENGINE === "epoll" ? "reset" : "closed";

type AppInput = ConfigInput["apps"][number];

function app(targets: AppInput["targets"], more: Partial<AppInput> = {}): AppInput {
  return { name: "web", ports: [ANY_PORT], targets, health_check: { ...ECHO }, ...more };
}

async function target(proxy: Proxy, index: number, name = "web"): Promise<TargetStatus> {
  const found = (await proxy.app(name)).targets[index];
  assert.ok(found !== undefined);
  return found;
}

function available(proxy: Proxy, count: number): Promise<void> {
  return eventually(`${count} targets to be available`, async () => {
    const now = (await proxy.app("web")).available;
    return now === count || now;
  });
}

Deno.test("an app is ready when its first probes have answered and enough targets are available", async () => {
  await using good = echoTarget();
  const gate = Promise.withResolvers<void>();
  await using late = new TcpServer(async (connection) => {
    const buffer = new Uint8Array(64);
    const count = await connection.read(buffer);
    await gate.promise;
    if (count !== null) await connection.write(buffer.subarray(0, count));
  });
  await using proxy = await Proxy.start({
    apps: [
      app([`127.0.0.1:${good.port}`, `127.0.0.1:${late.port}`], {
        health_check: { ...ECHO, interval: "20s", timeout: "20s" },
        min_available: 2,
      }),
      { name: "other", ports: [ANY_PORT], targets: [`127.0.0.1:${good.port}`] },
    ],
  });
  await eventually("the first probe", async () => (await target(proxy, 0)).health === "up");
  const said = async (path: string): Promise<[number, string]> => {
    const response = await proxy.ask(path);
    return [response.status, await response.text()];
  };
  assert.deepEqual(await said("/readyz"), [503, "not ready\nweb starting\nother ready\n"]);
  assert.deepEqual(await said("/readyz/other"), [200, "ready\nother ready, 1 available of 1 wanted\n"]);
  assert.equal((await said("/readyz/web"))[0], 503);
  assert.equal((await said("/readyz/none"))[0], 404);
  gate.resolve();
  await eventually("the other", async () => (await proxy.ask("/readyz/web")).status === 200);
  await proxy.rollOut({
    apps: [app([`127.0.0.1:${good.port}`, { address: "127.0.0.1:9", weight: 0 }], { min_available: 2 })],
  });
  assert.deepEqual(await said("/readyz"), [503, "not ready\nweb ready, 1 available of 2 wanted\n"]);
});

Deno.test("a rollout keeps what is known of targets that stay; new ones begin as they are told, removed ones are left alone", async () => {
  await using good = echoTarget();
  await using hanging = new TcpServer(async (connection) => {
    while (await connection.read(new Uint8Array(64)) !== null);
  });
  const [a, b] = [`127.0.0.1:${good.port}`, `127.0.0.1:${hanging.port}`];
  await using proxy = await Proxy.start({ apps: [app([a, b])] });
  await available(proxy, 1);
  await proxy.rollOut({ apps: [app([a, b], { health_check: { ...ECHO, interval: "1h" } })] });
  // Otherwise its first probe would be needed again.
  const kept = await target(proxy, 1);
  assert.deepEqual([kept.health, kept.available], ["down", false]);
  await using third = echoTarget();
  await using fourth = echoTarget();
  await proxy.rollOut({
    apps: [app([
      a,
      {
        address: `127.0.0.1:${third.port}`,
        health_check: { initial_status: "down", healthy_threshold: 255 },
      },
      { address: `127.0.0.1:${fourth.port}`, health_check: false },
    ])],
  });
  const [, started, unprobed] = (await proxy.app("web")).targets;
  assert.deepEqual([started?.health, started?.available], ["down", false]);
  assert.deepEqual([unprobed?.health, unprobed?.available, unprobed?.probe], ["unknown", true, undefined]);
  const { accepted } = hanging;
  await eventually(
    "more probes of what stays",
    async () => ((await target(proxy, 0)).probe?.checks_total ?? 0) > 20,
  );
  assert.equal(hanging.accepted, accepted);
});

Deno.test("sessions of a target that went down go on, or end, as the app has it", async () => {
  let isWell = true;
  await using moody = new TcpServer(async (connection) => {
    const buffer = new Uint8Array(64);
    for (;;) {
      const count = await connection.read(buffer);
      if (count === null) return;
      if (isWell || buffer[0] !== "?".charCodeAt(0)) await connection.write(buffer.subarray(0, count));
    }
  });
  const targets = [`127.0.0.1:${moody.port}`];
  await using proxy = await Proxy.start({
    access_log: { to: "stdout" },
    apps: [app(targets, { on_down: "close" }), app(targets, { name: "kept" })],
  });
  await available(proxy, 1);
  // One probe serves both.
  using closed = await Client.to(await proxy.port("web"));
  using kept = await Client.to(await proxy.port("kept"));
  assert.deepEqual([await closed.ask("a"), await kept.ask("b")], ["a", "b"]);
  isWell = false;
  await closed.ended();
  await proxy.program.line(/"app":"web".*"close_reason":"target_down"/);
  assert.equal((await target(proxy, 0, "kept")).health, "down");
  assert.equal(await kept.ask("c"), "c");
});

Deno.test("below fail_open_percent all targets are used, and that is said", async () => {
  await using plain = new TcpServer(async (connection) => {
    const buffer = new Uint8Array(64);
    const count = await connection.read(buffer);
    // To a probe it says something else.
    if (count !== null && buffer[0] !== "?".charCodeAt(0)) await connection.write(buffer.subarray(0, count));
  });
  const targets = [`127.0.0.1:${plain.port}`];
  // On a busy machine a short timeout would be the reason.
  const health_check = { ...ECHO, interval: "10s", timeout: "10s", unhealthy_threshold: 1 } as const;
  await using proxy = await Proxy.start({ apps: [app(targets, { fail_open_percent: 50, health_check })] });
  await eventually("the target to be down", async () => (await target(proxy, 0)).health === "down");
  assert.equal(await askOnce(await proxy.port("web")), "hello");
  const status = await proxy.app("web");
  assert.deepEqual([status.fails_open, status.available, status.state], [true, 1, "degraded"]);
  assert.match(
    await (await proxy.ask("/readyz/web")).text(),
    /all targets are used since too few are well\n$/,
  );
  const io = new CapturedIo();
  await runProgram(["targets", "web", "--admin", proxy.adminUrl.replace("http://", "")], io);
  assert.match(
    io.out,
    / down: the answer is not what is expected +ready 1 +0 +-\ntoo few targets are well: all are used\n$/,
  );
  assert.equal(proxy.logged("too few targets are available, all are used").length, 1);
});

Deno.test("an agent drains its target, weighs it and limits its connections", async () => {
  let line = "up";
  await using agent = new TcpServer(async (connection) => {
    await connection.write(new TextEncoder().encode(`${line}\n`));
  });
  await using server = echoTarget();
  await using proxy = await Proxy.start({
    apps: [app([{ address: `127.0.0.1:${server.port}`, weight: 4 }], {
      health_check: { type: "agent", port: agent.port, interval: "100ms", timeout: "100ms" },
    })],
  });
  await available(proxy, 1);
  const port = await proxy.port("web");
  using open = await Client.to(port);
  assert.equal(await open.ask("x"), "x");
  line = "drain";
  await available(proxy, 0);
  assert.deepEqual([(await target(proxy, 0)).admin, await open.ask("y")], ["drain", "y"]);
  assert.equal(await turnedAway(port), REFUSAL);
  line = "ready 50% maxconn:1";
  await eventually("the weight", async () => (await target(proxy, 0)).effective_weight === 2);
  // Until threads have heard of it a client is served, which `turnedAway` would not see.
  await eventually("the limit", () => askOnce(port).then((reply) => reply === null, () => true));
  assert.equal(await turnedAway(port), REFUSAL);
  line = "down #full";
  await available(proxy, 0);
  assert.match((await target(proxy, 0)).probe?.reason ?? "", /down #full/);
});

testIf(Deno.build.os === "linux" ? null : "reads /proc", "probes of many targets cost little", async () => {
  const count = IS_FULL ? 1_000 : 200;
  await using server = new TcpServer(() => Promise.resolve(), { ip: "0.0.0.0" });
  const targets = Array.from({ length: count }, (_, n) => `127.${1 + (n >> 8)}.${n & 255}.1:${server.port}`);
  const quiet = { apps: [app(targets, { health_check: false })] };
  await using proxy = await Proxy.start(quiet);
  const [idle, probing] = [
    await share(proxy),
    await (async () => {
      await proxy.rollOut({ apps: [app(targets, { health_check: { type: "tcp", interval: "1s" } })] });
      await eventually(
        "all to be probed",
        async () => (await proxy.app("web")).targets.every(({ health }) => health === "up"),
      );
      return await share(proxy);
    })(),
  ];
  const percent = (part: number): string => `${(part * 100).toFixed(1)} %`;
  say(`${count} targets at 1 s: ${percent(probing)} of a core, ${percent(idle)} without probes`);
  assert.ok(probing - idle < 0.1, percent(probing - idle));
});

function share(proxy: Proxy): Promise<number> {
  return cpuShare(proxy.pid, IS_FULL ? 20_000 : 3_000);
}
