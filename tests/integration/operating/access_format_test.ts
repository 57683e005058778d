import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import { RUN_FLAGS } from "../../../scripts/run_flags.ts";
import type { ConfigInput } from "../../../src/model/config.ts";
import { askOnce } from "../../kit/client.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { HttpClient } from "../../kit/http_client.ts";
import { answerText, HttpTarget } from "../../kit/http_target.ts";
import { LaunchedProgram } from "../../kit/launched_program.ts";
import { testWith } from "../../kit/programs.ts";
import { ANY_PORT, Proxy, TEST_ENGINE } from "../../kit/proxy.ts";

const MAIN = new URL("../../../main.ts", import.meta.url).pathname;

Deno.test("access_log.format changes with the config: JSON by itself in a pipe, pretty where it is asked for", async () => {
  await using target = echoTarget();
  await using web = new HttpTarget(() => answerText(200, "here"));
  await using proxy = await Proxy.start({ apps: [] });
  const file = `${proxy.folder}/access.log`;
  const config = (access_log: NonNullable<ConfigInput["access_log"]>): ConfigInput => ({
    access_log,
    apps: [
      { name: "tcp", ports: [ANY_PORT], targets: [`127.0.0.1:${target.port}`] },
      { name: "web", mode: "http", ports: [ANY_PORT], targets: [`http://127.0.0.1:${web.address.port}/x`] },
    ],
  });
  const lines = async (): Promise<string[]> => (await Deno.readTextFile(file)).split("\n").slice(0, -1);
  const ask = async (): Promise<void> => {
    const before = (await lines()).length;
    assert.equal(await askOnce(await proxy.port("tcp"), "?"), "?");
    using client = await HttpClient.to(await proxy.port("web"));
    const path = `/${"a".repeat(300)}`;
    assert.equal((await client.get(path)).body, "here");
    await eventually("two lines more", async () => (await lines()).length === before + 2);
  };
  await proxy.rollOut(config({ to: file }));
  await ask();
  assert.deepEqual((await lines()).map((line) => JSON.parse(line).app), ["tcp", "web"]);
  await proxy.rollOut(config({ to: file, format: "pretty" }));
  await ask();
  const [tcp = "", http = ""] = (await lines()).slice(2).toSorted();
  assert.match(
    tcp,
    /^\d\d:\d\d:\d\d\.\d{3} tcp +127\.0\.0\.1:\d+ +→ 127\.0\.0\.1:\d+ +done +[\d.]+ [µm]?s ↑1 ↓1 connect/,
  );
  assert.match(http, / web +127\.0\.0\.1:\d+ +→ 127\.0\.0\.1:\d+\/x +200 .* GET \/a{300} /);
  await proxy.rollOut(config({ to: file, format: "json" }));
  await ask();
  assert.equal((await lines()).slice(4).map((line) => JSON.parse(line)).length, 2);
});

testWith(
  ["script", "stty"],
  "on a terminal a record is one coloured line that fits; with NO_COLOR it has no colour",
  async () => {
    await using target = echoTarget();
    for (const env of [{ NO_COLOR: "" }, { NO_COLOR: "1" }]) {
      const folder = await Deno.makeTempDir({ prefix: "fproxy_test_" });
      try {
        const path = `${folder}/apps.yaml`;
        const app = { name: "web", ports: [ANY_PORT], targets: [`127.0.0.1:${target.port}`] };
        const config = {
          admin: { listen: ANY_PORT },
          engine: TEST_ENGINE,
          log: { format: "json" },
          apps: [app],
        };
        await Deno.writeTextFile(path, JSON.stringify(config));
        const command = [Deno.execPath(), "run", ...RUN_FLAGS, MAIN, "--config", path].join(" ");
        await using program = new LaunchedProgram({
          command: "script",
          args: ["-qec", `stty cols 70 rows 24; exec ${command}`, "/dev/null"],
          env: { TERM: "xterm", ...env },
        });
        const [, admin = ""] = await program.line(/"admin server listens","address":"([^"]+)"/);
        await program.line(/"started"/);
        const { apps } = await (await fetch(`http://${admin}/api/status`)).json();
        const port = Number(apps[0].listeners[0].address.split(":")[1]);
        assert.equal(await askOnce(port, "?"), "?");
        await program.line(/→/);
        const shown = program.stdout.split(/\r?\n/).find((one) => one.includes("→")) ?? "";
        assert.equal(shown.includes("\x1b[32mdone"), env.NO_COLOR === "", shown);
        const plain = stripVTControlCharacters(shown);
        assert.match(plain, /^\d\d:\d\d:\d\d web 127\.0\.0\.1:\d+ → 127\.0\.0\.1:\d+ +done /);
        assert.ok([...plain].length < 70, plain);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    }
  },
);
