import assert from "node:assert/strict";
import { ACCESS_FLUSH_BYTES } from "../../../src/base/limits.ts";
import { AccessBuffer } from "../../../src/data/access_buffer.ts";
import type { Report } from "../../../src/model/messages.ts";
import { FakeClock } from "../../kit/fake_clock.ts";
import { FakeEngine } from "../../kit/fake_engine.ts";

class Fixture {
  readonly clock = new FakeClock();
  readonly reports: Report[] = [];
  readonly buffer = new AccessBuffer(
    new FakeEngine(this.clock),
    () => 0.5,
    (report) => void this.reports.push(report),
  );

  record(line: string): void {
    this.buffer.lines.text(line);
    this.buffer.recorded();
  }
}

Deno.test("records leave together, soon or when there are many", () => {
  const fixture = new Fixture();
  const { clock, reports } = fixture;
  fixture.record("one\n");
  clock.advance(99);
  fixture.record("two\n");
  assert.deepEqual(reports, []);
  clock.advance(1);
  assert.deepEqual(reports, [{ type: "access", lines: "one\ntwo\n", count: 2 }]);
  clock.advance(1_000);
  assert.equal(reports.length, 1);
  const long = `${"x".repeat(ACCESS_FLUSH_BYTES - 10_000)}\n`;
  fixture.record(long);
  fixture.record(long);
  assert.deepEqual(reports.at(-1), { type: "access", lines: long + long, count: 2 });
  fixture.record("three\n");
  clock.advance(100);
  assert.equal(reports.length, 3);
});

Deno.test("flush sends what there is, and nothing twice", () => {
  const fixture = new Fixture();
  const { buffer, clock, reports } = fixture;
  buffer.flush();
  fixture.record("one\n");
  buffer.flush();
  buffer.flush();
  clock.advance(1_000);
  assert.equal(reports.length, 1);
});

Deno.test("a sample takes all, none, or its share", () => {
  const { buffer } = new Fixture();
  assert.deepEqual([1, 0, 0.6, 0.5].map((share) => buffer.wants(share)), [true, false, true, false]);
});
