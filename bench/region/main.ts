/**
 * What placement does in a large region, and what it costs: `deno task bench-region`. Makes docs/region/placement.svg.
 * @module
 */
import { barCharts } from "../svg.ts";
import { Simulation } from "./simulation.ts";

const SIZE = { nodes: 1_000, zones: 10, apps: 100_000 };
const SEED = 1;
const PICTURE = new URL("../../docs/region/placement.svg", import.meta.url);
/** Of loads, in the picture. */
const BUCKET = 0.05;

const encoder = new TextEncoder();

function print(line: string): void {
  Deno.stdout.writeSync(encoder.encode(`${line}\n`));
}

/** Most memory that this process has had, `VmHWM` of proc_pid_status(5), in MB. */
function mostMemory(): number {
  const match = /^VmHWM:\s+(\d+) kB$/m.exec(Deno.readTextFileSync("/proc/self/status"));
  return Number(match?.[1]) / 1_024;
}

/** How many values are in each bucket, from the lowest to the highest. */
function histogram(values: readonly number[]): { name: string; values: number[] } {
  const low = Math.floor(Math.min(...values) / BUCKET);
  const high = Math.floor(Math.max(...values) / BUCKET);
  const counts = new Array<number>(high - low + 1).fill(0);
  for (const value of values) counts[Math.floor(value / BUCKET) - low]!++;
  return {
    name: `${(low * BUCKET).toFixed(2)} to ${((high + 1) * BUCKET).toFixed(2)} of the share, nodes`,
    values: counts,
  };
}

const simulation = new Simulation(SIZE, SEED);
simulation.run();
print("| what happens | time | replicas that come | of these not forced | without a node | fullest node |");
print("| --- | --- | --- | --- | --- | --- |");
for (const { event, ms, added, unforced, unplaced, fullest } of simulation.steps) {
  print(
    `| ${event} | ${(ms / 1_000).toFixed(2)} s | ${added} | ${unforced} | ${unplaced} | ${
      fullest.toFixed(2)
    } |`,
  );
}
print(
  `${SIZE.apps} apps on ${SIZE.nodes} nodes in ${SIZE.zones} zones, seed ${SEED}; at most ${
    mostMemory().toFixed(0)
  } MB`,
);
await Deno.mkdir(new URL(".", PICTURE), { recursive: true });
await Deno.writeTextFile(
  PICTURE,
  barCharts(`Nodes by their load at the end, ${SIZE.apps} apps on ${SIZE.nodes} nodes`, [
    histogram(simulation.loads()),
  ]),
);
