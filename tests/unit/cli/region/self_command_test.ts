import assert from "node:assert/strict";
import { selfCommand } from "../../../../src/cli/self_command.ts";

const RUNTIME = "/opt/bin/deno";

Deno.test("self command: flags of the runtime are kept, arguments are not, and the module is named in full", () => {
  assert.deepEqual(
    selfCommand({
      commandLine: "deno\0run\0--no-prompt\0--v8-flags=--a,--b\0main.ts\0region\0demo\0",
      args: ["region", "demo"],
      runtime: RUNTIME,
      main: "file:///a%20place/main.ts",
    }),
    [RUNTIME, "run", "--no-prompt", "--v8-flags=--a,--b", "/a place/main.ts"],
  );
});

Deno.test("self command: an empty argument counts, and a compiled program is itself", () => {
  assert.deepEqual(
    selfCommand({
      commandLine: "deno\0run\0main.js\0a\0\0",
      args: ["a", ""],
      runtime: RUNTIME,
      main: "file:///main.js",
    }),
    [RUNTIME, "run", "/main.js"],
  );
  assert.deepEqual(
    selfCommand({ commandLine: "./fproxy\0region\0", args: ["region"], runtime: "/opt/fproxy", main: null }),
    ["/opt/fproxy"],
  );
});
