import assert from "node:assert/strict";
import { ProgressLine } from "../../../../src/cli/drawing/progress_line.ts";
import { FakeClock } from "../../../kit/fake_clock.ts";
import { CapturedIo } from "../captured_io.ts";

Deno.test("it draws over itself, and leaves an empty line", () => {
  const io = new CapturedIo(true, 80);
  const clock = new FakeClock();
  const line = new ProgressLine(io, clock);
  line.draw(0.5, "half");
  assert.equal(io.out, `\r\x1b[K${"█".repeat(12)}${"·".repeat(12)}  50 %  half`.replace("·  50", "·  50"));
  clock.advance(100);
  line.draw(1.5, "all");
  assert.ok(io.out.endsWith(`\r\x1b[K${"█".repeat(24)} 100 %  all`), io.out);
  line.clear();
  assert.ok(io.out.endsWith("\r\x1b[K"));
});

Deno.test("it never fills the last column", () => {
  for (const columns of [20, 59, 60, 61, 120]) {
    const io = new CapturedIo(true, columns);
    new ProgressLine(io, new FakeClock()).draw(0.3, "x".repeat(200));
    const drawn = io.out.replace("\r\x1b[K", "");
    assert.equal([...drawn].length, columns - 1);
  }
});

Deno.test("it draws 20 times a second at most", () => {
  const io = new CapturedIo(true);
  const clock = new FakeClock();
  const line = new ProgressLine(io, clock);
  for (let i = 0; i < 1000; i++) {
    line.draw(i / 1000, "on");
    clock.advance(1);
  }
  assert.equal(io.out.split("\r").length - 1, 20);
});

Deno.test("where output is no terminal, or one that cannot move its cursor, there is nothing", () => {
  for (const io of [new CapturedIo(false), new CapturedIo(true, 80, false, false)]) {
    const line = new ProgressLine(io);
    line.draw(0.5, "half");
    line.clear();
    assert.equal(io.out, "");
  }
});
