import assert from "node:assert/strict";
import { LaunchedProgram } from "../../kit/launched_program.ts";

const MODULE = new URL("../../../src/cli/survive_errors.ts", import.meta.url).href;

Deno.test("a promise that nobody awaits and an error in a timer are told, and do not end the process", async () => {
  const program = `
    import { surviveErrors } from ${JSON.stringify(MODULE)};
    surviveErrors((error) => console.log("told", error.message));
    Promise.reject(new Error("rejected"));
    setTimeout(() => { throw new Error("thrown"); }, 0);
    setTimeout(() => { console.log("alive"); Deno.exit(3); }, 100);
  `;
  await using launched = new LaunchedProgram({ args: ["eval", program] });
  const { code, stdout } = await launched.result();
  assert.equal(code, 3);
  assert.deepEqual(stdout.split("\n").toSorted(), ["", "alive", "told rejected", "told thrown"]);
});
