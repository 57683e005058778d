/**
 * Measures round trips on one connection, with a pause after each, and prints p50 and p99 in microseconds as JSON.
 * Arguments: port on 127.0.0.1, number of round trips, pause in milliseconds.
 * @module
 */
import { sleep, systemClock } from "../../src/base/clock.ts";
import { percentile } from "../stats.ts";
import { Exchanges, open } from "./exchange.ts";

/** Round trips before the first that counts, as a share of those that do. */
const WARM_UP_SHARE = 0.2;

const [port = 0, count = 0, pauseMs = 0] = Deno.args.map(Number);
const connection = await open(port);
const exchanges = new Exchanges();
const times: number[] = [];
for (let i = -count * WARM_UP_SHARE; i < count; i++) {
  const start = systemClock.now();
  await exchanges.run(connection);
  if (i >= 0) times.push((systemClock.now() - start) * 1000);
  await sleep(systemClock, pauseMs);
}
connection.close();
times.sort((a, b) => a - b);
const report = { p50: percentile(times, 50), p99: percentile(times, 99) };
Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(report) + "\n"));
