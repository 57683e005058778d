import assert from "node:assert/strict";
import { AccessStore } from "../../../../src/control/access/access_store.ts";
import { FproxyError } from "../../../../src/base/errors.ts";
import type { AppConfig } from "../../../../src/model/config.ts";
import { parseConfig } from "../../../kit/configs.ts";
import { eventually } from "../../../kit/eventually.ts";
import { FakeClock } from "../../../kit/fake_clock.ts";
import { LogLines } from "../../../kit/log_lines.ts";

/** A store over lists in a folder of its own, on a clock that the test moves. */
class Setup implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly logged = new LogLines();
  readonly folder = Deno.makeTempDirSync({ prefix: "fproxy_lists_" });
  /** Names of apps, for each time that the store told a change. */
  readonly changes: string[] = [];
  readonly store = new AccessStore({
    clock: this.clock,
    log: this.logged.log,
    onChange: (apps) => void this.changes.push(apps.join()),
  });

  write(name: string, text: string): void {
    Deno.writeTextFileSync(`${this.folder}/${name}`, text);
  }

  /** App a with two lists, b with one of them, c without. */
  apps(): AppConfig[] {
    const app = { targets: ["10.0.0.7:80"] };
    const [offices, bad] = ["offices", "bad"].map((name) => `${this.folder}/${name}`);
    return parseConfig({
      apps: [
        {
          ...app,
          name: "a",
          ports: [1],
          access: { rules: [{ deny: bad }, { allow: offices }, { deny: "10.0.0.0/8" }] },
        },
        { ...app, name: "b", ports: [2], access: { rules: [{ deny: bad }] } },
        { ...app, name: "c", ports: [3] },
      ],
    }).apps;
  }

  async commit(): Promise<void> {
    const apps = this.apps();
    this.store.commit(apps, await this.store.prepare(apps));
  }

  /** Ranges of the lists of an app. */
  counts(app: string): number[] {
    return [...this.store.of(app).values()].map(({ ranges }) => ranges.bits.length);
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

Deno.test("lists are held by app, and one that changes is told of all that have it", async () => {
  await using setup = new Setup();
  setup.write("offices", "192.0.2.0/24\n");
  setup.write("bad", "# nobody yet\n");
  await setup.commit();
  assert.deepEqual([setup.counts("a"), setup.counts("b"), setup.counts("c")], [[0, 1], [0], []]);
  setup.write("bad", "198.51.100.1\n198.51.100.2\n");
  await setup.until("the change", () => setup.changes.length > 0);
  assert.deepEqual(setup.changes, ["a,b"]);
  assert.deepEqual([setup.counts("a"), setup.counts("b")], [[2, 1], [2]]);
});

Deno.test("a list that becomes bad or goes is complained about once, and the one before stays", async () => {
  await using setup = new Setup();
  setup.write("offices", "192.0.2.0/24\n");
  setup.write("bad", "198.51.100.1\n");
  await setup.commit();
  setup.write("bad", "198.51.100.1\nnobody\n198.51.100.0/40\n");
  const refused = (): unknown[] =>
    setup.logged.lines.filter(({ event }) => event === "access_list_refused").map(({ error }) => error);
  await setup.until("the complaints", () => refused().length >= 2);
  assert.match(
    String(refused()[0]),
    /bad:2: "nobody" is no range of addresses; .*bad:3: .* more than 32 bits/,
  );
  assert.deepEqual([setup.changes, setup.counts("b")], [[], [1]]);
  setup.write("bad", "198.51.100.1\n");
  await setup.until(
    "it to be good again",
    () => setup.logged.lines.some(({ event }) => event === "access_list_restored"),
  );
  assert.deepEqual(setup.changes, []);
});

Deno.test("a config whose lists cannot be used is refused", async () => {
  await using setup = new Setup();
  setup.write("offices", "192.0.2.0/24\n");
  await assert.rejects(
    setup.store.prepare(setup.apps()),
    (error) =>
      error instanceof FproxyError && error.code === "access" && /bad does not exist/.test(error.message),
  );
});
