import assert from "node:assert/strict";
import { LOG_BACKLOG_MAX_BYTES } from "../../../src/base/limits.ts";
import { DeferredOutput } from "../../../src/cli/deferred_output.ts";
import { SlowWriter } from "../../kit/slow_writer.ts";

const LINE_BYTES = 1024;
const FITTING = LOG_BACKLOG_MAX_BYTES / LINE_BYTES;

function setup(): { output: DeferredOutput; writer: SlowWriter } {
  const writer = new SlowWriter();
  const output: DeferredOutput = new DeferredOutput(
    writer,
    (dropped) => output.write(`${dropped} dropped\n`),
  );
  return { output, writer };
}

/** A line of {@link LINE_BYTES}. */
function line(number: number): string {
  return `${String(number).padEnd(LINE_BYTES - 1)}\n`;
}

async function takeAll(writer: SlowWriter): Promise<string[]> {
  while (await writer.take() !== "");
  return writer.written.split("\n").slice(0, -1).map((text) => text.trimEnd());
}

Deno.test("text is written in order", async () => {
  const { output, writer } = setup();
  for (const text of ["one\n", "two\n", "three\n"]) output.write(text);
  assert.deepEqual(await takeAll(writer), ["one", "two", "three"]);
  await output.flushed();
  assert.equal(output.dropped, 0);
});

Deno.test("while nobody reads text is dropped in one piece, and where it is missing that is said", async () => {
  const { output, writer } = setup();
  for (let i = 0; i < FITTING + 3; i++) output.write(line(i));
  assert.equal(output.dropped, 3);
  // A little room is not enough: there would be one gap after another.
  await writer.take();
  output.write(line(FITTING + 3));
  assert.equal(output.dropped, 4);
  await takeAll(writer);
  output.write("more\n");
  const lines = await takeAll(writer);
  const kept = Array.from({ length: FITTING }, (_, i) => String(i));
  assert.deepEqual(lines, [...kept, "4 dropped", "more"]);
  assert.equal(output.dropped, 4);
});

Deno.test("text that cannot be written is counted, and said when writing works again", async () => {
  const { output, writer } = setup();
  output.write("lost\n");
  await writer.fail("input/output error");
  output.write("lost too\n");
  await writer.fail("input/output error");
  output.write("kept\n");
  assert.deepEqual(await takeAll(writer), ["kept", "2 dropped"]);
  assert.equal(output.dropped, 2);
});
