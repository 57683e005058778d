import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import { unsupportedReason } from "../../../src/engine/mod.ts";
import { BlackHoleTarget } from "../../kit/black_hole_target.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { say, testWith } from "../../kit/programs.ts";
import { RefusingAddress } from "../../kit/refusing_address.ts";
import { SlowTarget } from "../../kit/slow_target.ts";
import { TcpServer, writeAll } from "../../kit/tcp_server.ts";
import { ProxiedEcho, startTool, tool, toolInTerminal } from "./setup.ts";

/** The part of `--json` that tests look at. */
interface Report {
  readonly engine: string;
  readonly interrupted: boolean;
  readonly elapsed_ms: number;
  readonly completed: number;
  readonly failed: number;
  readonly completed_per_s: number;
  readonly connections: number;
  readonly response_ms: Readonly<Record<string, number>>;
  readonly response_histogram: readonly { readonly count: number }[];
  readonly failures: readonly { readonly kind: string; readonly count: number }[];
  readonly generator_busy: number;
}

async function simulate(args: readonly string[]): Promise<{ code: number; report: Report }> {
  const { code, stdout, stderr } = await tool(["test", "simulate", ...args, "--json"]);
  assert.equal(stderr, "");
  return { code, report: JSON.parse(stdout) as Report };
}

Deno.test("simulate through the proxy reports requests and average times, and gives 0", async () => {
  await using proxied = await ProxiedEcho.start(["a", "b"]);
  const { code, stdout, stderr } = await tool([
    "test",
    "simulate",
    proxied.address,
    "-c",
    "50",
    "-d",
    "hello world",
  ]);
  assert.equal(stderr, "");
  assert.match(stdout, /^Answered +50, [\d,]+ a second$/m);
  assert.match(stdout, /^Failed +0$/m);
  for (const name of ["Dial", "Write", "Read", "Response"]) {
    assert.match(stdout, new RegExp(`^${name} time +[\\d.]+ (µs|ms|s) on average$`, "m"));
  }
  for (const name of ["p50", "p75", "p90", "p95", "p99", "p99.9", "p99.99", "max"]) {
    assert.match(stdout, new RegExp(`^  ${name} +[\\d.]+ (µs|ms|s)$`, "m"));
  }
  assert.match(stdout, /^ *(to|over) .* █+/m);
  assert.equal(code, 0);
});

Deno.test("keep-alive, size and a comparison of every byte", async () => {
  await using proxied = await ProxiedEcho.start([""]);
  const { code, report } = await simulate([
    proxied.address,
    ...["-c", "8", "-n", "400", "--keep-alive", "--size", "64KiB", "--expect-echo"],
  ]);
  assert.deepEqual([report.completed, report.failed, report.connections], [400, 0, 8]);
  assert.equal(report.response_histogram.reduce((sum, { count }) => sum + count, 0), 400);
  assert.equal(code, 0);
});

Deno.test("--duration and --rate keep their word", async () => {
  await using target = echoTarget();
  const { code, report } = await simulate([
    `127.0.0.1:${target.port}`,
    "--duration",
    "1s",
    "--rate",
    "500",
    "-k",
  ]);
  assert.deepEqual([report.completed, report.failed], [500, 0]);
  assert.ok(report.elapsed_ms > 950, `${report.elapsed_ms} ms`);
  assert.equal(code, 0);
});

Deno.test("with --rate a stall of the target shows in every percentile that it touched", async () => {
  // The only connection is held up for half of the second; in closed loop one request of hundreds would show it.
  const held = Promise.withResolvers<void>();
  let requests = 0;
  await using target = new TcpServer(async (connection) => {
    const buffer = new Uint8Array(100);
    for (let count = await connection.read(buffer); count !== null; count = await connection.read(buffer)) {
      requests += 1;
      if (requests === 100) await held.promise;
      await writeAll(connection, buffer.subarray(0, count));
    }
  });
  const running = simulate([
    `127.0.0.1:${target.port}`,
    "--duration",
    "1s",
    "--rate",
    "200",
    "-k",
    "-c",
    "1",
  ]);
  await eventually("the stall to begin", () => requests >= 100);
  const stalledAt = performance.now();
  await eventually("half a second to pass", () => performance.now() - stalledAt > 500);
  held.resolve();
  const { report } = await running;
  assert.equal(report.completed, 200);
  assert.ok((report.response_ms["p95"] ?? 0) > 300, JSON.stringify(report.response_ms));
});

Deno.test("a target that is dead, silent, short or wrong is counted by kind, and gives 1", async () => {
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
  await using mute = new TcpServer(async (connection) => void await connection.read(new Uint8Array(100)));
  const cases: readonly [number, readonly string[], string][] = [
    [dead.port, [], "refused"],
    [silent.port, ["--timeout", "300ms"], "reply_timeout"],
    [hole.address.port, ["--timeout", "300ms"], "dial_timeout"],
    [short.port, [], "short_reply"],
    [mute.port, [], "no_reply"],
    [wrong.port, ["--expect-echo"], "wrong_reply"],
  ];
  for (const engine of ["deno", "epoll"]) {
    if (engine === "epoll" && unsupportedReason("epoll") !== null) continue;
    for (const [port, flags, kind] of cases) {
      const args = [`127.0.0.1:${port}`, "-d", "hello", "-c", "3", "--engine", engine, ...flags];
      const { code, report } = await simulate(args);
      assert.deepEqual(
        report.failures.map(({ kind, count }) => [kind, count]),
        [[kind, 3]],
        `${engine}, ${kind}`,
      );
      assert.equal(report.completed, 0);
      assert.equal(code, 1);
    }
  }
});

