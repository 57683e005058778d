/**
 * The pictures and the table of docs/strategies.md, from runs of the proxy. Takes about five minutes.
 * @module
 */
import { systemClock } from "../../src/base/clock.ts";
import { seededRandom } from "../../src/base/random.ts";
import { percentile } from "../stats.ts";
import { type Outcome, type Plan, run, SLOW_FACTOR } from "./run.ts";
import { barCharts, lineChart } from "../svg.ts";

const FOLDER = new URL("../../docs/strategies/", import.meta.url);
const SERVICE_MS = 100;
const LOAD = 0.8;
const SECONDS = 30;
const SLOW_AT = 10;
/** Those that are compared where a target turns slow. */
const COMPARED = ["round_robin", "random", "random_two_choices", "least_connections", "least_latency"];

/** Makes them all, and prints the table. */
export async function makePictures(print: (line: string) => void): Promise<void> {
  await Deno.mkdir(FOLDER, { recursive: true });
  await distribution();
  await turningSlow();
  await oneOfTwenty(print);
}

async function distribution(): Promise<void> {
  const charts = [];
  for (const strategy of [...COMPARED, "source_hash"]) {
    const { counts } = await measured({
      strategy: strategy === "source_hash" ? { type: strategy, key: "path" } : strategy,
      targets: 10,
      serviceMs: 0,
      rate: 500,
      seconds: 4,
      slowAt: Infinity,
    });
    charts.push({ name: strategy, values: counts });
  }
  const title = "Requests of each of ten equal targets, about 2,000 in all, two data threads";
  await Deno.writeTextFile(new URL("distribution.svg", FOLDER), barCharts(title, charts));
}

async function turningSlow(): Promise<void> {
  const lines = [];
  for (const strategy of COMPARED) {
    const { samples } = await measured(queueing(strategy, 10));
    const values = Array.from({ length: SECONDS }, (_, second) => {
      const own = samples.filter(({ at }) => Math.floor(at) === second).map(({ tookMs }) => tookMs);
      return own.length === 0 ? 0 : percentile(own.toSorted((a, b) => a - b), 95);
    });
    lines.push({ name: strategy, values });
  }
  const title = "One of ten targets turns slow: time that 95 % of each second's requests do not exceed";
  const mark = `from here it takes ${SLOW_FACTOR} times as long`;
  await Deno.writeTextFile(new URL("turning_slow.svg", FOLDER), lineChart(title, lines, SLOW_AT, mark));
}

async function oneOfTwenty(print: (line: string) => void): Promise<void> {
  print("| strategy | p50 | p99 | share of the slow target |");
  print("| --- | ---: | ---: | ---: |");
  for (const strategy of COMPARED) {
    const { samples, countsAfter } = await measured({ ...queueing(strategy, 20), slowAt: 0 });
    const times = samples.map(({ tookMs }) => tookMs).toSorted((a, b) => a - b);
    const all = countsAfter.reduce((sum, count) => sum + count, 0);
    const share = `${(100 * countsAfter[0]! / all).toFixed(1)} %`;
    print(
      `| \`${strategy}\` | ${ms(percentile(times, 50))} | ${ms(percentile(times, 99))} | ${share} |`,
    );
  }
}

/** Load that is the same part of what the targets can do once one of them is slow. */
function queueing(strategy: string, targets: number): Plan {
  const rate = LOAD * (targets - 1 + 1 / SLOW_FACTOR) * 1000 / SERVICE_MS;
  return { strategy, targets, serviceMs: SERVICE_MS, rate, seconds: SECONDS, slowAt: SLOW_AT };
}

/** Every strategy meets the same requests. */
async function measured(plan: Plan): Promise<Outcome> {
  return await run(plan, systemClock, seededRandom(1));
}

function ms(value: number): string {
  return `${Math.round(value).toLocaleString("en")} ms`;
}
