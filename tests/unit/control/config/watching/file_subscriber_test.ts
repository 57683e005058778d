import assert from "node:assert/strict";
import { systemClock } from "../../../../../src/base/clock.ts";
import { FileSubscriber } from "../../../../../src/control/config/watching/file_subscriber.ts";
import type { ReadFile } from "../../../../../src/control/config/watching/file_subscriber.ts";
import { configSubscribers } from "../../../../../src/control/config/mod.ts";
import type { ConfigEvent } from "../../../../../src/control/config/mod.ts";
import { eventually } from "../../../../kit/eventually.ts";
import { FakeClock } from "../../../../kit/fake_clock.ts";
import { testEnvironment } from "../test_environment.ts";

const OPTIONS = { env: testEnvironment(), strategies: ["round_robin"], clock: systemClock };

function config(name: string): string {
  return `apps: [{ name: ${name}, ports: [1], targets: ["a:1"] }]\n`;
}

/** What an event says, in short: the name of the first app, or the kind of bad news. */
function short(event: ConfigEvent): string {
  return event.type === "config" ? event.config.apps[0]?.name ?? "no app" : event.type;
}

async function withFile(text: string, test: (path: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "fproxy-test-" });
  try {
    const path = `${directory}/apps.yaml`;
    await Deno.writeTextFile(path, text);
    await test(path);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("the registry lists the file subscriber", () => {
  assert.deepEqual(configSubscribers.names, ["file"]);
  assert.throws(() => configSubscribers.get("etcd"), /Unknown config subscriber "etcd": known are file/);
});

Deno.test("a slow read never overlaps another and never overwrites a newer one", async () => {
  await withFile(config("first"), async (path) => {
    const events: string[] = [];
    let running = 0;
    let mostRunning = 0;
    let reads = 0;
    const gate = Promise.withResolvers<void>();
    const slowRead: ReadFile = async (path) => {
      mostRunning = Math.max(mostRunning, ++running);
      const bytes = await Deno.readFile(path);
      if (++reads === 1) await gate.promise;
      running--;
      return bytes;
    };
    const subscriber = new FileSubscriber({ ...OPTIONS, location: path }, slowRead);
    subscriber.start((event) => void events.push(short(event)));
    await eventually("the first read to be under way", () => running === 1);
    await Deno.writeTextFile(path, config("second"));
    for (let i = 0; i < 10; i++) subscriber.refresh("signal");
    assert.deepEqual([events, running], [[], 1]);
    gate.resolve();
    await eventually("the newer content", () => events.at(-1) === "second" || events.join());
    assert.equal(events[0], "first");
    assert.equal(mostRunning, 1);
    await subscriber.close();
  });
});

Deno.test("a refresh tells again what is there, good or bad", async () => {
  await withFile(config("one"), async (path) => {
    const events: string[] = [];
    const subscriber = new FileSubscriber({ ...OPTIONS, location: path });
    subscriber.start((event) => void events.push(short(event)));
    await eventually("the first config", () => events.length === 1);
    subscriber.refresh("signal");
    await eventually("the same again", () => events.length === 2);
    await Deno.writeTextFile(path, "apps: 5\n");
    await eventually("the invalid file to be told", () => events.length === 3);
    subscriber.refresh("signal");
    await eventually("the same again", () => events.length === 4);
    assert.deepEqual(events, ["one", "one", "invalid", "invalid"]);
    await subscriber.close();
  });
});

Deno.test("nothing is told after close, which may be called twice and at any time", async () => {
  await withFile(config("one"), async (path) => {
    const events: string[] = [];
    const subscriber = new FileSubscriber({ ...OPTIONS, location: path });
    subscriber.start((event) => void events.push(short(event)));
    await subscriber.close();
    const told = events.length;
    await Deno.writeTextFile(path, config("two"));
    subscriber.refresh("signal");
    await subscriber.close();
    assert.equal(events.length, told);
    await new FileSubscriber({ ...OPTIONS, location: path }).close();
  });
});

/** A subscriber on a clock that the test moves, whose disk holds `content`, or nothing. */
class OnFakeClock implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly events: string[] = [];
  content: string | null = config("first");
  #reads = 0;
  readonly #subscriber;

  constructor(path: string) {
    this.#subscriber = new FileSubscriber({ ...OPTIONS, clock: this.clock, location: path }, () => {
      this.#reads++;
      if (this.content === null) return Promise.reject(new Deno.errors.NotFound());
      return Promise.resolve(new TextEncoder().encode(this.content));
    });
    this.#subscriber.start((event) => void this.events.push(short(event)));
  }

  /** Lets one look happen after `byMs`, and end. */
  async look(byMs: number): Promise<void> {
    const reads = this.#reads;
    this.clock.advance(byMs);
    await this.#subscriber.idle();
    assert.equal(this.#reads, reads + 1);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#subscriber.close();
  }
}

