/**
 * What probing a thousand targets each second costs, and what the clients of the data threads notice of it: `deno task
 * bench-probes`. Both with and without probes in one run, in turns; it takes a minute.
 * @module
 */
import { systemClock } from "../../src/base/clock.ts";
import { errorMessage } from "../../src/base/errors.ts";
import { median, percentile } from "../stats.ts";
import { ProbedProxy } from "./probed_proxy.ts";
import { Load } from "./load.ts";

const TARGETS = 1_000;
const INTERVAL = "1s";
const ROUNDS = 4;
const TURN_MS = 5_000;
/** So long the code is compiled, after the start and after a change. */
const WARM_UP_MS = 1_500;
const CONNECTIONS_PER_SECOND = 100;

/** One turn: share of a core that the proxy used, and times of its clients. */
interface Turn {
  readonly cpuShare: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
}

const encoder = new TextEncoder();

function print(line: string): void {
  Deno.stdout.writeSync(encoder.encode(`${line}\n`));
}

async function turn(proxy: ProbedProxy, load: Load): Promise<Turn> {
  await load.run(WARM_UP_MS);
  const [before, startedAt] = [proxy.cpuSeconds(), systemClock.now()];
  const times = await load.run(TURN_MS);
  const cpuShare = (proxy.cpuSeconds() - before) / ((systemClock.now() - startedAt) / 1000);
  const sorted = times.toSorted((a, b) => a - b);
  return {
    cpuShare,
    p50Ms: percentile(sorted, 50),
    p90Ms: percentile(sorted, 90),
    p99Ms: percentile(sorted, 99),
  };
}

function show(name: string, turns: readonly Turn[]): void {
  const [share, p50, p90, p99] = (["cpuShare", "p50Ms", "p90Ms", "p99Ms"] as const).map((key) =>
    median(turns.map((one) => one[key]))
  );
  print(
    `${name.padEnd(16)} ${(share! * 100).toFixed(1).padStart(5)} % of a core   ` +
      `p50 ${p50!.toFixed(2)} ms   p90 ${p90!.toFixed(2)} ms   p99 ${p99!.toFixed(2)} ms`,
  );
}

async function main(): Promise<number> {
  await using proxy = await ProbedProxy.start(TARGETS, INTERVAL);
  const load = new Load(proxy.port, CONNECTIONS_PER_SECOND, systemClock);
  const quiet: Turn[] = [];
  const probing: Turn[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await proxy.probe(false);
    quiet.push(await turn(proxy, load));
    await proxy.probe(true);
    probing.push(await turn(proxy, load));
  }
  print(
    `${TARGETS} targets, two data threads, ${CONNECTIONS_PER_SECOND} new connections a second; ` +
      `medians of ${ROUNDS} turns each`,
  );
  show("without probes", quiet);
  show(`a probe each ${INTERVAL}`, probing);
  const cost = median(probing.map((one, round) => one.cpuShare - quiet[round]!.cpuShare));
  print(`probes cost ${(cost * 100).toFixed(1)} % of a core`);
  return 0;
}

try {
  Deno.exitCode = await main();
} catch (error) {
  print(`bench-probes: ${errorMessage(error)}`);
  Deno.exitCode = 1;
}
