import assert from "node:assert/strict";
import { RolloutLog } from "../../../../src/control/rollouts/rollout_log.ts";
import { parseConfig } from "../../../kit/configs.ts";
import { FakeClock } from "../../../kit/fake_clock.ts";

const SUBJECT = { source: "apps.yaml", hash: "abc", diagnostics: [] };

Deno.test("a rollout is remembered with its number, its times and what it came to", () => {
  const clock = new FakeClock();
  const log = new RolloutLog(clock);
  const config = parseConfig({ apps: [] });
  const ended = log.begin(SUBJECT);
  clock.advance(30);
  ended({ result: "applied", revision: 7, added: ["web"] }, config);
  log.begin({ ...SUBJECT, hash: "def" })({ result: "failed", error: "no room" });
  assert.deepEqual(log.entries, [{
    ...SUBJECT,
    number: 1,
    startedAt: clock.wallTime() - 30,
    durationMs: 30,
    result: "applied",
    revision: 7,
    error: "",
    added: ["web"],
    changed: [],
    removed: [],
  }, {
    ...SUBJECT,
    hash: "def",
    number: 2,
    startedAt: clock.wallTime(),
    durationMs: 0,
    result: "failed",
    revision: null,
    error: "no room",
    added: [],
    changed: [],
    removed: [],
  }]);
  // What was not taken over is not what runs.
  assert.deepEqual(log.running, { config, source: "apps.yaml", hash: "abc" });
});

Deno.test("the last 100 are kept, and numbers go on", () => {
  const log = new RolloutLog(new FakeClock());
  for (let count = 0; count < 103; count++) log.begin(SUBJECT)({ result: "refused" });
  assert.deepEqual([log.entries.length, log.entries[0]?.number, log.entries.at(-1)?.number], [100, 4, 103]);
});

Deno.test("who waits gets the first one that fits, or nothing when the time is over", async () => {
  const clock = new FakeClock();
  const log = new RolloutLog(clock);
  const wanted = log.next(({ hash }) => hash === "abc", 100);
  const other = log.next(({ hash }) => hash === "xyz", 100);
  log.begin({ ...SUBJECT, hash: "def" })({ result: "refused" });
  log.begin(SUBJECT)({ result: "refused" });
  log.begin(SUBJECT)({ result: "refused" });
  assert.equal((await wanted)?.number, 2);
  clock.advance(100);
  assert.equal(await other, null);
  assert.equal(clock.pendingTimers, 0);
});
