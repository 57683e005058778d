import assert from "node:assert/strict";
import { systemClock } from "../../../../../src/base/clock.ts";
import { ACCESS_OPEN_MAX_MS, ROTATE_RETRY_MS } from "../../../../../src/base/limits.ts";
import { FileSink } from "../../../../../src/control/telemetry/outputs/file_sink.ts";
import { shiftFiles } from "../../../../../src/control/telemetry/outputs/shift_files.ts";
import type { Rotation } from "../../../../../src/model/config_log.ts";
import { eventually } from "../../../../kit/eventually.ts";
import { FakeClock } from "../../../../kit/fake_clock.ts";
import { NotedReports } from "../../../../kit/noted_reports.ts";

const onUnix = Deno.build.os !== "windows";

/** A folder with a log file in it. */
class LogFolder implements AsyncDisposable {
  readonly path: string;
  readonly clock = new FakeClock();
  readonly reports = new NotedReports();
  #sink: FileSink | null = null;

  private constructor(readonly folder: string) {
    this.path = `${folder}/access.log`;
  }

  static async make(): Promise<LogFolder> {
    return new LogFolder(await Deno.makeTempDir({ prefix: "fproxy_test_" }));
  }

  async open(rotation: Rotation | null = null): Promise<FileSink> {
    return this.#sink = await FileSink.open(this.path, this.clock, this.reports, rotation);
  }

  async read(suffix = ""): Promise<string> {
    return await Deno.readTextFile(`${this.path}${suffix}`);
  }

  names(): string[] {
    return [...Deno.readDirSync(this.folder)].map(({ name }) => name).sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#sink?.close();
    await Deno.remove(this.folder, { recursive: true });
  }
}

async function write(sink: FileSink, text: string): Promise<void> {
  let rest: Uint8Array = new TextEncoder().encode(text);
  while (rest.length > 0) rest = rest.subarray(await sink.write(rest));
}

Deno.test("a file is appended to, and a new one is for its owner and group alone", async () => {
  await using logs = await LogFolder.make();
  for (const text of ["one\n", "two é\n"]) {
    const sink = await logs.open();
    await write(sink, text);
    sink.close();
    sink.close();
  }
  assert.equal(await logs.read(), "one\ntwo é\n");
  if (onUnix) assert.equal(((await Deno.stat(logs.path)).mode ?? 0) & 0o777 & ~0o640, 0);
});

Deno.test("a file that cannot be opened is an error", async () => {
  const opening = FileSink.open("/nowhere/at/all.log", systemClock, new NotedReports(), null);
  await assert.rejects(opening, Deno.errors.NotFound);
});

Deno.test({
  name: "a pipe that nobody reads from is refused after a while, not waited for",
  ignore: !onUnix,
  fn: async () => {
    await using logs = await LogFolder.make();
    assert.equal((await new Deno.Command("mkfifo", { args: [logs.path] }).output()).success, true);
    const opening = logs.open();
    logs.clock.advance(ACCESS_OPEN_MAX_MS);
    await assert.rejects(opening, /nobody reads from this pipe/);
    // The open that was given up ends when a reader comes.
    (await Deno.open(logs.path, { read: true })).close();
  },
});

Deno.test("reopened after it was renamed, the old file is written to no more", async () => {
  await using logs = await LogFolder.make();
  const sink = await logs.open();
  await write(sink, "one\n");
  await Deno.rename(logs.path, `${logs.path}.old`);
  await write(sink, "two\n");
  await sink.reopen();
  await write(sink, "three\n");
  assert.deepEqual([await logs.read(".old"), await logs.read()], ["one\ntwo\n", "three\n"]);
});

Deno.test("a line that is written in part is ended in the same file, then the new one is taken", async () => {
  await using logs = await LogFolder.make();
  const sink = await logs.open({ max_size: 10, keep: 2 });
  await sink.write(new TextEncoder().encode("begun "));
  await Deno.rename(logs.path, `${logs.path}.old`);
  await sink.reopen();
  await write(sink, "and ended\n");
  await write(sink, "next\n");
  assert.deepEqual([await logs.read(".old"), await logs.read()], ["begun and ended\n", "next\n"]);
});

Deno.test("one that cannot be reopened stays", async () => {
  await using logs = await LogFolder.make();
  const sink = await logs.open();
  await Deno.rename(logs.path, `${logs.path}.old`);
  await Deno.mkdir(logs.path);
  await assert.rejects(sink.reopen());
  await write(sink, "one\n");
  assert.equal(await logs.read(".old"), "one\n");
});

