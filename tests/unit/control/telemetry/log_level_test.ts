import assert from "node:assert/strict";
import type { LogLevel } from "../../../../src/base/log.ts";
import type { LogPart } from "../../../../src/base/log_parts.ts";
import { LogLevelControl } from "../../../../src/control/telemetry/log_level.ts";
import { FakeClock } from "../../../kit/fake_clock.ts";
import { LogLines } from "../../../kit/log_lines.ts";

class Fixture {
  readonly clock = new FakeClock();
  readonly lines = new LogLines();
  readonly level = new LogLevelControl(this.clock, this.lines.log, "info");

  override(level: LogLevel | null, forMs: number | null = null, part: LogPart | null = null): void {
    this.level.override({ level, forMs, part, by: "ann" });
  }

  /** Whether an event of DNS at `debug` is written now. */
  get isDebuggingDns(): boolean {
    const before = this.lines.lines.length;
    this.lines.log.debug("name_recovered");
    return this.lines.lines.length > before;
  }

  /** Whether a line at `debug` is written now. */
  get isDebugging(): boolean {
    const before = this.lines.lines.length;
    this.lines.log.debug("drained");
    return this.lines.lines.length > before;
  }
}

Deno.test("an operator's level holds over reloads until it is taken back", () => {
  const fixture = new Fixture();
  fixture.level.configure("info");
  assert.equal(fixture.isDebugging, false);
  fixture.override("debug");
  assert.equal(fixture.isDebugging, true);
  fixture.level.configure("warn");
  assert.equal(fixture.isDebugging, true);
  assert.deepEqual(fixture.level.status, {
    level: "debug",
    configured: "warn",
    until: null,
    overridden: true,
    parts: [],
  });
  fixture.override(null);
  assert.equal(fixture.isDebugging, false);
  assert.equal(fixture.level.status.level, "warn");
});

Deno.test("one with an end goes back by itself; a later word has an end of its own", () => {
  const fixture = new Fixture();
  fixture.override("debug", 1_000);
  assert.equal(fixture.level.status.until, fixture.clock.wallTime() + 1_000);
  fixture.clock.advance(999);
  fixture.override("debug", 1_000);
  fixture.clock.advance(999);
  assert.equal(fixture.isDebugging, true);
  fixture.clock.advance(1);
  assert.equal(fixture.level.status.overridden, false);
  assert.equal(fixture.clock.pendingTimers, 0);
});

Deno.test("a part has the level that the config gives it, until an operator says something of it, or of all", () => {
  const fixture = new Fixture();
  fixture.level.configure("warn", { dns: "debug" });
  assert.deepEqual([fixture.isDebugging, fixture.isDebuggingDns], [false, true]);
  fixture.override("error", null, "dns");
  assert.deepEqual([fixture.isDebugging, fixture.isDebuggingDns], [false, false]);
  fixture.override("debug");
  assert.deepEqual([fixture.isDebugging, fixture.isDebuggingDns], [true, false]);
  fixture.override(null, null, "dns");
  assert.deepEqual([fixture.isDebugging, fixture.isDebuggingDns], [true, true]);
  fixture.override("error");
  assert.equal(fixture.isDebuggingDns, false);
  fixture.override(null);
  assert.equal(fixture.isDebuggingDns, true);
});

Deno.test("what is said of a part ends by itself, and says so with the part; the others are as they were", () => {
  const fixture = new Fixture();
  fixture.override("debug", 1_000, "dns");
  fixture.override("warn", 2_000, "admin");
  assert.deepEqual(
    fixture.level.status.parts.map(({ part, level, overridden }) => [part, level, overridden]),
    [
      ["dns", "debug", true],
      ["admin", "warn", true],
    ],
  );
  assert.equal(fixture.isDebuggingDns, true);
  fixture.clock.advance(1_000);
  assert.equal(fixture.isDebuggingDns, false);
  assert.deepEqual(fixture.level.status.parts.map(({ part }) => part), ["admin"]);
  const last = fixture.lines.lines.at(-1);
  assert.deepEqual([last?.event, last?.part, last?.by], ["log_level_set", "dns", "its end"]);
  fixture.level.close();
  assert.equal(fixture.clock.pendingTimers, 0);
});
