import assert from "node:assert/strict";
import type { Suite } from "./case.ts";

/** Delays of the timers that are expected to fire, in their order. */
const EXPECTED: readonly (readonly [name: string, delayMs: number])[] = [
  ["at once", 0],
  ["first", 100],
  ["second", 200],
  ["third", 300],
  ["nested", 350],
  ["last", 600],
];
/** The worker's clock and the engine's may be rounded differently. */
const ROUNDING_MS = 1;

/** Timers. */
export function timingCases(suite: Suite): void {
  suite.test("timers fire once, in order, never early, and not when cancelled", async () => {
    await using proxy = await suite.start({ mode: "timers" });
    await proxy.report("finished");
    const fired = proxy.all("timer");
    assert.deepEqual(fired.map((timer) => timer.name), EXPECTED.map(([name]) => name));
    for (const [index, [name, delayMs]] of EXPECTED.entries()) {
      const afterMs = fired[index]?.afterMs ?? 0;
      assert.ok(afterMs >= delayMs - ROUNDING_MS, `${name} after ${afterMs} ms`);
    }
  });
}
