import assert from "node:assert/strict";
import { Scaler } from "../../../../src/region/autoscale/scaler.ts";
import { scaleSettings } from "../../../../src/region/model/app_settings.ts";
import { FakeClock } from "../../../kit/fake_clock.ts";

const TARGET = { connections: 100 };

function scaler(
  settings: Record<string, unknown> = {},
): { clock: FakeClock; decide: (current: number, recommended: number) => string } {
  const clock = new FakeClock();
  const own = new Scaler(clock);
  const parsed = scaleSettings.parse({ min: 2, max: 20, target: TARGET, ...settings });
  return {
    clock,
    decide(current, recommended): string {
      const { replicas, limit } = own.decide(parsed, current, { replicas: recommended, formula: "" });
      return `${replicas}${limit === "" ? "" : ` ${limit}`}`;
    },
  };
}

Deno.test("autoscale: up at once and at most to twice as many, within bounds", () => {
  const { decide } = scaler();
  assert.equal(decide(3, 5), "5");
  assert.equal(decide(3, 50), "6 max_step");
  assert.equal(decide(12, 50), "20 max");
  assert.equal(decide(1, 1), "2 min");
  assert.equal(decide(30, 30), "20 max");
});

Deno.test("autoscale: down only after a window in which nothing else was wanted, whenever it began to watch", () => {
  const { clock, decide } = scaler();
  for (let seconds = 0; seconds < 300; seconds += 15) {
    assert.equal(decide(10, 4), "10 window", `${seconds} s`);
    clock.advance(15_000);
  }
  assert.equal(decide(10, 4), "4");
  // A moment of need counts for the whole window.
  assert.equal(decide(10, 9), "9");
  clock.advance(299_000);
  assert.equal(decide(9, 4), "9 window");
  clock.advance(2_000);
  assert.equal(decide(9, 4), "4");
});

Deno.test("autoscale: steps and windows as asked for", () => {
  const { clock, decide } = scaler({
    up: { window: "30s", max_step: 2 },
    down: { window: "0s", max_step: 1 },
  });
  assert.equal(decide(4, 10), "6 max_step");
  clock.advance(10_000);
  assert.equal(decide(4, 4), "4");
  // Within half a minute four were enough.
  assert.equal(decide(4, 10), "4 window");
  clock.advance(31_000);
  assert.equal(decide(4, 10), "6 max_step");
  assert.equal(decide(8, 3), "7 max_step");
});