Deno.test("a full file is rotated between two lines; no file exceeds the size, and so many are kept", async () => {
  await using logs = await LogFolder.make();
  const sink = await logs.open({ max_size: 30, keep: 3 });
  const lines = Array.from({ length: 40 }, (_, number) => `line ${number}\n`);
  // Some at once, so that the boundary is within a write.
  for (let at = 0; at < lines.length; at += 7) await write(sink, lines.slice(at, at + 7).join(""));
  assert.deepEqual(logs.names(), ["access.log", "access.log.1", "access.log.2", "access.log.3"]);
  const texts = await Promise.all([".3", ".2", ".1", ""].map((suffix) => logs.read(suffix)));
  for (const text of texts) assert.ok(text.length <= 30 && text.endsWith("\n"), text);
  assert.ok(lines.join("").endsWith(texts.join("")), texts.join("|"));
  assert.ok(texts.slice(0, 3).every((text) => text.length > 20));
});

Deno.test("a line larger than the size has a file of its own", async () => {
  await using logs = await LogFolder.make();
  const sink = await logs.open({ max_size: 10, keep: 9 });
  const long = `${"x".repeat(50)}\n`;
  await write(sink, `a\n${long}b\n`);
  assert.deepEqual([await logs.read(".2"), await logs.read(".1"), await logs.read()], ["a\n", long, "b\n"]);
});

Deno.test("what was in the file before counts, and so does that it was cut by others", async () => {
  await using logs = await LogFolder.make();
  await Deno.writeTextFile(logs.path, "12345678\n");
  const sink = await logs.open({ max_size: 10, keep: 1 });
  await write(sink, "one\n");
  assert.deepEqual([await logs.read(".1"), await logs.read()], ["12345678\n", "one\n"]);
  await write(sink, "two\n");
  await Deno.truncate(logs.path);
  await write(sink, "three\n");
  assert.deepEqual(logs.names(), ["access.log", "access.log.1"]);
  assert.equal(await logs.read(), "three\n");
});

Deno.test("rotation can begin, change and end while a file is open", async () => {
  await using logs = await LogFolder.make();
  const sink = await logs.open();
  await write(sink, "1234567890\n");
  sink.rotateBy({ max_size: 12, keep: 1 });
  await write(sink, "2\n");
  sink.rotateBy(null);
  await write(sink, "1234567890\n");
  assert.deepEqual([await logs.read(".1"), await logs.read()], ["1234567890\n", "2\n1234567890\n"]);
});

Deno.test("a file that cannot be rotated grows on, which is said, and it is tried again later", async () => {
  await using logs = await LogFolder.make();
  const sink = await logs.open({ max_size: 5, keep: 1 });
  // A folder in the place of a file cannot be renamed over.
  await Deno.mkdir(`${logs.path}.1`);
  await Deno.writeTextFile(`${logs.path}.1/x`, "");
  for (const text of ["one\n", "two\n", "three\n"]) await write(sink, text);
  assert.equal(await logs.read(), "one\ntwo\nthree\n");
  assert.equal(logs.reports.notRotatedFor.length, 1);
  await Deno.remove(`${logs.path}.1`, { recursive: true });
  await write(sink, "four\n");
  logs.clock.advance(ROTATE_RETRY_MS);
  await write(sink, "five\n");
  assert.deepEqual([await logs.read(".1"), await logs.read()], ["one\ntwo\nthree\nfour\n", "five\n"]);
});

Deno.test("files above the number that is kept are removed, gaps are closed over time", async () => {
  await using logs = await LogFolder.make();
  for (const suffix of ["", ".1", ".3", ".4"]) {
    await Deno.writeTextFile(`${logs.path}${suffix}`, `was${suffix}`);
  }
  await shiftFiles(logs.path, 3);
  assert.deepEqual(logs.names(), ["access.log.1", "access.log.2"]);
  assert.equal(await logs.read(".2"), "was.1");
  await shiftFiles(logs.path, 3);
  assert.deepEqual(logs.names(), ["access.log.1", "access.log.2"], "there is nothing to make room for");
});

Deno.test({
  name: "what cannot be written is tried again until it can; closing gives it up",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const clock = new FakeClock();
    const reports = new NotedReports();
    // Every write fails with ENOSPC (man 4 full).
    const sink = await FileSink.open("/dev/full", clock, reports, { max_size: 1, keep: 1 });
    const writing = write(sink, "one\n");
    const given = assert.rejects(writing, /closed/);
    await eventually("three failures", () => {
      clock.advance(60_000);
      return reports.failures.length >= 3;
    });
    assert.match(reports.failures[0] ?? "", /No space left/);
    assert.equal(reports.isWell, false);
    sink.close();
    await given;
  },
});
