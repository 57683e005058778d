import assert from "node:assert/strict";
import { askOnce } from "./client.ts";

/** How many are asked. */
export const MEDIAN_OF = 50;

/** Median of how long requests take, each with a connection of its own, one after another, milliseconds. */
export async function medianAskMs(port: number): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < MEDIAN_OF; i++) {
    const start = performance.now();
    assert.equal(await askOnce(port, "?"), "?");
    times.push(performance.now() - start);
  }
  return times.toSorted((a, b) => a - b)[MEDIAN_OF / 2] ?? NaN;
}
