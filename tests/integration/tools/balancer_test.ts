import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { testWith } from "../../kit/programs.ts";
import { RefusingAddress } from "../../kit/refusing_address.ts";
import { SlowTarget } from "../../kit/slow_target.ts";
import { TcpServer, writeAll } from "../../kit/tcp_server.ts";
import { ProxiedEcho, startTool, tool, toolInTerminal } from "./setup.ts";

Deno.test("balancer sees the targets take turns behind the proxy", async () => {
  await using proxied = await ProxiedEcho.start(["a", "b", "c"]);
  const spread = await tool(["test", "balancer", proxied.address, "-d", "hi", "--count", "30"]);
  assert.match(spread.stdout, /^Requests {2}30\nReplies {3}3 different$/m);
  for (const name of ["a", "b", "c"]) {
    assert.match(spread.stdout, new RegExp(`^${name}: hi  █+ +10  33\\.3 %$`, "m"));
  }
  assert.equal(spread.code, 0);
  // Round robin: the next in turn is known.
  const checked = await tool(["test", "balancer", proxied.address, "-d", "1,2,3", "-e", "a: 1,b: 2,c: 3"]);
  assert.equal(
    checked.stdout,
    'ok    "1" -> "a: 1"\nok    "2" -> "b: 2"\nok    "3" -> "c: 3"\n3 of 3 replies as expected\n',
  );
  assert.equal(checked.code, 0);
});

Deno.test("a mismatch is shown beside what was expected, and gives 1", async () => {
  await using target = echoTarget();
  const { code, stdout } = await tool([
    "test",
    "balancer",
    `127.0.0.1:${target.port}`,
    "-d",
    "a,b",
    "-e",
    "a,x",
  ]);
  assert.equal(stdout, 'ok    "a" -> "a"\nFAIL  "b" -> "b", expected "x"\n1 of 2 replies as expected\n');
  assert.equal(code, 1);
});

Deno.test("lists of different length, and other wrong usage, give 2 and send nothing", async () => {
  await using target = echoTarget();
  const address = `127.0.0.1:${target.port}`;
  const cases: readonly [readonly string[], RegExp][] = [
    [["-d", "a,b,c", "-e", "x,y"], /--data has 3 texts but --expect has 2/],
    [["-d", "a", "-e", "a", "-n", "5"], /--count and --expect exclude each other/],
    [["--separator", ""], /must not be empty/],
    [["--count", "0"], /whole number from 1/],
  ];
  for (const [flags, message] of cases) {
    const { code, stderr } = await tool(["test", "balancer", address, ...flags]);
    assert.match(stderr, message);
    assert.equal(code, 2);
  }
  assert.equal(target.accepted, 0);
});

Deno.test("texts with commas take another separator", async () => {
  await using target = echoTarget();
  const address = `127.0.0.1:${target.port}`;
  const flags = ["--separator", ";", "-d", "a,b;c", "-e", "a,b;c"];
  const { code, stdout } = await tool(["test", "balancer", address, ...flags]);
  assert.match(stdout, /^ok {4}"a,b" -> "a,b"$/m);
  assert.equal(code, 0);
});

Deno.test("a target that is dead, silent or short is named as such, and gives 1", async () => {
  await using dead = await RefusingAddress.take();
  await using silent = new SlowTarget();
  await using short = new TcpServer(async (connection) => {
    await connection.read(new Uint8Array(100));
    await writeAll(connection, new TextEncoder().encode("h"));
  });
  const cases: readonly [number, readonly string[], RegExp, RegExp][] = [
    [
      dead.port,
      [],
      /^FAIL {2}"hi": connection refused$/m,
      /^failed: connection refused +█+ +2 {2}100\.0 %$/m,
    ],
    [
      silent.port,
      ["--timeout", "200ms"],
      /^FAIL {2}"hi": no complete reply in time \(200 ms\)$/m,
      /^failed: no complete reply in time +█+ +2 {2}100\.0 %$/m,
    ],
    [short.port, [], /^FAIL {2}"hi" -> "h", expected "hi"$/m, /^h +█+ +2 {2}100\.0 %$/m],
  ];
  for (const [port, flags, checked, spread] of cases) {
    const address = `127.0.0.1:${port}`;
    const one = await tool(["test", "balancer", address, "-d", "hi", "-e", "hi", ...flags]);
    assert.match(one.stdout, checked);
    assert.equal(one.code, 1);
    const many = await tool(["test", "balancer", address, "-d", "hi", "-n", "2", ...flags]);
    assert.match(many.stdout, spread);
    // Without expectations any reply is a good one.
    assert.equal(many.code, port === short.port ? 0 : 1);
  }
});

Deno.test("Ctrl-C shows the spread so far, and gives 1", async () => {
  await using target = echoTarget({ prefix: "a" });
  await using program = startTool(["test", "balancer", `127.0.0.1:${target.port}`, "--count", "1000000000"]);
  await eventually("some requests", () => target.accepted >= 20);
  program.kill("SIGINT");
  const { code, stdout } = await program.result();
  assert.match(stdout, /^Requests {2}\d+, stopped before the other [\d,]+$/m);
  assert.match(stdout, /^aping +█+ +\d+ {2}100\.0 %$/m);
  assert.equal(code, 1);
});

testWith(
  ["script", "stty"],
  "in a terminal there is progress, colour, and no line wider than it",
  async () => {
    await using target = echoTarget({ prefix: "from a target with a long name: " });
    const address = `127.0.0.1:${target.port}`;
    const colored = await toolInTerminal(["test", "balancer", address, "-n", "40"], 100);
    assert.ok(colored.stdout.includes("\r\x1b[K"), "a progress line");
    assert.ok(colored.stdout.includes("\x1b[36m█"), "coloured bars");
    const plain = await toolInTerminal(["test", "balancer", address, "-n", "40", "--no-color"], 40);
    assert.ok(!plain.stdout.includes("\x1b[36m"), plain.stdout);
    for (const line of stripVTControlCharacters(plain.stdout).split(/[\r\n]+/)) {
      assert.ok([...line].length <= 40, line);
    }
    const { stdout } = await tool(["test", "balancer", address, "-n", "40"]);
    assert.ok(!stdout.includes("\x1b") && !stdout.includes("\r"), "neither in a pipe");
  },
);
