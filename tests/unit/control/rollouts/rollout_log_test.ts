import assert from "node:assert/strict";
import { RolloutLog } from "../../../../src/control/rollouts/rollout_log.ts";
import { parseConfig } from "../../../kit/configs.ts";
import { FakeClock } from "../../../kit/fake_clock.ts";
import { LogLines } from "../../../kit/log_lines.ts";
import { NO_CHANGE, NO_RECEIPT, rolloutSubject, subjectOf } from "../../../kit/rollouts.ts";

const SUBJECT = rolloutSubject({ hash: "abc" });

function rolloutLog(clock = new FakeClock()): RolloutLog {
  return new RolloutLog(clock, new LogLines().log);
}

Deno.test("a rollout is remembered with its number, its times, what it came to and what it did", () => {
  const clock = new FakeClock();
  const log = rolloutLog(clock);
  const config = parseConfig({ apps: [] });
  const change = { ...NO_CHANGE, apps: [{ app: "web", change: "added" as const, options: [] }] };
  const ended = log.begin({ ...SUBJECT, cause: "start" });
  clock.advance(30);
  ended({ result: "applied", revision: 7, change, receipt: NO_RECEIPT }, config);
  log.begin({ ...SUBJECT, hash: "def" })({ result: "failed", error: "no room" });
  assert.deepEqual(log.entries, [{
    source: "apps.yaml",
    diagnostics: [],
    cause: "start",
    hash: "abc",
    number: 1,
    startedAt: clock.wallTime() - 30,
    durationMs: 30,
    result: "applied",
    revision: 7,
    error: "",
    added: ["web"],
    changed: [],
    removed: [],
    change,
    changesLeftOut: 0,
    receipt: NO_RECEIPT,
    base: null,
  }, {
    source: "apps.yaml",
    diagnostics: [],
    cause: "file",
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
    change: null,
    changesLeftOut: 0,
    receipt: null,
    base: 1,
  }]);
  // What was not taken over is not what runs.
  assert.deepEqual(log.running, { config, source: "apps.yaml", hash: "abc" });
});

Deno.test("the last 100 are kept, and numbers go on", () => {
  const log = rolloutLog();
  for (let count = 0; count < 103; count++) log.begin(SUBJECT)({ result: "refused" });
  assert.deepEqual([log.entries.length, log.entries[0]?.number, log.entries.at(-1)?.number], [100, 4, 103]);
});

Deno.test("of what a rollout changed the first 1,000 parts are kept, and the names of all apps", () => {
  const log = rolloutLog();
  const apps = Array.from({ length: 900 }, (_, index) => ({
    app: `app ${index}`,
    change: "changed" as const,
    options: [{ path: "backlog", before: 1, after: 2 }],
  }));
  log.begin(SUBJECT)({ result: "applied", change: { ...NO_CHANGE, apps } });
  const [entry] = log.entries;
  assert.deepEqual([entry?.changed.length, entry?.change?.apps.length], [900, 900]);
  assert.equal(entry?.change?.apps.flatMap(({ options }) => options).length, 100);
  assert.equal(entry?.changesLeftOut, 800);
});

Deno.test("without a directory texts are kept in memory, the newest of them, up to 16 MiB", async () => {
  const log = rolloutLog();
  const texts = ["a", "b", "c"].map((letter) => letter.repeat(7 * 1024 * 1024));
  for (const text of texts) log.begin(await subjectOf(text))({ result: "applied" });
  const kept = await Promise.all(log.entries.map((entry) => log.text(entry)));
  assert.deepEqual(kept.map((text) => text?.length ?? null), [null, 7 * 1024 * 1024, 7 * 1024 * 1024]);
});

Deno.test("who waits gets the first one that fits, or nothing when the time is over", async () => {
  const clock = new FakeClock();
  const log = rolloutLog(clock);
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
