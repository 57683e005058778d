import assert from "node:assert/strict";
import { ACCESS_BACKLOG_MAX_CHARS } from "../../../../src/base/limits.ts";
import { AccessLog } from "../../../../src/control/telemetry/access_log.ts";
import { type AccessSink, openAccessSink } from "../../../../src/control/telemetry/access_sink.ts";
import { LogLines } from "../../../kit/log_lines.ts";

/** A sink whose writes the test ends. */
class SlowSink implements AccessSink {
  written = "";
  isClosed = false;
  #pending: { text: string; resolve: () => void; reject: (error: Error) => void } | null = null;

  write(text: string): Promise<void> {
    assert.equal(this.#pending, null, "one write at a time");
    assert.equal(this.isClosed, false, "no write after close");
    return new Promise((resolve, reject) => this.#pending = { text, resolve, reject });
  }

  close(): void {
    this.isClosed = true;
  }

  async finish(): Promise<void> {
    const pending = this.#pending;
    this.#pending = null;
    this.written += pending?.text ?? "";
    pending?.resolve();
    await settle();
  }

  async fail(): Promise<void> {
    const pending = this.#pending;
    this.#pending = null;
    pending?.reject(new Error("broken pipe"));
    await settle();
  }
}

/** Lets promise callbacks run. */
async function settle(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}

function accessLog(): { readonly access: AccessLog; readonly sink: SlowSink; readonly log: LogLines } {
  const log = new LogLines();
  const access = new AccessLog(log.log);
  const sink = new SlowSink();
  access.switchTo(sink);
  return { access, sink, log };
}

Deno.test("lines are written in order, those that came meanwhile together", async () => {
  const { access, sink } = accessLog();
  access.write("1\n", 1);
  access.write("2\n", 1);
  access.write("3\n", 1);
  await sink.finish();
  assert.equal(sink.written, "1\n");
  await sink.finish();
  assert.equal(sink.written, "1\n2\n3\n");
  await access.flush();
  assert.equal(access.dropped, 0);
});

Deno.test("without a sink lines go nowhere and are no loss", async () => {
  const access = new AccessLog(new LogLines().log);
  access.write("1\n", 1);
  await access.flush();
  access.switchTo(null);
  assert.equal(access.dropped, 0);
});

Deno.test("what a slow reader leaves waiting is bounded; the rest is dropped, counted and said once", async () => {
  const { access, sink, log } = accessLog();
  const chunk = "x".repeat(1024 * 1024);
  access.write(chunk, 10);
  const fitting = ACCESS_BACKLOG_MAX_CHARS / chunk.length;
  for (let i = 0; i < fitting + 3; i++) access.write(chunk, 10);
  assert.equal(access.dropped, 30);
  assert.deepEqual(log.messages, ["access log is too slow, dropping records"]);
  await sink.finish();
  await sink.finish();
  assert.equal(sink.written.length, (1 + fitting) * chunk.length);
  for (let i = 0; i < fitting + 2; i++) access.write(chunk, 1);
  assert.equal(access.dropped, 31);
  assert.equal(log.messages.length, 2);
});

Deno.test("a failing sink loses what it was given, says so once, and is tried again", async () => {
  const { access, sink, log } = accessLog();
  for (let i = 0; i < 3; i++) {
    access.write("lost\n", 2);
    await sink.fail();
  }
  assert.equal(access.dropped, 6);
  assert.equal(log.messages.length, 1);
  assert.equal(log.lines[0]?.error, "broken pipe");
  access.write("kept\n", 1);
  await sink.finish();
  assert.equal(sink.written, "kept\n");
  access.write("lost\n", 1);
  await sink.fail();
  assert.equal(log.messages.length, 2);
});

Deno.test("a switch takes over at once, and the old sink is closed when it has written what it was given", async () => {
  const { access, sink } = accessLog();
  access.write("old\n", 1);
  const next = new SlowSink();
  access.switchTo(next);
  access.write("new\n", 1);
  await next.finish();
  assert.equal(next.written, "new\n");
  assert.equal(sink.isClosed, false);
  await sink.finish();
  assert.deepEqual([sink.written, sink.isClosed], ["old\n", true]);
});

Deno.test("flush waits for the old sink as well as for the new one", async () => {
  const { access, sink } = accessLog();
  access.write("old\n", 1);
  const next = new SlowSink();
  access.switchTo(next);
  access.write("new\n", 1);
  let flushed = false;
  const flushing = access.flush().then(() => flushed = true);
  await next.finish();
  assert.equal(flushed, false);
  await sink.finish();
  await flushing;
});

Deno.test("a file is appended to", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/access.log`;
    for (const text of ["one\n", "two é\n"]) {
      const sink = openAccessSink(path);
      await sink?.write(text);
      sink?.close();
    }
    assert.equal(await Deno.readTextFile(path), "one\ntwo é\n");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("none is no sink, and a file that cannot be opened is an error", () => {
  assert.equal(openAccessSink("none"), null);
  assert.throws(() => openAccessSink("/nowhere/at/all.log"), Deno.errors.NotFound);
});
