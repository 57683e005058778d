/**
 * What a region costs a node that rests, with 500 apps: `deno task bench-region-node`. The same apps from its own config
 * without the key `region`, from there with it, and from the region, in
 * turns; three minutes a round.
 * @module
 */
import { sleep, systemClock } from "../../src/base/clock.ts";
import { errorMessage } from "../../src/base/errors.ts";
import type { LoadDocument } from "../../src/region/model/documents.ts";
import { LOAD_MS } from "../../src/region/model/times.ts";
import { RegionStore } from "../../src/region/store/region_store.ts";
import { parseMemory, parseProcessStat } from "../process/proc.ts";
import { median } from "../stats.ts";
import { Stage, type Variant } from "./stage.ts";

const APPS = 500;
/** Turns of each kind: the only argument. */
const ROUNDS = Number(Deno.args[0] ?? 3);
/** After a start memory is given back, and code is compiled. */
const SETTLE_MS = 15_000;
const TURN_MS = 30_000;
const VARIANTS: readonly Variant[] = ["alone", "joined", "carrying"];

interface Turn {
  /** Of a core. */
  readonly cpuShare: number;
  readonly rssMb: number;
}

const encoder = new TextEncoder();

function print(line: string): void {
  Deno.stdout.writeSync(encoder.encode(`${line}\n`));
}

async function turn(pid: number): Promise<Turn> {
  await sleep(systemClock, SETTLE_MS);
  const cpu = (): number => parseProcessStat(Deno.readTextFileSync(`/proc/${pid}/stat`)).cpuSeconds;
  const [before, startedAt] = [cpu(), systemClock.now()];
  await sleep(systemClock, TURN_MS);
  const seconds = (systemClock.now() - startedAt) / 1_000;
  const { rssBytes } = parseMemory(Deno.readTextFileSync(`/proc/${pid}/smaps_rollup`));
  return { cpuShare: (cpu() - before) / seconds, rssMb: rssBytes / 1_048_576 };
}

/** Bytes of the longest message in which the node that carries the apps told what it has to do. */
async function listen(stage: Stage): Promise<{ most(): number; close(): Promise<void> }> {
  const store = await RegionStore.open({ region: "main", servers: [stage.serverUrl] });
  let most = 0;
  const stop = store.loads.subscribe((_, load: LoadDocument) => {
    most = Math.max(most, encoder.encode(JSON.stringify(load)).length);
  });
  return {
    most: () => most,
    close: async () => {
      stop();
      await store.close();
    },
  };
}

async function main(): Promise<number> {
  await using stage = await Stage.start();
  const turns = new Map<Variant, Turn[]>(VARIANTS.map((variant) => [variant, []]));
  const loads = await listen(stage);
  try {
    for (let round = 0; round < ROUNDS; round++) {
      for (const variant of VARIANTS) {
        turns.get(variant)!.push(await stage.withNode(variant, APPS, turn));
      }
    }
  } finally {
    await loads.close();
  }
  print(`${APPS} apps at rest, one data thread; medians of ${ROUNDS} turns of ${TURN_MS / 1_000} s`);
  for (const [variant, all] of turns) {
    const cpu = median(all.map(({ cpuShare }) => cpuShare)) * 100;
    const rss = median(all.map(({ rssMb }) => rssMb));
    print(`${variant.padEnd(10)} ${cpu.toFixed(2)} % of a core   ${rss.toFixed(0)} MB`);
  }
  const bytes = loads.most();
  print(
    `load: ${bytes} bytes a message, ${(bytes / APPS).toFixed(0)} an app, ` +
      `${(bytes / (LOAD_MS / 1_000)).toFixed(0)} a second`,
  );
  return 0;
}

try {
  Deno.exitCode = await main();
} catch (error) {
  print(`bench-region-node: ${errorMessage(error)}`);
  Deno.exitCode = 1;
}
