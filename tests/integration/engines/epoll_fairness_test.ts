import assert from "node:assert/strict";
import { TimeStats } from "../../../src/tools/time_stats.ts";
import { Client } from "../../kit/client.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { LaunchedProgram } from "../../kit/launched_program.ts";
import { say, testWith } from "../../kit/programs.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";
import { Server } from "../../kit/servers.ts";

const ECHOES = 1_000;
/** Longer than the test takes. */
const STREAM_S = 60;
/** A line of iperf3's about an interval in which bytes were moved. */
const INTERVAL = /sec +[1-9][\d.]* [KMG]Bytes/;
/** A thread that served the stream until it paused would take seconds; the rest is for a busy machine. */
const LONGEST_P99_MS = 250;
const MESSAGE = "0123456789abcdef";

testWith(["iperf3"], "an iperf3 stream does not starve small echoes on the same data thread", async () => {
  await using iperf = await Server.iperf3();
  await using target = echoTarget();
  await using proxy = await Proxy.start({
    engine: "epoll",
    workers: 1,
    apps: [
      { name: "bulk", ports: [ANY_PORT], targets: [iperf.address] },
      { name: "echo", ports: [ANY_PORT], targets: [`127.0.0.1:${target.port}`] },
    ],
  });
  using client = await Client.to(await proxy.port("echo"));
  const quiet = await echoTimes(client);
  await using stream = new LaunchedProgram({
    command: "iperf3",
    args: ["-c", "127.0.0.1", "-p", `${await proxy.port("bulk")}`, "-t", `${STREAM_S}`]
      .concat("-i", "0.1", "--forceflush"),
  });
  await stream.line(INTERVAL);
  const beside = await echoTimes(client);
  // The stream goes on.
  await stream.line(INTERVAL, undefined, stream.stdout.split("\n").length);
  say(`fairness: echo ${format(quiet)} quiet, ${format(beside)} beside iperf3`);
  assert.ok(beside.percentileMs(99) < LONGEST_P99_MS, `p99 ${beside.percentileMs(99)} ms`);
});

async function echoTimes(client: Client): Promise<TimeStats> {
  const times = new TimeStats();
  for (let echo = 0; echo < ECHOES; echo++) {
    const startedAt = performance.now();
    assert.equal(await client.ask(MESSAGE), MESSAGE);
    times.record(performance.now() - startedAt);
  }
  return times;
}

function format(times: TimeStats): string {
  return `p50 ${times.percentileMs(50).toFixed(2)} ms, p99 ${times.percentileMs(99).toFixed(2)} ms`;
}
