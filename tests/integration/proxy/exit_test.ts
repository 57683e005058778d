import assert from "node:assert/strict";
import { VERSION } from "../../../src/cli/version_number.ts";
import type { ConfigInput } from "../../../src/model/config.ts";
import { BlackHoleTarget } from "../../kit/black_hole_target.ts";
import { pattern, receive, tallyOf } from "../../kit/checksum.ts";
import { askOnce, askTimes, Client, isRefused } from "../../kit/client.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { LaunchedProgram, type ProgramResult } from "../../kit/launched_program.ts";
import { launchProgram, PROGRAM } from "../../kit/program_under_test.ts";
import { testIf, testWith } from "../../kit/programs.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";
import { TcpServer, writeAll } from "../../kit/tcp_server.ts";
import { within } from "../../kit/within.ts";

const MIB = 1024 * 1024;

function to(target: TcpServer, drainTimeout: string): ConfigInput {
  const targets = [`127.0.0.1:${target.port}`];
  return { apps: [{ name: "web", ports: [ANY_PORT], targets, drain_timeout: drainTimeout }] };
}

/** Runs the program with arguments of its own to its end. */
async function runProgram(args: readonly string[], env: Record<string, string> = {}): Promise<ProgramResult> {
  const clean = { FPROXY_CONFIG_PATH: "", ...env };
  await using program = launchProgram(args, { env: clean });
  return await program.result();
}

Deno.test("SIGTERM during transfers: both ways they end whole, new clients are refused, exit 0", async () => {
  const bytes = 48 * MIB;
  const uploaded = Promise.withResolvers<Awaited<ReturnType<typeof receive>>>();
  await using source = new TcpServer(async (connection) => {
    for (const piece of pattern(1, bytes)) await writeAll(connection, piece);
    await connection.closeWrite();
  });
  await using sink = new TcpServer(async (connection) => uploaded.resolve(await receive(connection)));
  await using proxy = await Proxy.start({
    defaults: { drain_timeout: "30s" },
    apps: [
      { name: "down", ports: [ANY_PORT], targets: [`127.0.0.1:${source.port}`] },
      { name: "up", ports: [ANY_PORT], targets: [`127.0.0.1:${sink.port}`] },
    ],
  });
  const [down, up] = [await proxy.port("down"), await proxy.port("up")];
  using download = await Deno.connect({ hostname: "127.0.0.1", port: down });
  using upload = await Deno.connect({ hostname: "127.0.0.1", port: up });
  const halves = [...pattern(2, bytes)];
  for (const piece of halves.slice(0, 100)) await writeAll(upload, piece);
  await eventually("both to be under way", async () => (await proxy.status()).connections.active === 2);

  proxy.program.kill("SIGTERM");
  await eventually("new clients to be refused", async () => await isRefused(down) && await isRefused(up));
  for (const { state, listeners } of (await proxy.status()).apps) {
    assert.deepEqual([state, listeners.map(({ bound }) => bound)], ["draining", [false]]);
  }
  assert.deepEqual(await within("the download", receive(download)), tallyOf(1, bytes));
  await download.closeWrite();
  for (const piece of halves.slice(100)) await writeAll(upload, piece);
  await upload.closeWrite();
  assert.deepEqual(await within("the upload", uploaded.promise), tallyOf(2, bytes));
  const { code, signal } = await proxy.program.result();
  assert.deepEqual([code, signal], [0, null]);
  assert.equal(proxy.logged("drained, exiting").length, 1);
});

Deno.test("idle sessions are ended within drain_timeout, spread over it, and the exit code is 0", async () => {
  await using target = echoTarget();
  await using proxy = await Proxy.start(to(target, "2s"));
  const port = await proxy.port("web");
  const clients: Client[] = [];
  try {
    for (let i = 0; i < 20; i++) clients.push(await Client.to(port));
    await Promise.all(clients.map((client) => client.ask("?")));
    const startedAt = performance.now();
    proxy.program.kill("SIGTERM");
    const ends = await Promise.all(clients.map(async (client) => {
      await client.ended();
      return performance.now() - startedAt;
    }));
    assert.equal((await proxy.program.result()).code, 0);
    const elapsedMs = performance.now() - startedAt;
    assert.ok(elapsedMs < 6_000, `${elapsedMs} ms`);
    assert.ok(Math.max(...ends) - Math.min(...ends) > 500, ends.map(Math.round).join(" "));
  } finally {
    for (const client of clients) client[Symbol.dispose]();
  }
});

Deno.test("a session that is still connecting does not hold up the exit", async () => {
  await using hole = await BlackHoleTarget.open();
  const { ip, port } = hole.address;
  const app = { name: "web", ports: [ANY_PORT], targets: [`${ip}:${port}`] };
  await using proxy = await Proxy.start({ apps: [{ ...app, connect_timeout: "10m", drain_timeout: "1s" }] });
  using client = await Client.to(await proxy.port("web"));
  await eventually("the session", async () => (await proxy.status()).connections.active === 1);
  proxy.program.kill("SIGTERM");
  await client.ended();
  assert.equal((await proxy.program.result()).code, 0);
});

