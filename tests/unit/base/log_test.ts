import assert from "node:assert/strict";
import {
  jsonLine,
  LOG_LEVELS,
  type LogEntry,
  Logger,
  type LogOptions,
  prettyLine,
} from "../../../src/base/log.ts";
import { LOG_EVENT_GROUPS, LOG_EVENTS, type LogEvent } from "../../../src/base/log_events.ts";
import { LOG_PARTS, partOf } from "../../../src/base/log_parts.ts";
import { FakeClock } from "../../kit/fake_clock.ts";

type Format = (entry: LogEntry) => string;

const pretty: Format = (entry) => prettyLine(entry, false);

function logger(
  changes: Partial<LogOptions> = {},
  format: Format = jsonLine,
): { readonly log: Logger; readonly lines: string[] } {
  const lines: string[] = [];
  const log = new Logger({
    level: "debug",
    parts: {},
    clock: new FakeClock(Date.parse("2026-11-21T08:09:10.011Z")),
    write: (entry) => void lines.push(format(entry)),
    ...changes,
  });
  return { log, lines };
}

Deno.test("JSON lines carry time, level, event, message and fields, in this order", () => {
  const { log, lines } = logger();
  log.warn("target_down", { app: "web", target: "x:1", reason: 'said "no"' });
  assert.deepEqual(lines, [
    '{"ts":"2026-11-21T08:09:10.011Z","level":"warn","event":"target_down","message":"target is down",' +
    '"app":"web","target":"x:1","reason":"said \\"no\\""}\n',
  ]);
});

Deno.test("names of events are words of the log, each with another message", () => {
  const kinds = Object.entries(LOG_EVENTS);
  for (const [name, { message, fields }] of kinds) {
    assert.match(name, /^[a-z]+(_[a-z0-9]+)*$/);
    assert.match(message, /^\S.*\S$/);
    // What a line has itself is no field.
    for (const own of ["ts", "level", "event", "message"]) {
      assert.equal(fields.some((one) => one === own), false);
    }
  }
  assert.equal(new Set(kinds.map(([, { message }]) => message)).size, kinds.length);
  const grouped = Object.values(LOG_EVENT_GROUPS).map((group) => Object.keys(group).length);
  assert.equal(grouped.reduce((sum, n) => sum + n), kinds.length);
});

Deno.test("every event comes from one part, and every part has events", () => {
  const parts = Object.keys(LOG_EVENTS).map((name) => partOf(name as LogEvent));
  assert.deepEqual([...new Set(parts)].sort(), [...LOG_PARTS].sort());
  assert.equal(partOf("name_failed"), "dns");
});

Deno.test("a part with a level of its own goes by that, the others by the level of all", () => {
  const { log, lines } = logger({ level: "warn", parts: { dns: "debug", admin: "error" } });
  log.debug("name_recovered");
  log.info("drained");
  log.warn("admin_failed");
  log.warn("target_down");
  log.error("admin_failed");
  assert.deepEqual(lines.map((line) => JSON.parse(line).event), [
    "name_recovered",
    "target_down",
    "admin_failed",
  ]);
});

Deno.test("lines below the level are left out", () => {
  for (const level of LOG_LEVELS) {
    const { log, lines } = logger({ level });
    for (const each of LOG_LEVELS) log[each]("drained");
    const written = lines.map((line) => JSON.parse(line).level);
    assert.deepEqual(written, LOG_LEVELS.slice(LOG_LEVELS.indexOf(level)));
  }
});

Deno.test("pretty lines are for people: blanks are quoted, and nothing breaks the line", () => {
  const { log, lines } = logger({}, pretty);
  log.log("info", "started", { app: "web", reason: "two words", empty: "", n: 3, odd: 'a"b', text: "a\nb" });
  assert.deepEqual(lines, [
    '08:09:10.011 info  started app=web reason="two words" empty="" n=3 odd="a\\"b" text="a\\nb"\n',
  ]);
});

Deno.test("colours are only used when asked for", () => {
  const plain = logger({}, pretty);
  plain.log.error("drain_failed", { error: "x" });
  assert.equal(plain.lines.join("").includes("\x1b"), false);
  const colored = logger({}, (entry) => prettyLine(entry, true));
  colored.log.error("drain_failed", { error: "x" });
  // deno-lint-ignore no-control-regex -- the colours are what is tested
  assert.equal((colored.lines[0] ?? "").replaceAll(/\x1b\[\d+m/g, ""), plain.lines[0]);
});

Deno.test("levels can change while it runs", () => {
  const { log, lines } = logger({ level: "error" });
  log.info("draining");
  log.configure({ level: "info" });
  log.info("draining");
  log.configure({ parts: { program: "warn" } });
  log.info("drained");
  assert.equal(lines.length, 1);
});
