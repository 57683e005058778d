import assert from "node:assert/strict";
import { RolloutDirectory } from "../../../../src/control/rollouts/rollout_directory.ts";
import { RolloutLog } from "../../../../src/control/rollouts/rollout_log.ts";
import { FakeClock } from "../../../kit/fake_clock.ts";
import { LogLines } from "../../../kit/log_lines.ts";
import { NO_CHANGE, NO_RECEIPT, rolloutSubject, subjectOf } from "../../../kit/rollouts.ts";

async function withDirectory(test: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempDir({ prefix: "fproxy-test-" });
  try {
    await test(path);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

/** One life of a program that keeps its rollouts there. */
class Life {
  readonly log = new LogLines();
  readonly rollouts = new RolloutLog(new FakeClock(), this.log.log);

  static async start(path: string): Promise<Life> {
    const life = new Life();
    await life.rollouts.keepIn(path);
    return life;
  }

  async roll(...texts: string[]): Promise<void> {
    for (const text of texts) {
      const outcome = { result: "applied" as const, revision: 1, change: NO_CHANGE, receipt: NO_RECEIPT };
      this.rollouts.begin(await subjectOf(text))(outcome);
    }
    await this.rollouts.close();
  }

  async texts(): Promise<(string | null)[]> {
    const texts = await Promise.all(this.rollouts.entries.map((entry) => this.rollouts.text(entry)));
    return texts.map((text) => text && new TextDecoder().decode(text));
  }

  get numbers(): number[] {
    return this.rollouts.entries.map(({ number }) => number);
  }
}

function filesOf(path: string): string[] {
  return [...Deno.readDirSync(`${path}/rollouts`)].map(({ name }) => name).sort();
}

Deno.test("rollouts and their texts are there in the next life, numbers go on, and files are for the user alone", async () => {
  await withDirectory(async (path) => {
    const first = await Life.start(path);
    await first.roll("one", "two", "one");
    const second = await Life.start(path);
    assert.deepEqual(second.rollouts.entries, first.rollouts.entries);
    assert.deepEqual(await second.texts(), ["one", "two", "one"]);
    assert.ok(second.rollouts.entries.every((entry) => second.rollouts.isOfEarlierLife(entry)));
    await second.roll("three");
    assert.deepEqual([second.numbers, second.rollouts.entries.at(-1)?.base], [[1, 2, 3, 4], 3]);
    const [last] = second.rollouts.entries.slice(-1);
    assert.ok(last !== undefined && !second.rollouts.isOfEarlierLife(last));
    assert.deepEqual(second.log.lines.map(({ message, rollouts }) => [message, rollouts]), [
      ["rollouts restored", 3],
    ]);
    const files = filesOf(path);
    assert.deepEqual([files.length, files.filter((name) => name.endsWith(".config")).length], [7, 3]);
    for (const name of files) {
      assert.equal((await Deno.stat(`${path}/rollouts/${name}`)).mode! & 0o777, 0o600, name);
    }
  });
});

Deno.test("the last 100 are kept on the disk as well, and texts that none of them has go", async () => {
  await withDirectory(async (path) => {
    const life = await Life.start(path);
    await life.roll("old", ...Array.from({ length: 100 }, () => "new"));
    assert.deepEqual([life.numbers.at(0), life.numbers.at(-1)], [2, 101]);
    const files = filesOf(path);
    assert.deepEqual([files.length, files.includes("1.json"), files.includes("2.json")], [101, false, true]);
    assert.deepEqual(new Set(await (await Life.start(path)).texts()), new Set(["new"]));
  });
});

Deno.test("files that are broken are passed over and told, and their numbers are not given again", async () => {
  await withDirectory(async (path) => {
    await (await Life.start(path)).roll("one", "two", "three", "four");
    const directory = `${path}/rollouts`;
    await Deno.writeTextFile(`${directory}/4.json`, '{"version":1,');
    await Deno.writeTextFile(`${directory}/2.json`, '{"version":1,"rollout":{"number":2}}');
    await Deno.remove(`${directory}/3.json`);
    await Deno.symlink("1.json", `${directory}/3.json`);
    await Deno.writeTextFile(`${directory}/5.json.tmp`, "half");
    await Deno.writeTextFile(`${directory}/notes.txt`, "mine");
    const [text] = filesOf(path).filter((name) => name.endsWith(".config"));
    await Deno.writeTextFile(`${directory}/${text}`, "damaged");
    const life = await Life.start(path);
    assert.deepEqual(life.numbers, [1]);
    assert.equal(life.log.lines.filter(({ message }) => message === "a rollout is not restored").length, 3);
    await life.roll("five");
    assert.deepEqual(life.numbers, [1, 5]);
    assert.ok(filesOf(path).includes("notes.txt") && !filesOf(path).includes("5.json.tmp"));
    const restored = await Life.start(path);
    assert.ok((await restored.texts()).every((one) => one !== "damaged"));
  });
});

Deno.test("the oldest texts go where all are too large; their records stay", async () => {
  await withDirectory(async (path) => {
    const directory = new RolloutDirectory(path, 10);
    await directory.open();
    const life = new Life();
    const subjects = await Promise.all(["aaaa", "bbbb", "cccc"].map(subjectOf));
    for (const subject of subjects) life.rollouts.begin(subject)({ result: "applied" });
    for (const [index, entry] of life.rollouts.entries.entries()) {
      await directory.write(entry, subjects[index]?.text ?? null);
    }
    await directory.prune(life.rollouts.entries);
    const texts = await Promise.all(subjects.map(({ hash }) => directory.text(hash)));
    assert.deepEqual(texts.map((text) => text !== null), [false, true, true]);
    assert.equal((await new RolloutDirectory(path).open()).entries.length, 3);
  });
});

Deno.test("a directory that cannot be written is told once, and what waited is written when it can be", async () => {
  await withDirectory(async (path) => {
    await Deno.writeTextFile(`${path}/state`, "in the way");
    const life = await Life.start(`${path}/state`);
    assert.match(life.rollouts.store.error ?? "", /^Cannot keep rollouts in/);
    await life.roll("one");
    assert.equal(life.log.lines.filter(({ message }) => message === "rollouts are not kept").length, 1);
    assert.deepEqual(await life.texts(), ["one"]);
    life.rollouts.begin(rolloutSubject())({ result: "refused" });
    await life.rollouts.keepIn(`${path}/other`);
    await life.roll("two");
    assert.deepEqual([life.rollouts.store, life.numbers], [
      { directory: `${path}/other`, error: null },
      [1, 2, 3],
    ]);
    assert.ok(filesOf(`${path}/other`).includes("3.json"));
  });
});
