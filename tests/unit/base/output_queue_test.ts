import assert from "node:assert/strict";
import { OUTPUT_WRITE_BYTES } from "../../../src/base/limits.ts";
import { OutputQueue } from "../../../src/base/output_queue.ts";
import { SlowWriter } from "../../kit/slow_writer.ts";

function setup(
  maxBytes = 100,
): { queue: OutputQueue; writer: SlowWriter; outcomes: string[]; push(text: string): boolean } {
  const writer = new SlowWriter();
  const queue = new OutputQueue(writer, maxBytes);
  const outcomes: string[] = [];
  const push = (text: string): boolean =>
    queue.push(new TextEncoder().encode(text), (error) => {
      outcomes.push(`${text}: ${error instanceof Error ? error.message : error}`);
    });
  return { queue, writer, outcomes, push };
}

Deno.test("pieces are written in order, one write at a time, those that came meanwhile together", async () => {
  const { queue, writer, outcomes, push } = setup();
  for (const text of ["one", "two", "three"]) assert.equal(push(text), true);
  assert.equal(queue.waitingBytes, 11);
  await writer.take();
  assert.equal(writer.written, "one");
  await writer.take();
  assert.equal(writer.written, "onetwothree");
  await queue.flushed();
  assert.deepEqual(outcomes, ["one: null", "two: null", "three: null"]);
  assert.equal(queue.waitingBytes, 0);
});

Deno.test("a writer that takes a part is given the rest", async () => {
  const { queue, writer, push } = setup();
  push("abcdef");
  await writer.take(4);
  await writer.take();
  await queue.flushed();
  assert.equal(writer.written, "abcdef");
});

Deno.test("what waits is bounded, the write under way included", async () => {
  const { queue, writer, outcomes, push } = setup(8);
  assert.deepEqual(["aaaa", "bbb", "cc", "d"].map(push), [true, true, false, true]);
  await writer.take();
  assert.equal(push("eeee"), true);
  assert.equal(push("f"), false);
  await writer.take();
  await writer.take();
  await queue.flushed();
  assert.equal(writer.written, "aaaabbbdeeee");
  assert.equal(outcomes.length, 4);
});

Deno.test("a failed write loses its pieces alone", async () => {
  const { queue, writer, outcomes, push } = setup();
  push("lost");
  push("kept");
  await writer.fail("broken pipe");
  await writer.take();
  await queue.flushed();
  assert.deepEqual(outcomes, ["lost: broken pipe", "kept: null"]);
  assert.equal(queue.waitingBytes, 0);
});

Deno.test("giving up drops what waits behind the write under way", async () => {
  const { queue, writer, outcomes, push } = setup();
  push("under way");
  push("waiting");
  queue.giveUp();
  assert.deepEqual(outcomes, ["waiting: given up"]);
  await writer.take();
  await queue.flushed();
  assert.equal(writer.written, "under way");
});

Deno.test("pieces are joined up to a size, larger ones are written alone", async () => {
  const { queue, writer, push } = setup(Infinity);
  const large = "L".repeat(OUTPUT_WRITE_BYTES + 1);
  for (const text of ["first", "a", "b", large, "c"]) push(text);
  for (const written of ["first", "ab", large, "c"]) assert.equal(await writer.take(), written);
  await queue.flushed();
});
