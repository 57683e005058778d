import assert from "node:assert/strict";
import { ScriptStore } from "../../../../src/control/scripts/script_store.ts";
import { ScriptTrials } from "../../../../src/control/scripts/script_trials.ts";
import type { AppConfig } from "../../../../src/model/config.ts";
import { parseConfig } from "../../../kit/configs.ts";
import { eventually } from "../../../kit/eventually.ts";
import { FakeClock } from "../../../kit/fake_clock.ts";
import { LogLines } from "../../../kit/log_lines.ts";

const GOOD = "export default (): { pick(): number } => ({ pick: (): number => 0 });\n";

/** A store over scripts in a folder of its own, on a clock that the test moves. A script with `bad` in it fails its trial. */
class Setup implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly logged = new LogLines();
  readonly folder = Deno.makeTempDirSync({ prefix: "fproxy_scripts_" });
  /** Names of apps, for each time that the store told a change. */
  readonly changes: string[] = [];
  /** Texts that were tried. */
  readonly tried: string[] = [];
  readonly store = new ScriptStore({
    clock: this.clock,
    log: this.logged.log,
    trials: new ScriptTrials(this.clock, ({ script: { text } }) => {
      this.tried.push(text);
      return Promise.resolve({ failure: text.includes("bad") ? "it is too bad" : null, isTimeout: false });
    }),
    onChange: (apps) => void this.changes.push(apps.join()),
  });

  write(name: string, text: string): void {
    Deno.writeTextFileSync(`${this.folder}/${name}`, text);
  }

  /** App a with a script, b with one within its strategy, c without. */
  apps(): AppConfig[] {
    const script = (name: string): { type: "script"; file: string } => (
      { type: "script", file: `${this.folder}/${name}` }
    );
    const app = { targets: ["10.0.0.7:80"] };
    return parseConfig({
      apps: [
        { ...app, name: "a", ports: [1], strategy: script("a.ts") },
        { ...app, name: "b", ports: [2], strategy: { type: "priority", strategy: script("b.ts") } },
        { ...app, name: "c", ports: [3] },
      ],
    }).apps;
  }

  async commit(): Promise<void> {
    const apps = this.apps();
    this.store.commit(apps, await this.store.prepare(apps));
  }

  /** Moves the clock until something is so: events of files come in real time. */
  async until(name: string, isSo: () => boolean): Promise<void> {
    await eventually(name, () => {
      this.clock.advance(100);
      return isSo();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.store.close();
    await Deno.remove(this.folder, { recursive: true });
  }
}

Deno.test("scripts are held without their types, by app, and tried once each", async () => {
  await using setup = new Setup();
  setup.write("a.ts", GOOD);
  setup.write("b.ts", `${GOOD}// b\n`);
  await setup.commit();
  const [a, b, c] = ["a", "b", "c"].map((app) => setup.store.of(app));
  assert.equal(a?.file, `${setup.folder}/a.ts`);
  assert.equal(a?.code.replaceAll(/\s+/g, " "), "export default () => ({ pick: () => 0 }); ");
  assert.equal(a?.code.length, GOOD.length, "places stay");
  assert.notEqual(a?.hash, b?.hash);
  assert.equal(c, null);
  await setup.commit();
  assert.deepEqual(setup.tried, [GOOD, `${GOOD}// b\n`]);
});

Deno.test("a config whose script is missing or fails its trial is not prepared", async () => {
  await using setup = new Setup();
  setup.write("a.ts", GOOD);
  await assert.rejects(setup.store.prepare(setup.apps()), /^FproxyError: App b: .*b\.ts does not exist$/);
  setup.write("b.ts", `${GOOD}// bad\n`);
  await assert.rejects(setup.store.prepare(setup.apps()), /^FproxyError: App b: .*b\.ts: it is too bad$/);
});

Deno.test("a script that changes is taken over when it passes; else the old one stays, said once", async () => {
  await using setup = new Setup();
  setup.write("a.ts", GOOD);
  setup.write("b.ts", GOOD);
  await setup.commit();
  const before = setup.store.of("a")?.hash;
  setup.write("a.ts", `${GOOD}// other\n`);
  await setup.until("the change", () => setup.changes.length > 0);
  assert.deepEqual(setup.changes, ["a"]);
  const good = setup.store.of("a")?.hash;
  assert.notEqual(good, before);
  const told = (): number =>
    setup.logged.lines.filter(({ message }) => message === "a script cannot be used, the old one stays")
      .length;
  for (const [round, text] of [`${GOOD}// bad\n`, "export default {\n", 'import "./b.ts";\n'].entries()) {
    setup.write("a.ts", text);
    await setup.until("the complaint", () => told() > round);
    assert.equal(setup.store.of("a")?.hash, good);
  }
  Deno.removeSync(`${setup.folder}/a.ts`);
  await setup.until("the complaint", () => told() > 3);
  setup.write("a.ts", `${GOOD}// other\n`);
  await setup.until(
    "the end of the trouble",
    () => setup.logged.lines.some(({ message }) => message === "a script is as before again"),
  );
  assert.deepEqual([told(), setup.changes], [4, ["a"]]);
});
