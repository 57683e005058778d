import { type Clock, sleep } from "../../src/base/clock.ts";
import type { Random } from "../../src/base/random.ts";
import type { ConfigInput } from "../../src/model/config.ts";
import { freePort } from "../process/ports.ts";
import { QueueingTarget } from "./queueing_target.ts";

type StrategyInput = NonNullable<ConfigInput["apps"][number]["strategy"]>;

const POLL_MS = 50;
const START_TIMEOUT_MS = 30_000;

/** Requests through an fproxy to targets that queue. */
export interface Plan {
  readonly strategy: StrategyInput;
  readonly targets: number;
  /** Mean time that a target needs for a request; 0 for none. */
  readonly serviceMs: number;
  /** Requests a second, at random moments (a Poisson process). */
  readonly rate: number;
  readonly seconds: number;
  /** From this second on the first target takes three times as long. */
  readonly slowAt: number;
}

/** One request. */
export interface Sample {
  /** Seconds from the begin of the run. */
  readonly at: number;
  readonly tookMs: number;
}

/** What came of a run. */
export interface Outcome {
  readonly samples: readonly Sample[];
  /** Requests of each target. */
  readonly counts: readonly number[];
  /** Requests of each target since one of them is slow. */
  readonly countsAfter: readonly number[];
}

/** A proxy that has just started is slow; so for so long it gets a quarter of the requests, which do not count. */
const WARM_UP_S = 4;

/** How much longer the slow target takes. */
export const SLOW_FACTOR = 3;

/** Runs a proxy of its own, with two data threads, and sends it requests however long they take. */
export async function run(plan: Plan, clock: Clock, random: Random): Promise<Outcome> {
  const targets = Array.from(
    { length: plan.targets },
    () => new QueueingTarget(plan.serviceMs, clock, random),
  );
  const port = freePort();
  const folder = await Deno.makeTempDir();
  const config: ConfigInput = {
    workers: 2,
    access_log: { to: "none" },
    apps: [{
      name: "web",
      mode: "http",
      ports: [`127.0.0.1:${port}`],
      targets: targets.map(({ address }) => address),
      strategy: plan.strategy,
    }],
  };
  await Deno.writeTextFile(`${folder}/config.json`, JSON.stringify(config));
  const proxy = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "main.ts", "--config", `${folder}/config.json`],
    cwd: new URL("../..", import.meta.url),
    stdout: "null",
    stderr: "null",
  }).spawn();
  try {
    await ready(port, clock);
    return await load(plan, port, targets, clock, random);
  } finally {
    proxy.kill("SIGKILL");
    await proxy.status;
    await Promise.all(targets.map((target) => target.close()));
    await Deno.remove(folder, { recursive: true });
  }
}

async function ready(port: number, clock: Clock): Promise<void> {
  const deadline = clock.now() + START_TIMEOUT_MS;
  for (;;) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return;
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionRefused) || clock.now() > deadline) throw error;
      await sleep(clock, POLL_MS);
    }
  }
}

async function load(
  plan: Plan,
  port: number,
  targets: readonly QueueingTarget[],
  clock: Clock,
  random: Random,
): Promise<Outcome> {
  const samples: Sample[] = [];
  const running = new Set<Promise<void>>();
  const startedAt = clock.now() + WARM_UP_S * 1000;
  let first = targets.map(() => 0);
  let before = first;
  let isWarm = false;
  let isSlow = false;
  let dueMs = -WARM_UP_S * 1000;
  for (let number = 0;; number++) {
    // Between two events of a Poisson process: an exponential distribution.
    dueMs += -Math.log(1 - random()) * 1000 / (dueMs < 0 ? plan.rate / 4 : plan.rate);
    if (dueMs >= plan.seconds * 1000) break;
    const waitMs = startedAt + dueMs - clock.now();
    if (waitMs > 0) await sleep(clock, waitMs);
    if (!isWarm && dueMs >= 0) {
      isWarm = true;
      first = targets.map(({ requests }) => requests);
    }
    if (!isSlow && dueMs >= plan.slowAt * 1000) {
      isSlow = true;
      targets[0]!.serviceMs *= SLOW_FACTOR;
      before = targets.map(({ requests }) => requests);
    }
    const asked = ask(`http://127.0.0.1:${port}/${number}`, dueMs / 1000, clock).then((sample) => {
      if (sample.at >= 0) samples.push(sample);
      running.delete(asked);
    });
    running.add(asked);
  }
  await Promise.all(running);
  const since = (counts: readonly number[]): number[] =>
    targets.map(({ requests }, index) => requests - counts[index]!);
  return { samples, counts: since(first), countsAfter: since(before) };
}

async function ask(url: string, at: number, clock: Clock): Promise<Sample> {
  const startedAt = clock.now();
  const response = await fetch(url);
  await response.body?.cancel();
  if (!response.ok) throw new Error(`${url} was answered with ${response.status}`);
  return { at, tookMs: clock.now() - startedAt };
}
