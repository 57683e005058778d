import { fileURLToPath } from "node:url";
import type { Sample, Scenario } from "../suite.ts";

/** Pause of the client between two requests. */
const PAUSE_MS = 1;
/** Longest time for one request and its pause, on average. */
const MAX_ROUND_MS = 20;
const START_MS = 10_000;

/**
 * One client that sends a small request, waits for the answer, and pauses. How long a processor takes to wake up is most
 * of a round trip, and changes by more within a minute than proxies differ: hence the turns.
 */
export const roundTrips: Scenario = {
  name: "round-trip",
  title: "round trip of one quiet client",
  metrics: [
    { name: "p50", unit: "p50 µs", digits: 1 },
    { name: "p99", unit: "p99 µs", digits: 1 },
  ],
  turns: (plan) => plan.roundTripTurns,
  async measure(stage, { port }): Promise<Sample> {
    const count = stage.plan.roundTrips;
    const output = await stage.children.run({
      name: "round-trip client",
      command: Deno.execPath(),
      args: [
        ...["run", "--quiet", "--allow-net=127.0.0.1"],
        fileURLToPath(new URL("../clients/round_trip.ts", import.meta.url)),
        ...[String(port), String(count), String(PAUSE_MS)],
      ],
      core: stage.cores.load,
    }, START_MS + count * MAX_ROUND_MS);
    return JSON.parse(output) as Sample;
  },
};
