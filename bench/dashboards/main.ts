/**
 * What open dashboards cost a proxy with many apps: `deno task bench-dashboards`. With and without them in one run, in turns;
 * it takes a minute and a half.
 * @module
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { sleep, systemClock } from "../../src/base/clock.ts";
import { startBackend } from "../backend.ts";
import { chooseCores, pinTo } from "../machine.ts";
import { onStage, reportFailure } from "../on_stage.ts";
import type { Child } from "../process/child.ts";
import { client } from "../process/client.ts";
import { startFollowers } from "../process/followers.ts";
import { findPrograms, FOREIGN_PROGRAMS } from "../programs.ts";
import { appAddresses } from "../rivals/app_addresses.ts";
import { startFproxy } from "../rivals/start_fproxy.ts";
import { FULL_PLAN } from "../stage.ts";
import type { Stage } from "../stage.ts";
import { median } from "../stats.ts";

const APPS = 2_000;
const DASHBOARDS = 3;
const CONNECTIONS_PER_SECOND = 100;
const CLIENT_START_MS = 20_000;

/** How long is measured. */
interface Length {
  /** Turns of each kind. */
  readonly rounds: number;
  readonly turnMs: number;
  /** Before each turn: a new dashboard is sent every app first. */
  readonly settleMs: number;
}

const FULL: Length = { rounds: 5, turnMs: 6_000, settleMs: 2_000 };
const QUICK: Length = { rounds: 1, turnMs: 2_000, settleMs: 1_000 };

/** One round: shares of a core that the proxy took, 0 to 1. */
interface Round {
  readonly without: number;
  readonly with: number;
}

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

async function cpuShare(proxy: Child, load: Child, { turnMs, settleMs }: Length): Promise<number> {
  await sleep(systemClock, settleMs);
  const [before, startedAt] = [proxy.cpuSeconds(), systemClock.now()];
  await sleep(systemClock, turnMs);
  const share = (proxy.cpuSeconds() - before) / ((systemClock.now() - startedAt) / 1000);
  for (const child of [proxy, load]) {
    if (child.hasEnded) throw new Error(`${child.name} is gone: ${child.errors}`);
  }
  return share;
}

async function measure(stage: Stage, length: Length): Promise<number> {
  await startBackend(stage);
  const name = "dashboards";
  const proxy = await startFproxy(stage, { name, engine: "auto", kind: "tcp", workers: 1, apps: APPS });
  const load = stage.children.start(client(stage, {
    name: "light load",
    file: "light_load.ts",
    args: [CONNECTIONS_PER_SECOND, ...appAddresses(proxy.port, APPS)],
  }));
  await load.firstLine(CLIENT_START_MS);
  const rounds: Round[] = [];
  let streams: readonly string[] = [];
  for (let round = 0; round < length.rounds; round++) {
    const without = await cpuShare(proxy.child, load, length);
    const who = { of: name, admin: proxy.admin, dashboards: DASHBOARDS, scrapeS: 0 };
    const followers = await startFollowers(stage, who);
    rounds.push({ without, with: await cpuShare(proxy.child, load, length) });
    await followers.child.stop();
    streams = followers.streams;
  }
  show(rounds, streams);
  return 0;
}

function show(rounds: readonly Round[], streams: readonly string[]): void {
  const percent = (values: readonly number[]): string => (median(values) * 100).toFixed(1).padStart(5);
  print(
    `${APPS} apps, one data thread, ${CONNECTIONS_PER_SECOND} new connections a second; medians of turns`,
  );
  print(`each dashboard follows ${streams.join(", ")}`);
  print(`without dashboards   ${percent(rounds.map((one) => one.without))} % of a core`);
  print(`${DASHBOARDS} dashboards open    ${percent(rounds.map((one) => one.with))} % of a core`);
  print(`they cost            ${percent(rounds.map((one) => one.with - one.without))} % of a core`);
}

function readOptions(): { readonly isQuick: boolean; readonly program: string } {
  try {
    const { values } = parseArgs({
      args: Deno.args,
      options: { quick: { type: "boolean" }, program: { type: "string" } },
    });
    const here = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
    return { isQuick: values.quick ?? false, program: values.program ?? here };
  } catch (error) {
    if (error instanceof TypeError) throw new RangeError(error.message);
    throw error;
  }
}

async function main(): Promise<number> {
  try {
    const { isQuick, program } = readOptions();
    findPrograms(FOREIGN_PROGRAMS.filter(({ command }) => ["nginx", "taskset"].includes(command)));
    const cores = chooseCores();
    pinTo(cores.load);
    const length = isQuick ? QUICK : FULL;
    return await onStage({ plan: FULL_PLAN, cores, program }, (stage) => measure(stage, length));
  } catch (error) {
    return reportFailure("bench-dashboards", error);
  }
}

Deno.exit(await main());
