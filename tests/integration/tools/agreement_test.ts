import assert from "node:assert/strict";
import { say, testWith } from "../../kit/programs.ts";
import { LaunchedProgram } from "../../kit/launched_program.ts";
import { ProxiedEcho, tool } from "./setup.ts";

/** What redis-benchmark sends; an echo of it is a valid reply. */
const REQUEST = String.raw`*1\r\n$4\r\nPING\r\n`;
const CONNECTIONS = "10";
const REQUESTS = "20000";
/** Rounds before it is given up: the machine may be busy with something else in some of them. */
const MAX_ROUNDS = 12;
const TOLERANCE = 0.1;

/** Median in milliseconds that redis-benchmark reports. */
async function redisBenchmark(address: string): Promise<number> {
  const [host = "", port = ""] = address.split(":");
  const bench = ["redis-benchmark", "-h", host, "-p", port, "-t", "ping_mbulk", "--csv"];
  await using program = new LaunchedProgram({
    command: "taskset",
    args: ["-c", "1", ...bench, "-c", CONNECTIONS, "-n", REQUESTS],
  });
  const { stdout } = await program.result(60_000);
  // "test","rps","avg_latency_ms","min_latency_ms","p50_latency_ms",...
  const fields = stdout.trim().split("\n").at(-1)?.split(",").map((field) => field.replaceAll('"', "")) ?? [];
  return Number(fields[4]);
}

/** Median in milliseconds that simulate reports. */
async function simulate(address: string): Promise<number> {
  const { stdout } = await tool(
    [
      "test",
      "simulate",
      address,
      "-k",
      "-c",
      CONNECTIONS,
      "-n",
      REQUESTS,
      "--escapes",
      "-d",
      REQUEST,
      "--json",
    ],
    { cpu: 1 },
  );
  return (JSON.parse(stdout) as { response_ms: { p50: number } }).response_ms.p50;
}

/**
 * The service has one core and the generators another, so that neither takes time from the other. It is a proxied echo,
 * whose work on a request is several times that of a generator: were it not, each would measure its own queue.
 */
testWith(
  ["redis-benchmark", "taskset"],
  "simulate and redis-benchmark agree within 10 % on the median latency of one echo service",
  async () => {
    if (navigator.hardwareConcurrency < 2) return say("skipped, one core is not enough to compare on");
    await using proxied = await ProxiedEcho.start([""], { cpu: 0 });
    const gaps: string[] = [];
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const theirs = await redisBenchmark(proxied.address);
      const ours = await simulate(proxied.address);
      gaps.push(`${theirs} and ${ours} ms`);
      if (Math.abs(ours - theirs) <= TOLERANCE * theirs) {
        return say(`redis-benchmark and simulate: ${gaps.at(-1)}`);
      }
    }
    assert.fail(`no agreement in ${MAX_ROUNDS} rounds: ${gaps.join(", ")}`);
  },
);
