import assert from "node:assert/strict";
import { GONE_OVERRIDE_MS } from "../../../../src/base/limits.ts";
import { Overrides } from "../../../../src/control/overrides/overrides.ts";
import { FakeClock } from "../../../kit/fake_clock.ts";
import { LogLines } from "../../../kit/log_lines.ts";

const MINUTE_MS = 60_000;
const ORDER = { by: "ann", reason: "kernel", forMs: null };

class Fixture {
  readonly clock: FakeClock;
  readonly log = new LogLines();
  /** Targets whose words are to be written anew. */
  readonly changes: string[] = [];
  configured: number | null = 1;
  readonly overrides: Overrides;

  constructor(clock = new FakeClock(), most = 100) {
    this.clock = clock;
    this.overrides = new Overrides({
      clock,
      most,
      log: this.log.log,
      configured: () => this.configured,
      onChange: (app, target) => void this.changes.push(`${app} ${target}`),
    });
  }
}

/** A directory of its own for each test. */
async function inDirectory(run: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "fproxy_test_" });
  try {
    await run(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("an override ends by itself, and says so", async () => {
  const { clock, overrides, changes, log } = new Fixture();
  await overrides.set("web", "a:1", { ...ORDER, state: "drain", forMs: 15 * MINUTE_MS });
  assert.deepEqual(overrides.values("web", "a:1"), { state: "drain", weight: null });
  clock.advance(15 * MINUTE_MS - 1);
  assert.equal(changes.length, 1);
  clock.advance(1);
  assert.equal(overrides.values("web", "a:1"), null);
  assert.deepEqual(changes, ["web a:1", "web a:1"]);
  const { message, why, part } = log.lines.at(-1) ?? {};
  assert.deepEqual([message, why, part], ["override of target ended", "expired", "state"]);
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("its end is a time of the wall clock, which may be set", async () => {
  const { clock, overrides } = new Fixture();
  await overrides.set("web", "a:1", { ...ORDER, state: "drain", forMs: 15 * MINUTE_MS });
  clock.stepWallTime(15 * MINUTE_MS);
  clock.advance(MINUTE_MS);
  assert.equal(overrides.get("web", "a:1"), undefined);
});

Deno.test("who overrode what is in the log, with the reason", async () => {
  const { overrides, log } = new Fixture();
  await overrides.set("web", "a:1", { ...ORDER, weight: "50%" });
  await overrides.clear("web", "a:1", ["state", "weight"], "bob");
  assert.deepEqual(log.lines.map(({ message, by, reason }) => [message, by, reason]), [
    ["target overridden", "ann", "kernel"],
    ["override of target taken back", "bob", undefined],
  ]);
  assert.equal(overrides.clear("web", "a:1", ["state"], "bob"), null);
});

Deno.test("of targets that are gone overrides are dropped after a day", async () => {
  const fixture = new Fixture();
  await fixture.overrides.set("web", "a:1", { ...ORDER, state: "drain" });
  fixture.configured = null;
  fixture.overrides.reconcile();
  assert.throws(() => fixture.overrides.set("web", "a:1", { ...ORDER, state: "maint" }), /No target a:1/);
  fixture.clock.advance(GONE_OVERRIDE_MS - 1);
  assert.equal(fixture.overrides.get("web", "a:1")?.goneSince, 1_700_000_000_000);
  fixture.clock.advance(1);
  assert.equal(fixture.overrides.get("web", "a:1"), undefined);
  assert.equal(fixture.log.lines.at(-1)?.why, "target_gone");
});

Deno.test("there is a most", async () => {
  const { overrides } = new Fixture(new FakeClock(), 3);
  for (let n = 0; n < 3; n++) await overrides.set("web", `a:${n}`, { ...ORDER, state: "drain" });
  assert.throws(() => overrides.set("web", "b:1", { ...ORDER, state: "drain" }), /which is the most/);
  await overrides.set("web", "a:1", { ...ORDER, state: "maint" });
  await overrides.close();
});

Deno.test("what is kept in a directory is restored, without what is over by then", () =>
  inDirectory(async (root) => {
    const directory = `${root}/not/there/yet`;
    const before = new Fixture();
    await before.overrides.keepIn(directory);
    await before.overrides.set("web", "a:1", { ...ORDER, state: "drain" });
    await before.overrides.set("web", "http://b/", {
      ...ORDER,
      state: "maint",
      weight: "50%",
      forMs: MINUTE_MS,
    });
    await before.overrides.set("web", "c:1", { ...ORDER, weight: 0, forMs: 2 * MINUTE_MS });
    const saved = [...before.overrides.all()];
    await before.overrides.close();
    const after = new Fixture(new FakeClock(before.clock.wallTime() + MINUTE_MS));
    await after.overrides.keepIn(directory);
    assert.deepEqual([...after.overrides.all()], [saved[0], saved[2]]);
    assert.deepEqual(after.overrides.store, { directory, error: null });
    after.clock.advance(MINUTE_MS);
    assert.deepEqual([...after.overrides.all()], [saved[0]]);
    await after.overrides.close();
  }));

Deno.test("another directory takes over what is in force, and is not read", () =>
  inDirectory(async (root) => {
    const other = new Fixture();
    await other.overrides.keepIn(`${root}/two`);
    await other.overrides.set("web", "z:1", { ...ORDER, state: "drain" });
    const fixture = new Fixture();
    await fixture.overrides.keepIn(`${root}/one`);
    await fixture.overrides.set("web", "a:1", { ...ORDER, state: "drain" });
    await fixture.overrides.keepIn(`${root}/two`);
    const restored = new Fixture();
    await restored.overrides.keepIn(`${root}/two`);
    assert.deepEqual([...restored.overrides.all()].map(({ target }) => target), ["a:1"]);
  }));

Deno.test("many changes at once leave the newest in the file, which is replaced as a whole", () =>
  inDirectory(async (directory) => {
    const { overrides } = new Fixture();
    await overrides.keepIn(directory);
    await Promise.all(
      Array.from({ length: 50 }, (_, n) => overrides.set("web", `a:${n % 7}`, { ...ORDER, weight: n })),
    );
    const { overrides: entries } = JSON.parse(await Deno.readTextFile(`${directory}/overrides.json`));
    assert.deepEqual(
      entries.map(({ weight }: { weight: { value: number } }) => weight.value).sort(),
      [43, 44, 45, 46, 47, 48, 49],
    );
    assert.deepEqual([...Deno.readDirSync(directory)].map(({ name }) => name), ["overrides.json"]);
  }));

const NOTE = { by: "ann", reason: "", since: "2023-11-14T22:13:20.000Z", until: null };
const GOOD = {
  app: "web",
  target: "a:1",
  state: { value: "drain", ...NOTE },
  weight: null,
  gone_since: null,
};

Deno.test("a hostile file: entries that are wrong are left out and told, the others hold", () =>
  inDirectory(async (directory) => {
    const wrong = [
      null,
      7,
      {},
      { ...GOOD, app: "a\nb" },
      { ...GOOD, state: { ...GOOD.state, value: "destroy" } },
      { ...GOOD, state: { ...GOOD.state, until: "soon" } },
      { ...GOOD, state: { ...GOOD.state, since: 1e300 } },
      { ...GOOD, weight: { value: 1e9, configured: 1, ...NOTE } },
      { ...GOOD, state: null },
      { ...GOOD, extra: true },
    ];
    await Deno.writeTextFile(
      `${directory}/overrides.json`,
      JSON.stringify({ version: 1, overrides: [...wrong, GOOD] }),
    );
    const { overrides, log } = new Fixture();
    await overrides.keepIn(directory);
    assert.deepEqual([...overrides.all()].map(({ target }) => target), ["a:1"]);
    const told = log.lines.filter(({ message }) => message === "override not restored");
    assert.equal(told.length, wrong.length);
    assert.match(String(told[4]?.error), /^overrides\[4\] is left out: state\.value: expected one of ready/);
    await overrides.close();
  }));

Deno.test("a file that is no file of overrides is put aside, and not written over", () =>
  inDirectory(async (directory) => {
    const path = `${directory}/overrides.json`;
    for (const text of ["", "{", "null", "[]", "\u0000", '{"version":2,"overrides":[]}', '{"version":1}']) {
      await Deno.writeTextFile(path, text);
      const { overrides, log } = new Fixture();
      await overrides.keepIn(directory);
      assert.equal(log.lines[0]?.level, "error", text);
      assert.equal(await Deno.readTextFile(`${path}.refused`), text);
      await overrides.set("web", "a:1", { ...ORDER, state: "drain" });
      assert.match(await Deno.readTextFile(path), /"drain"/);
    }
  }));

Deno.test("where nothing can be kept it is said once, shown, and what is in force stays so", () =>
  inDirectory(async (root) => {
    await Deno.writeTextFile(`${root}/file`, "");
    const { overrides, log } = new Fixture();
    await overrides.keepIn(`${root}/file/below`);
    await overrides.set("web", "a:1", { ...ORDER, state: "drain" });
    await overrides.set("web", "a:2", { ...ORDER, state: "drain" });
    assert.equal(overrides.values("web", "a:1")?.state, "drain");
    assert.match(overrides.store.error ?? "", /^Cannot keep overrides in .*below: /);
    const told = log.lines.filter(({ message }) => message === "overrides are not kept");
    assert.ok(told.length >= 1 && told.length <= 2, String(told.length));
    await overrides.keepIn(`${root}/well`);
    assert.equal(overrides.store.error, null);
    // A directory, or a link, in the place of the file under way is no way out.
    await Deno.mkdir(`${root}/well/overrides.json.tmp`);
    await overrides.set("web", "a:3", { ...ORDER, state: "drain" });
    assert.equal(overrides.store.error, null);
    await Deno.symlink(`${root}/file`, `${root}/well/overrides.json.tmp`);
    await overrides.set("web", "a:4", { ...ORDER, state: "drain" });
    assert.equal(await Deno.readTextFile(`${root}/file`), "");
  }));
