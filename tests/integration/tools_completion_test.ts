import assert from "node:assert/strict";
import { testWith } from "../kit/programs.ts";
import { LaunchedProgram } from "../kit/launched_program.ts";
import { tool } from "./tools_setup.ts";

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
