import assert from "node:assert/strict";
import { systemClock } from "../../../src/base/clock.ts";
import { configSubscribers } from "../../../src/control/config/mod.ts";
import type { ConfigEvent } from "../../../src/control/config/mod.ts";
import { eventually } from "../../kit/eventually.ts";

/**
 * Bad news is held back for 250 ms. Where the machine itself took longer than this, the subscriber is right to tell; what
 * it does exactly then is tested with a clock that stands still, in file_subscriber_test.ts.
 */
const PATIENCE_MS = 200;

/** A config file of one app, and what a subscriber tells about it. */
class Watched implements AsyncDisposable {
  /** Short forms of all events: the app's name, "invalid" or "missing". */
  readonly events: string[] = [];
  readonly #subscriber;

  private constructor(readonly directory: string, readonly path: string) {
    this.#subscriber = configSubscribers.get("file").create({
      location: path,
      env: { get: () => undefined, names: () => [] },
      strategies: ["round_robin"],
      clock: systemClock,
    });
    this.#subscriber.start((event) => void this.events.push(short(event)));
  }

  /** Starts to watch `path` in a new directory that `prepare` fills; resolves when the app `first` was told. */
  static async start(
    path = "apps.yaml",
    prepare: (directory: string) => Promise<void> = plainFile,
  ): Promise<Watched> {
    const directory = await Deno.makeTempDir({ prefix: "fproxy-test-" });
    await prepare(directory);
    const watched = new Watched(directory, `${directory}/${path}`);
    await watched.told("first");
    return watched;
  }

  async told(event: string): Promise<void> {
    await eventually(`the event "${event}"`, () => this.events.at(-1) === event || this.events.join());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#subscriber.close();
    await Deno.remove(this.directory, { recursive: true });
  }
}

function short(event: ConfigEvent): string {
  return event.type === "config" ? event.config.apps[0]?.name ?? "no app" : event.type;
}

function config(name: string): string {
  return `apps:\n  - name: ${name}\n    ports: [5001]\n    targets: ["10.0.0.7:80"]\n`;
}

async function plainFile(directory: string): Promise<void> {
  await Deno.writeTextFile(`${directory}/apps.yaml`, config("first"));
}

Deno.test("watching: in-place writes are seen, identical content is not told again", async () => {
  await using watched = await Watched.start();
  await Deno.writeTextFile(watched.path, config("second"));
  await watched.told("second");
  await Deno.writeTextFile(watched.path, config("second"));
  await Deno.utime(watched.path, new Date(), new Date());
  await Deno.writeTextFile(watched.path, config("third"));
  await watched.told("third");
  assert.deepEqual(watched.events, ["first", "second", "third"]);
});

Deno.test("watching: atomic renames are seen, also repeated ones and of older files", async () => {
  await using watched = await Watched.start();
  for (const name of ["second", "third", "fourth"]) {
    await Deno.writeTextFile(`${watched.directory}/.tmp`, config(name));
    await Deno.utime(`${watched.directory}/.tmp`, new Date(0), new Date(0));
    await Deno.rename(`${watched.directory}/.tmp`, watched.path);
    await watched.told(name);
  }
  assert.deepEqual(watched.events, ["first", "second", "third", "fourth"]);
});

Deno.test("watching: an editor that renames the old file away first causes no bad news", async () => {
  await using watched = await Watched.start();
  const start = performance.now();
  await Deno.rename(watched.path, `${watched.path}~`);
  await Deno.writeTextFile(watched.path, config("second"));
  const elapsedMs = performance.now() - start;
  await watched.told("second");
  if (elapsedMs < PATIENCE_MS) assert.deepEqual(watched.events, ["first", "second"]);
});

Deno.test("watching: Kubernetes' symlink swaps are seen, also of files as old as the first one", async () => {
  const version = async (directory: string, number: number, name: string): Promise<void> => {
    await Deno.mkdir(`${directory}/..v${number}`);
    await Deno.writeTextFile(`${directory}/..v${number}/apps.yaml`, config(name));
    await Deno.utime(`${directory}/..v${number}/apps.yaml`, new Date(0), new Date(0));
    await Deno.symlink(`..v${number}`, `${directory}/..data_tmp`);
    await Deno.rename(`${directory}/..data_tmp`, `${directory}/..data`);
    await Deno.remove(`${directory}/..v${number - 1}`, { recursive: true }).catch(() => {});
  };
  await using watched = await Watched.start("apps.yaml", async (directory) => {
    await version(directory, 1, "first");
    await Deno.symlink("..data/apps.yaml", `${directory}/apps.yaml`);
  });
  for (const [number, name] of [[2, "second"], [3, "third"], [4, "fourth"]] as const) {
    await version(watched.directory, number, name);
    await watched.told(name);
  }
  assert.deepEqual(watched.events, ["first", "second", "third", "fourth"]);
});

