import assert from "node:assert/strict";
import { WallTimes } from "../../../../src/data/why/wall_times.ts";

Deno.test("a moment has the same wall time each time it is asked for, until the clock is set", () => {
  let [now, wall] = [100, 5_000_100];
  const times = new WallTimes({ now: () => now }, { wallTime: () => wall });
  assert.equal(times.of(50), 5_000_050);
  [now, wall] = [900_000, 5_900_300];
  assert.equal(times.of(50), 5_000_050, "300 ms of drift");
  wall += 3_600_000;
  assert.equal(times.of(900_000), 9_500_300);
});
