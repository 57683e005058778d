import assert from "node:assert/strict";
import { LOG_LEVELS, type LogEntry, Logger, type LogOptions } from "../../../src/base/log.ts";
import { LOG_EVENT_GROUPS, LOG_EVENTS } from "../../../src/base/log_events.ts";
import { FakeClock } from "../../kit/fake_clock.ts";

function logger(changes: Partial<LogOptions> = {}): { readonly log: Logger; readonly lines: string[] } {
  const lines: string[] = [];
  const log = new Logger({
    level: "debug",
    format: "json",
    color: false,
    clock: new FakeClock(Date.parse("2026-11-21T08:09:10.011Z")),
    write: (line) => void lines.push(line),
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

Deno.test("who observes hears what is written, and nothing else", () => {
  const heard: LogEntry[] = [];
  const { log } = logger({ level: "info", observe: (entry) => heard.push(entry) });
  log.debug("drained");
  log.info("signal_ignored", { signal: "SIGUSR2" });
  assert.deepEqual(heard, [{
    ts: "2026-11-21T08:09:10.011Z",
    level: "info",
    event: "signal_ignored",
    message: "signal ignored: it has no meaning here",
    fields: { signal: "SIGUSR2" },
  }]);
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
  const { log, lines } = logger({ format: "pretty" });
  log.log("info", "started", { app: "web", reason: "two words", empty: "", n: 3, odd: 'a"b', text: "a\nb" });
  assert.deepEqual(lines, [
    '08:09:10.011 info  started app=web reason="two words" empty="" n=3 odd="a\\"b" text="a\\nb"\n',
  ]);
});

Deno.test("colours are only used when asked for", () => {
  const plain = logger({ format: "pretty" });
  plain.log.error("drain_failed", { error: "x" });
  assert.equal(plain.lines.join("").includes("\x1b"), false);
  const colored = logger({ format: "pretty", color: true });
  colored.log.error("drain_failed", { error: "x" });
  // deno-lint-ignore no-control-regex -- the colours are what is tested
  assert.equal((colored.lines[0] ?? "").replaceAll(/\x1b\[\d+m/g, ""), plain.lines[0]);
});

Deno.test("level and format can change while it runs", () => {
  const { log, lines } = logger({ level: "error" });
  log.info("draining");
  log.configure({ level: "info" });
  log.info("draining");
  log.configure({ format: "pretty" });
  log.info("drained");
  assert.equal(lines.length, 2);
  assert.match(lines[1] ?? "", /info {2}drained, exiting\n$/);
});
