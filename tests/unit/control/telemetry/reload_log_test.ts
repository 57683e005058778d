import assert from "node:assert/strict";
import { ReloadLog } from "../../../../src/control/telemetry/reload_log.ts";
import { FakeClock } from "../../../kit/fake_clock.ts";

Deno.test("results are counted, and the last success is remembered", () => {
  const clock = new FakeClock();
  const reloads = new ReloadLog(clock);
  assert.deepEqual([reloads.isCurrent, reloads.succeededAt], [false, 0]);
  reloads.add("success");
  const at = clock.wallTime();
  clock.advance(5_000);
  reloads.add("invalid");
  assert.deepEqual([reloads.isCurrent, reloads.succeededAt, reloads.count("success")], [false, at, 1]);
  reloads.add("failed");
  reloads.add("success");
  assert.deepEqual([reloads.isCurrent, reloads.succeededAt], [true, at + 5_000]);
  assert.deepEqual(["success", "invalid", "failed"].map((one) => reloads.count(one as "failed")), [2, 1, 1]);
});
