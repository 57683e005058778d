import assert from "node:assert/strict";
import { LOG_LEVELS, Logger, type LogOptions } from "../../../src/base/log.ts";
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

Deno.test("JSON lines carry time, level, message and fields, in this order", () => {
  const { log, lines } = logger();
  log.warn('a "quoted" message', { app: "web", count: 2, list: ["x"] });
  assert.deepEqual(lines, [
    '{"ts":"2026-11-21T08:09:10.011Z","level":"warn","message":"a \\"quoted\\" message","app":"web","count":2,' +
    '"list":["x"]}\n',
  ]);
});

Deno.test("lines below the level are left out", () => {
  for (const level of LOG_LEVELS) {
    const { log, lines } = logger({ level });
    for (const each of LOG_LEVELS) log[each]("x");
    const written = lines.map((line) => JSON.parse(line).level);
    assert.deepEqual(written, LOG_LEVELS.slice(LOG_LEVELS.indexOf(level)));
  }
});

Deno.test("pretty lines are for people: blanks are quoted, and nothing breaks the line", () => {
  const { log, lines } = logger({ format: "pretty" });
  log.info("started", { app: "web", reason: "two words", empty: "", n: 3, odd: 'a"b', text: "a\nb" });
  assert.deepEqual(lines, [
    '08:09:10.011 info  started app=web reason="two words" empty="" n=3 odd="a\\"b" text="a\\nb"\n',
  ]);
});

Deno.test("colours are only used when asked for", () => {
  const plain = logger({ format: "pretty" });
  plain.log.error("x", { a: 1 });
  assert.equal(plain.lines.join("").includes("\x1b"), false);
  const colored = logger({ format: "pretty", color: true });
  colored.log.error("x", { a: 1 });
  // deno-lint-ignore no-control-regex -- the colours are what is tested
  assert.equal((colored.lines[0] ?? "").replaceAll(/\x1b\[\d+m/g, ""), plain.lines[0]);
});

Deno.test("level and format can change while it runs", () => {
  const { log, lines } = logger({ level: "error" });
  log.info("no");
  log.configure({ level: "info" });
  log.info("yes");
  log.configure({ format: "pretty" });
  log.info("pretty");
  assert.equal(lines.length, 2);
  assert.match(lines[1] ?? "", /info {2}pretty\n$/);
});