Deno.test("watching: a link to another directory is followed, and to a third one when it is changed", async () => {
  await using watched = await Watched.start("here/apps.yaml", async (directory) => {
    for (const name of ["here", "there", "elsewhere"]) await Deno.mkdir(`${directory}/${name}`);
    await Deno.writeTextFile(`${directory}/there/real.yaml`, config("first"));
    await Deno.symlink("../there/real.yaml", `${directory}/here/apps.yaml`);
  });
  await Deno.writeTextFile(`${watched.directory}/there/real.yaml`, config("second"));
  await watched.told("second");
  await Deno.writeTextFile(`${watched.directory}/elsewhere/other.yaml`, config("third"));
  await Deno.symlink("../elsewhere/other.yaml", `${watched.directory}/here/.tmp`);
  await Deno.rename(`${watched.directory}/here/.tmp`, watched.path);
  await watched.told("third");
  await Deno.writeTextFile(`${watched.directory}/elsewhere/other.yaml`, config("fourth"));
  await watched.told("fourth");
  assert.deepEqual(watched.events, ["first", "second", "third", "fourth"]);
});

Deno.test("watching: a deleted file is told once, its return is taken", async () => {
  await using watched = await Watched.start();
  await Deno.remove(watched.path);
  await watched.told("missing");
  // Something else changes in the directory: no reason to tell again.
  await Deno.writeTextFile(`${watched.directory}/other`, "");
  await Deno.writeTextFile(watched.path, config("first"));
  await watched.told("first");
  assert.deepEqual(watched.events, ["first", "missing", "first"]);
});

Deno.test("watching: the directory may be deleted and made anew, or moved and replaced", async () => {
  await using watched = await Watched.start("sub/apps.yaml", async (directory) => {
    await Deno.mkdir(`${directory}/sub`);
    await plainFile(`${directory}/sub`);
  });
  const sub = `${watched.directory}/sub`;
  await Deno.remove(sub, { recursive: true });
  await watched.told("missing");
  await Deno.mkdir(sub);
  await Deno.writeTextFile(watched.path, config("second"));
  await watched.told("second");
  await Deno.writeTextFile(watched.path, config("third"));
  await watched.told("third");
  await Deno.mkdir(`${watched.directory}/new`);
  await Deno.writeTextFile(`${watched.directory}/new/apps.yaml`, config("fourth"));
  await Deno.rename(sub, `${watched.directory}/old`);
  await Deno.rename(`${watched.directory}/new`, sub);
  await watched.told("fourth");
  await Deno.writeTextFile(watched.path, config("fifth"));
  await watched.told("fifth");
  assert.deepEqual(watched.events, ["first", "missing", "second", "third", "fourth", "fifth"]);
});

Deno.test("watching: a burst of 200 writes is few events, and the last content wins", async () => {
  await using watched = await Watched.start();
  const start = performance.now();
  for (let i = 1; i <= 200; i++) await Deno.writeTextFile(watched.path, config(`write-${i}`));
  const elapsedMs = performance.now() - start;
  await watched.told("write-200");
  // One look in 50 ms at most, were the writes to come as slowly as that; in the usual case one or two.
  assert.ok(
    watched.events.length <= 3 + elapsedMs / 50,
    `${watched.events.length} events in ${elapsedMs} ms`,
  );
});

Deno.test("watching: a file that is written without a pause is still read", async () => {
  await using watched = await Watched.start();
  let stopped = false;
  const writing = (async () => {
    for (let i = 1; !stopped; i++) {
      await Deno.writeTextFile(`${watched.path}.tmp`, config(`write-${i}`));
      await Deno.rename(`${watched.path}.tmp`, watched.path);
    }
  })();
  try {
    await eventually(
      "events while writing goes on",
      () => watched.events.length >= 3 || watched.events.length,
    );
  } finally {
    stopped = true;
    await writing;
  }
});

Deno.test("watching: an invalid file is told once, other mistakes again, and the next good one is taken", async () => {
  await using watched = await Watched.start();
  await Deno.writeTextFile(watched.path, "apps: [\n");
  await watched.told("invalid");
  await Deno.writeTextFile(watched.path, "apps: [\n");
  await Deno.utime(watched.path, new Date(), new Date());
  await Deno.writeTextFile(watched.path, config("second"));
  await watched.told("second");
  assert.deepEqual(watched.events, ["first", "invalid", "second"]);
});

Deno.test("watching: a file that is half written for a moment is no bad news", async () => {
  await using watched = await Watched.start();
  const text = config("second");
  const start = performance.now();
  using file = await Deno.open(watched.path, { write: true, truncate: true });
  const encoder = new TextEncoder();
  for (const part of [text.slice(0, 20), text.slice(20, 40), text.slice(40)]) {
    await file.write(encoder.encode(part));
  }
  const elapsedMs = performance.now() - start;
  await watched.told("second");
  if (elapsedMs < PATIENCE_MS) assert.deepEqual(watched.events, ["first", "second"]);
});

Deno.test("watching: a file that is missing at the start is taken when it comes", async () => {
  const directory = await Deno.makeTempDir({ prefix: "fproxy-test-" });
  const events: string[] = [];
  const subscriber = configSubscribers.get("file").create({
    location: `${directory}/apps.yaml`,
    env: { get: () => undefined, names: () => [] },
    strategies: ["round_robin"],
    clock: systemClock,
  });
  try {
    subscriber.start((event) => void events.push(short(event)));
    await eventually("the bad news", () => events.length === 1);
    await plainFile(directory);
    await eventually("the config", () => events.length === 2 || events.join());
    assert.deepEqual(events, ["missing", "first"]);
  } finally {
    await subscriber.close();
    await Deno.remove(directory, { recursive: true });
  }
});
