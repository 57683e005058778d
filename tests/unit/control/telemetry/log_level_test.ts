import assert from "node:assert/strict";
import { LogLevelControl } from "../../../../src/control/telemetry/log_level.ts";
import { FakeClock } from "../../../kit/fake_clock.ts";
import { LogLines } from "../../../kit/log_lines.ts";

class Fixture {
  readonly clock = new FakeClock();
  readonly lines = new LogLines();
  readonly level = new LogLevelControl(this.clock, this.lines.log, "info");

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
  fixture.level.override("debug", null, "ann");
  assert.equal(fixture.isDebugging, true);
  fixture.level.configure("warn");
  assert.equal(fixture.isDebugging, true);
  assert.deepEqual(fixture.level.status, {
    level: "debug",
    configured: "warn",
    until: null,
    overridden: true,
  });
  fixture.level.override(null, null, "ann");
  assert.equal(fixture.isDebugging, false);
  assert.equal(fixture.level.status.level, "warn");
});

Deno.test("one with an end goes back by itself; a later word has an end of its own", () => {
  const fixture = new Fixture();
  fixture.level.override("debug", 1_000, "ann");
  assert.equal(fixture.level.status.until, fixture.clock.wallTime() + 1_000);
  fixture.clock.advance(999);
  fixture.level.override("debug", 1_000, "ben");
  fixture.clock.advance(999);
  assert.equal(fixture.isDebugging, true);
  fixture.clock.advance(1);
  assert.equal(fixture.level.status.overridden, false);
  assert.equal(fixture.clock.pendingTimers, 0);
});