Deno.test("Ctrl-C prints the report so far, and gives 1", async () => {
  await using target = echoTarget();
  await using program = startTool(["test", "simulate", `127.0.0.1:${target.port}`, "--duration", "1h", "-k"]);
  await eventually("the load to begin", () => target.accepted > 0);
  program.kill("SIGINT");
  const { code, stdout } = await program.result();
  assert.match(stdout, /^Time +.*, stopped early$/m);
  assert.match(stdout, /^Failed +0$/m);
  assert.equal(code, 1);
});

Deno.test("a name that nobody knows gives 1", async () => {
  const { code, stderr } = await tool(["test", "simulate", "nowhere.invalid:80"]);
  assert.match(stderr, /^simulate nowhere\.invalid:80: nowhere\.invalid has no address/);
  assert.equal(code, 1);
});

Deno.test("a name with several addresses takes the one that answers", async () => {
  await using target = echoTarget();
  const { code, report } = await simulate([`localhost:${target.port}`]);
  assert.equal(report.failed, 0);
  assert.equal(code, 0);
});

Deno.test("wrong usage gives 2 and says what is wrong", async () => {
  const cases: readonly [readonly string[], RegExp][] = [
    [["-c", "0"], /whole number from 1/],
    [["--rate", "10"], /--rate needs an end/],
    [["-d", "a", "--size", "1KiB"], /--data and --size exclude each other/],
    [["--size", "0"], /out of range/],
    [["--expect-echo", "--reply-size", "3"], /exclude each other/],
    [["-k", "-d", ""], /--keep-alive needs replies/],
    [["--engine", "quantum"], /auto, deno, epoll/],
    [["--duration", "10"], /no unit/],
  ];
  for (const [flags, message] of cases) {
    const { code, stderr } = await tool(["test", "simulate", "127.0.0.1:9", ...flags]);
    assert.match(stderr, message);
    assert.equal(code, 2, flags.join(" "));
  }
});

testWith(
  ["script", "stty"],
  "in a terminal there is progress, colour, and no line wider than it",
  async () => {
    await using target = echoTarget();
    const args = ["test", "simulate", `127.0.0.1:${target.port}`, "--duration", "1s", "--rate", "300", "-k"];
    const colored = await toolInTerminal(args, 100);
    assert.match(colored.stdout, /\r.*% {2}of 1\.00 s {2}[\d,]+\/s {2}0 failed/);
    assert.ok(colored.stdout.includes("\x1b[36m█"), "coloured bars");
    assert.match(colored.stdout, /Answered requests per second/);
    const plain = await toolInTerminal(args, 40, { NO_COLOR: "1" });
    assert.ok(!plain.stdout.includes("\x1b[36m"), plain.stdout);
    for (const line of stripVTControlCharacters(plain.stdout).split(/[\r\n]+/)) {
      assert.ok([...line].length <= 40, line);
    }
    // The runtime, which knows no dumb terminals, clears what it drew while it started.
    const { stdout: drawn } = await toolInTerminal(args, 100, { TERM: "dumb" });
    const dumb = ["\x1b[0G", "\x1b[2K", "\x1b[J", "\r\n"].reduce(
      (text, piece) => text.replaceAll(piece, piece === "\r\n" ? "\n" : ""),
      drawn,
    );
    assert.ok(!dumb.includes("\x1b") && !dumb.includes("\r"), "neither in a dumb terminal");
    assert.match(dumb, /Answered requests per second/);
    const { stdout } = await tool(args);
    assert.ok(!stdout.includes("\x1b") && !stdout.includes("\r"), "neither in a pipe");
  },
);

Deno.test("one core produces far more load than a target under test needs", async () => {
  if (unsupportedReason("epoll") !== null) return say("skipped, the epoll engine does not work here");
  // Another process, so that its work is not on the generator's account. The figures are a share of the generator's own
  // processor time, so that a busy machine does not change them much; half of what is promised is asked for.
  await using echo = startTool(["echo", "--listen", "127.0.0.1:0"]);
  const [, address = ""] = await echo.line(/^listening on (\S+)$/);
  for (const [flags, least] of [[["-k"], 30_000], [[], 7_500]] as const) {
    const { report } = await simulate([address, "--duration", "2s", "--engine", "epoll", ...flags]);
    const perCore = report.completed_per_s / report.generator_busy;
    say(`simulate ${flags.join("")}: ${Math.round(perCore)} requests a second of processor time`);
    assert.equal(report.failed, 0, JSON.stringify(report.failures));
    assert.ok(perCore >= least, `${perCore} a second and core, wanted ${least}`);
  }
});