Deno.test("bad news is told after it held for 250 ms, and once", async () => {
  await withFile("", async (path) => {
    await using subject = new OnFakeClock(path);
    await eventually("the first config", () => subject.events.length === 1);
    subject.content = null;
    await subject.look(1000);
    subject.clock.advance(249);
    assert.deepEqual(subject.events, ["first"]);
    await subject.look(1);
    assert.deepEqual(subject.events, ["first", "missing"]);
    subject.content = "apps: 5\n";
    await subject.look(750);
    assert.deepEqual(subject.events, ["first", "missing"]);
    await subject.look(250);
    assert.deepEqual(subject.events, ["first", "missing", "invalid"]);
    await subject.look(750);
    await subject.look(1000);
    assert.deepEqual(subject.events, ["first", "missing", "invalid"]);
    assert.equal(subject.clock.pendingTimers, 1, "only the next poll is pending");
  });
});

Deno.test("bad news that passes is not told, and good news is told at once", async () => {
  await withFile("", async (path) => {
    await using subject = new OnFakeClock(path);
    await eventually("the first config", () => subject.events.length === 1);
    subject.content = "";
    await subject.look(1000);
    subject.content = "apps: [";
    await subject.look(250);
    subject.content = config("second");
    await subject.look(250);
    assert.deepEqual(subject.events, ["first", "second"]);
    subject.content = config("third");
    await subject.look(500);
    assert.deepEqual(subject.events, ["first", "second", "third"]);
  });
});

Deno.test("a file that takes long to read is left alone three times as long, unless a look is asked for", async () => {
  await withFile("", async (path) => {
    const clock = new FakeClock();
    const events: string[] = [];
    let content = "";
    let reads = 0;
    // Reading it takes 300 ms.
    const env = { get: () => (clock.advance(300), "a:1"), names: () => [] };
    const subscriber = new FileSubscriber({ ...OPTIONS, env, clock, location: path }, () => {
      reads++;
      return Promise.resolve(new TextEncoder().encode(content));
    });
    const at = (name: string): string => config(name).replace("a:1", "${SLOW}");
    const pass = async (byMs: number): Promise<void> => {
      clock.advance(byMs);
      await subscriber.idle();
    };
    content = at("first");
    subscriber.start((event) => void events.push(short(event)));
    await eventually("the first config", () => events.length === 1);
    content = at("second");
    // The poll comes at 1000 ms, the rest is over at 1200 ms.
    await pass(700);
    await pass(199);
    assert.deepEqual([reads, events], [1, ["first"]]);
    await pass(1);
    assert.deepEqual([reads, events], [2, ["first", "second"]]);
    content = at("third");
    subscriber.refresh("signal");
    await eventually("what was asked for", () => events.length === 3);
    await subscriber.close();
    assert.equal(clock.pendingTimers, 0);
  });
});

Deno.test("when the system sends no events, changes are found by polling, which is told once", async () => {
  await withFile(config("one"), async (path) => {
    const events: string[] = [];
    using _noWatching = replaceWatchFs(() => {
      throw new Error("no more inotify watches");
    });
    const subscriber = new FileSubscriber({ ...OPTIONS, location: path });
    subscriber.start((event) =>
      void events.push(event.type === "watching" ? `${event.how}: ${event.reason}` : short(event))
    );
    await eventually("the first config", () => events.includes("one"));
    await Deno.writeTextFile(path, config("two"));
    await eventually("the second config", () => events.includes("two"));
    assert.deepEqual(events, ["polling: no more inotify watches", "one", "two"]);
    _noWatching[Symbol.dispose]();
    await eventually(
      "watching to work again",
      () => events.at(-1) === "events: the system sends events again",
    );
    await subscriber.close();
  });
});

function replaceWatchFs(replacement: typeof Deno.watchFs): Disposable {
  const original = Deno.watchFs;
  Deno.watchFs = replacement;
  return { [Symbol.dispose]: () => void (Deno.watchFs = original) };
}
