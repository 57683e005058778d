import assert from "node:assert/strict";
import { eventually } from "../../kit/eventually.ts";
import { testWith } from "../../kit/programs.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";
import { LaunchedProgram } from "../../kit/launched_program.ts";
import { tool } from "./setup.ts";

for (const shell of ["bash", "zsh", "fish"]) {
  testWith([shell], `the script for ${shell} is whole, and knows every command`, async () => {
    const { code, stdout, stderr } = await tool(["completion", shell]);
    assert.equal(stderr, "");
    assert.equal(code, 0);
    for (const word of ["check", "echo", "dummy", "simulate", "--keep-alive", "--log-level"]) {
      assert.ok(stdout.includes(word.replace(/^--/, shell === "fish" ? "" : "--")), word);
    }
    const path = await Deno.makeTempFile();
    try {
      await Deno.writeTextFile(path, stdout);
      await using program = new LaunchedProgram({ command: shell, args: ["-n", path] });
      assert.equal((await program.result()).code, 0);
    } finally {
      await Deno.remove(path);
    }
  });
}

Deno.test("completion for an unknown shell gives 2", async () => {
  const { code, stderr } = await tool(["completion", "tcsh"]);
  assert.match(stderr, /bash, zsh, fish/);
  assert.equal(code, 2);
});

Deno.test("names of apps and targets come from the running proxy, and nothing from one that is not there", async () => {
  const targets = ["127.0.0.1:1", "127.0.0.1:2"];
  await using proxy = await Proxy.start({ apps: [{ name: "web", ports: [ANY_PORT], targets }] });
  const offers = async (admin: string, ...words: readonly string[]): Promise<string[]> => {
    const { code, stdout, stderr } = await tool(["complete", "--", ...words], {
      env: { FPROXY_ADMIN: admin },
    });
    assert.deepEqual([code, stderr], [0, ""]);
    return stdout.split("\n").filter(Boolean);
  };
  const admin = proxy.adminUrl.replace("http://", "");
  // A busy machine may take longer than a shell waits.
  await eventually("the app", async () => (await offers(admin, "drain", "w")).join() === "web");
  await eventually(
    "its targets",
    async () => (await offers(admin, "drain", "web", "")).join() === targets.join(),
  );
  assert.deepEqual(await offers("127.0.0.1:1", "drain", ""), []);
  assert.deepEqual(await offers("nonsense", "drain", ""), []);
});
