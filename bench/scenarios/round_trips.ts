import { client } from "../process/client.ts";
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
    const options = client(stage, {
      name: "round-trip client",
      file: "round_trip.ts",
      args: [port, count, PAUSE_MS],
    });
    const output = await stage.children.run(options, START_MS + count * MAX_ROUND_MS);
    return JSON.parse(output) as Sample;
  },
};