for (const [signal, code] of [["SIGTERM", 143], ["SIGINT", 130]] as const) {
  Deno.test(`a second ${signal} exits at once with ${code}`, async () => {
    await using target = echoTarget();
    await using proxy = await Proxy.start(to(target, "10m"));
    using client = await Client.to(await proxy.port("web"));
    assert.equal(await client.ask("?"), "?");
    proxy.program.kill("SIGTERM");
    await proxy.program.line(/draining/);
    assert.equal(await client.ask("still there"), "still there");
    await proxy.program.killAgain(signal);
    assert.equal((await proxy.program.result()).code, code);
  });
}

Deno.test("a reader of the access log that stops reading holds up neither rollouts nor the exit", async () => {
  await using target = echoTarget();
  await using proxy = await Proxy.start(to(target, "1s"));
  // A pipe that nobody reads: 64 KiB fit in, each record takes some 400 bytes.
  const fifo = `${proxy.folder}/records`;
  assert.equal((await new Deno.Command("mkfifo", { args: [fifo] }).output()).success, true);
  using _reader = await Deno.open(fifo, { read: true, write: true });
  const port = await proxy.port("web");
  await proxy.rollOut({ ...to(target, "1s"), access_log: { to: fifo } });
  await askTimes(port, 400);
  await proxy.rollOut({ ...to(target, "1s"), access_log: { to: `${proxy.folder}/access.log` } });
  assert.equal(await askOnce(port), "hello");
  await eventually("a record", async () => (await Deno.readTextFile(`${proxy.folder}/access.log`)) !== "");
  proxy.program.kill("SIGTERM");
  assert.equal((await proxy.program.result()).code, 0);
});

testWith(
  ["mkfifo"],
  "a named pipe that appears beside the config does not hold up the exit",
  async () => {
    await using target = echoTarget();
    await using proxy = await Proxy.start({
      apps: [{ name: "web", ports: [ANY_PORT], targets: [`127.0.0.1:${target.port}`] }],
    });
    const { success } = await new Deno.Command("mkfifo", { args: [`${proxy.folder}/pipe`] }).output();
    assert.equal(success, true);
    // The watcher has met it once a later change is seen.
    await proxy.rollOut({ apps: [] });
    proxy.program.kill("SIGTERM");
    assert.equal((await proxy.program.result()).code, 0);
  },
);

