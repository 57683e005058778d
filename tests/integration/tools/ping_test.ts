import assert from "node:assert/strict";
import { BlackHoleTarget } from "../../kit/black_hole_target.ts";
import { testWith } from "../../kit/programs.ts";
import { RefusingAddress } from "../../kit/refusing_address.ts";
import { SlowTarget } from "../../kit/slow_target.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { TcpServer, writeAll } from "../../kit/tcp_server.ts";
import { ProxiedEcho, startTool, tool, toolInTerminal } from "./setup.ts";

const TIME = String.raw`\d+(\.\d+)? (µs|ms|s)`;

Deno.test("ping through the proxy shows response and times, and gives 0", async () => {
  await using proxied = await ProxiedEcho.start(["a"]);
  const { code, stdout, stderr } = await tool(["test", "ping", proxied.address, "-d", "hello"]);
  assert.equal(stderr, "");
  assert.match(
    stdout,
    new RegExp(
      `^Response +a: hello\nDial time +${TIME}\nWrite time +${TIME}\nRead time +${TIME}\nResponse time +${TIME}\n$`,
    ),
  );
  assert.equal(code, 0);
});

Deno.test("ping --count goes on and ends with a summary", async () => {
  await using target = echoTarget();
  const address = `localhost:${target.port}`;
  const { code, stdout } = await tool([
    "test",
    "ping",
    address,
    "-d",
    "hi",
    "--count",
    "3",
    "--interval",
    "10ms",
  ]);
  assert.match(
    stdout,
    new RegExp(`^${address}: 2 bytes, 2 to come back\n1  ${TIME}  hi  dial ${TIME}  write ${TIME}`),
  );
  assert.match(stdout, /^3 {2}/m);
  assert.match(stdout, /^3 sent, 3 answered, 0\.0 % lost$/m);
  assert.match(stdout, new RegExp(`^response min ${TIME}, avg ${TIME}, max ${TIME}, p99 ${TIME}$`, "m"));
  assert.equal(code, 0);
});

Deno.test("ping reaches IPv6", async () => {
  await using target = echoTarget({ ip: "::1" });
  const { code, stdout } = await tool(["test", "ping", `[::1]:${target.port}`, "-d", "six"]);
  assert.match(stdout, /^Response +six$/m);
  assert.equal(code, 0);
});

Deno.test("Ctrl-C ends an endless ping with its summary and 0, since all went well", async () => {
  await using target = echoTarget();
  await using program = startTool([
    "test",
    "ping",
    `127.0.0.1:${target.port}`,
    "--count",
    "0",
    "--interval",
    "5ms",
  ]);
  await program.line(/^4 {2}/);
  program.kill("SIGINT");
  const { code, stdout } = await program.result();
  assert.match(stdout, /^\d+ sent, \d+ answered, 0\.0 % lost$/m);
  assert.equal(code, 0);
});

Deno.test("Ctrl-C ends a ping before its count with its summary and 1", async () => {
  await using target = echoTarget();
  await using program = startTool([
    "test",
    "ping",
    `127.0.0.1:${target.port}`,
    "--count",
    "9",
    "--interval",
    "1h",
  ]);
  await program.line(/^1 {2}/);
  program.kill("SIGINT");
  const { code, stdout } = await program.result();
  assert.match(stdout, /^1 sent, 1 answered, 0\.0 % lost$/m);
  assert.equal(code, 1);
});

Deno.test("a target that is dead, silent, short or wrong is named as such, and gives 1", async () => {
  await using dead = await RefusingAddress.take();
  await using silent = new SlowTarget();
  await using hole = await BlackHoleTarget.open();
  await using short = new TcpServer(async (connection) => {
    await connection.read(new Uint8Array(100));
    await writeAll(connection, new TextEncoder().encode("he"));
  });
  await using wrong = new TcpServer(async (connection) => {
    await connection.read(new Uint8Array(100));
    await writeAll(connection, new TextEncoder().encode("HELLO"));
  });
  const cases: readonly [number, readonly string[], RegExp][] = [
    [dead.port, [], /connection refused/],
    [silent.port, ["--timeout", "200ms"], /no complete reply in time \(200 ms, 0 of 5 bytes came\)/],
    [hole.address.port, ["--timeout", "200ms"], /no connection in time \(200 ms\)/],
    [short.port, [], /closed by the target before the reply was complete \(2 of 5 bytes\)/],
    [wrong.port, ["--expect", "hello"], /reply other than expected \(differs from byte 1 on\)/],
  ];
  for (const [port, flags, message] of cases) {
    const { code, stderr } = await tool(["test", "ping", `127.0.0.1:${port}`, "-d", "hello", ...flags]);
    assert.match(stderr, message);
    assert.equal(code, 1);
    const many = await tool([
      "test",
      "ping",
      `127.0.0.1:${port}`,
      "-d",
      "hello",
      "-n",
      "2",
      "-i",
      "1ms",
      ...flags,
    ]);
    assert.match(many.stdout, message);
    assert.match(many.stdout, /^2 sent, 0 answered, 100\.0 % lost$/m);
    assert.equal(many.code, 1);
  }
});

Deno.test("a name that nobody knows gives 1", async () => {
  const { code, stderr } = await tool(["test", "ping", "nowhere.invalid:80"]);
  assert.match(stderr, /^ping nowhere\.invalid:80: name has no address$/m);
  assert.equal(code, 1);
});

Deno.test("wrong usage gives 2 and says what is wrong", async () => {
  const cases: readonly [readonly string[], RegExp][] = [
    [[], /missing required argument 'address'/],
    [["localhost"], /"localhost" has no port/],
    [["::1:80"], /brackets/],
    [["localhost:80", "--count", "x"], /whole number/],
    [["localhost:80", "--interval", "5"], /no unit/],
    [["localhost:80", "--colour"], /unknown option '--colour'/],
    [["localhost:80", "--expect", "a", "--reply-size", "1"], /exclude each other/],
    [["localhost:80", "--escapes", "-d", "\\q"], /unknown escape/],
  ];
  for (const [args, message] of cases) {
    const { code, stderr } = await tool(["test", "ping", ...args]);
    assert.match(stderr, message);
    assert.equal(code, 2, args.join(" "));
  }
});

testWith(["script", "stty"], "in a terminal ping colours and keeps to its width", async () => {
  await using dead = await RefusingAddress.take();
  await using target = echoTarget({ prefix: "a rather long name of a target: " });
  const flags = ["-n", "2", "-i", "1ms", "-d", "hello"];
  const failed = await toolInTerminal(["test", "ping", `127.0.0.1:${dead.port}`, ...flags], 80);
  assert.ok(failed.stdout.includes("\x1b[31mfailed: connection refused\x1b[39m"), failed.stdout);
  for (const plain of [["--no-color"], []]) {
    const env: Record<string, string> = plain.length === 0 ? { NO_COLOR: "1" } : {};
    const { stdout } = await toolInTerminal(
      ["test", "ping", `127.0.0.1:${dead.port}`, ...flags, ...plain],
      80,
      env,
    );
    assert.ok(!stdout.includes("\x1b[31m"), stdout);
  }
  const narrow = await toolInTerminal(["test", "ping", `127.0.0.1:${target.port}`, ...flags], 30);
  const lines = narrow.stdout.split("\r\n").filter((line) => /^[12] {2}/.test(line));
  assert.equal(lines.length, 2, narrow.stdout);
  for (const line of lines) assert.ok([...line].length <= 30, line);
});
