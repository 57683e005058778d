import assert from "node:assert/strict";
import { connectionCap } from "../../../../src/control/daemon/connection_cap.ts";
import { descriptorLimit } from "../../../../src/control/daemon/descriptor_limit.ts";
import { LaunchedProgram } from "../../../kit/launched_program.ts";
import { testWith } from "../../../kit/programs.ts";

Deno.test("the cap leaves room for the program itself and for one client more at each socket", () => {
  assert.equal(connectionCap(1024, 0), (1024 - 128) / 2);
  assert.equal(connectionCap(1024, 10), (1024 - 128 - 20) / 2);
  for (const limit of [256, 1024, 20_000]) {
    for (const sockets of [1, 7, 60]) {
      const cap = connectionCap(limit, sockets);
      assert.ok(cap === 1 || 2 * (cap + sockets) + 128 <= limit, `${limit} ${sockets}`);
    }
  }
});

Deno.test("the cap is at least one, however few descriptors there are", () => {
  assert.equal(connectionCap(64, 100), 1);
});

testWith(["prlimit"], "the descriptor limit is found out with the program's own permissions", async () => {
  const module = new URL("../../../../src/control/daemon/descriptor_limit.ts", import.meta.url).href;
  await using program = new LaunchedProgram({
    command: "prlimit",
    args: [
      "--nofile=345:345",
      Deno.execPath(),
      "eval",
      `console.log("limit", (await import(${JSON.stringify(module)})).descriptorLimit())`,
    ],
  });
  await program.line(/^limit 345$/);
  assert.ok((descriptorLimit() ?? 0) > 0 || Deno.build.os === "windows");
});