Deno.test("SIGTERM before the first config is in force exits with 0 as well", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const app = { name: "web", ports: [ANY_PORT], targets: ["slow.name.example:80"] };
    await Deno.writeTextFile(
      `${folder}/apps.yaml`,
      JSON.stringify({ apps: [app], admin: { listen: ANY_PORT } }),
    );
    await using program = launchProgram(["--config", `${folder}/apps.yaml`]);
    await program.line(/admin server listens/);
    program.kill("SIGTERM");
    assert.equal((await program.result()).code, 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("no config is wrong usage: exit 2 with the usage", async () => {
  const { code, stdout, stderr } = await runProgram([]);
  assert.equal(code, 2);
  assert.equal(stdout, "");
  assert.match(stderr, /--config FILE/);
  assert.match(stderr, /FPROXY_CONFIG_PATH/);
  assert.match(stderr, /Usage: fproxy/);
});

Deno.test("a first config that is missing or wrong: exit 2, with the place of the mistake", async () => {
  const missing = await runProgram(["--config", "/nowhere/apps.yaml"]);
  assert.equal(missing.code, 2);
  assert.match(missing.stderr, /\/nowhere\/apps\.yaml/);
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/bad.yaml`, "apps:\n  - name: web\n    ports: [99999]\n");
    const wrong = await runProgram(["--config", `${folder}/bad.yaml`]);
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /bad\.yaml:3:13/);
    assert.match(wrong.stderr, /targets/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a new version starts beside the old one, and takes its admin address over when it goes", async () => {
  await using target = echoTarget();
  await using old = await Proxy.start(to(target, "1s"));
  const [port, admin] = [await old.port("web"), old.adminUrl.replace("http://", "")];
  const folder = await Deno.makeTempDir();
  try {
    const [web] = to(target, "1s").apps;
    const apps = [{ ...web, name: "new", ports: [`127.0.0.1:${port}`] }];
    await Deno.writeTextFile(`${folder}/apps.yaml`, JSON.stringify({ admin: { listen: admin }, apps }));
    await using program = launchProgram(["--config", `${folder}/apps.yaml`]);
    await program.line(/"level":"error".*admin server does not listen, trying again.*in use/i);
    await program.line(/"message":"started"/);
    assert.equal((await old.app("web")).state, "ready");
    old.program.kill("SIGTERM");
    assert.equal((await old.program.result()).code, 0);
    assert.equal(await askOnce(port), "hello");
    await program.line(/"admin server listens"/);
    assert.match(await (await old.ask("/readyz")).text(), /^ready\nnew ready/);
    assert.equal(program.stderr.split("admin server does not listen").length - 1, 1);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("an admin address that can never be bound is told as an error, and the proxy serves", async () => {
  await using target = echoTarget();
  await using proxy = await Proxy.start(to(target, "1s"));
  const port = await proxy.port("web");
  const { port: adminPort } = new URL(proxy.adminUrl);
  await proxy.rollOut({ ...to(target, "2s"), admin: { listen: `192.0.2.1:${adminPort}`, token: "secret" } });
  await proxy.program.line(/"level":"error".*admin server does not listen.*no interface of this machine/);
  assert.equal(await askOnce(port), "hello");
  assert.equal((await proxy.ask("/readyz")).status, 200);
});

testIf(
  Deno.build.os === "windows" ? "needs a shell" : null,
  "what is said before an exit is written whole and in order, also to a file",
  async () => {
    const folder = await Deno.makeTempDir();
    const [path, file] = [`${folder}/apps.yaml`, `${folder}/log`];
    const run = [...PROGRAM, "--config", path];
    try {
      // More than fits into a pipe, and more than one write.
      const key = "x".repeat(300_000);
      await Deno.writeTextFile(path, JSON.stringify({ apps: [], [key]: 1 }));
      for (const args of [run, ["sh", "-c", 'exec "$@" 2>"$0"', file, ...run]]) {
        const [command = "", ...rest] = args;
        await using program = new LaunchedProgram({ command, args: rest });
        const { code, stderr } = await program.result();
        assert.equal(code, 2);
        const text = stderr === "" ? await Deno.readTextFile(file) : stderr;
        assert.ok(text.includes(key) && text.endsWith("\n"), `${text.length} characters`);
      }
      await Deno.writeTextFile(path, JSON.stringify({ admin: { listen: ANY_PORT }, apps: [] }));
      await using program = new LaunchedProgram({
        command: "sh",
        args: ["-c", 'exec "$@" 2>"$0"', file, ...run],
      });
      await eventually("the start", async () => (await Deno.readTextFile(file)).includes("started"));
      program.kill("SIGTERM");
      assert.equal((await program.result()).code, 0);
      const lines = (await Deno.readTextFile(file)).trimEnd().split("\n").map((line) => {
        const { message, warning } = JSON.parse(line);
        return warning ?? message;
      });
      assert.match(lines.shift(), /the list of apps is empty/);
      assert.deepEqual(lines, [
        "admin server listens",
        "started",
        "draining; a second signal exits at once",
        "drained, exiting",
      ]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);

Deno.test("FPROXY_CONFIG_PATH names the config, FPROXY_LOG and --log-level the level", async () => {
  await using target = echoTarget();
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/apps.yaml`;
    const config = { ...to(target, "1s"), admin: { listen: ANY_PORT }, log: { level: "warn" } };
    await Deno.writeTextFile(path, JSON.stringify(config));
    const env = { FPROXY_CONFIG_PATH: path, FPROXY_LOG: "info" };
    await using quiet = launchProgram(["--log-level", "error"], { env });
    await using loud = launchProgram([], { env });
    await loud.line(/"message":"started"/);
    loud.kill();
    quiet.kill();
    assert.equal((await loud.result()).code, 0);
    assert.equal((await quiet.result()).stderr, "");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("--version and --help write to standard output; an unknown option or level is wrong usage", async () => {
  const version = await runProgram(["--version"]);
  assert.deepEqual([version.code, version.stdout], [0, `fproxy ${VERSION}\n`]);
  const help = await runProgram(["--help"]);
  assert.equal(help.code, 0);
  assert.match(help.stdout, /--config/);
  assert.equal((await runProgram(["--confg", "x"])).code, 2);
  const level = await runProgram(["--log-level", "loud", "--config", "x"]);
  assert.equal(level.code, 2);
  assert.match(level.stderr, /debug, info, warn, error/);
});

testWith(["curl"], "the admin server's probes answer curl", async () => {
  await using target = echoTarget();
  await using proxy = await Proxy.start({
    ...to(target, "1s"),
    admin: { listen: ANY_PORT, token: "s3cret" },
  });
  const base = proxy.adminUrl;
  const curl = async (...args: string[]): Promise<string> => {
    await using program = new LaunchedProgram({
      command: "curl",
      args: ["-sS", "-o", "/dev/null", "-w", "%{http_code}\n", ...args],
    });
    return (await program.result()).stdout.trim();
  };
  assert.equal(await curl(`${base}/livez`), "200");
  assert.equal(await curl(`${base}/readyz`), "200");
  assert.equal(await curl(`${base}/api/status`), "401");
  assert.equal(await curl("-H", "Authorization: Bearer s3cret", `${base}/api/status`), "200");
});
