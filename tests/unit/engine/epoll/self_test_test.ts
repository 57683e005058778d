import assert from "node:assert/strict";
import { selfTest } from "../../../../src/engine/epoll/self_test.ts";
import { fdCount } from "../../../kit/fd_count.ts";
import { libc } from "../../../kit/opened_libc.ts";

Deno.test("the engine works on this machine, and trying leaves nothing open", () => {
  assert.ok(libc);
  const before = fdCount();
  for (let times = 0; times < 10; times++) assert.deepEqual(selfTest(), { ok: true });
  assert.equal(fdCount(), before);
});

Deno.test("the struct layout of another machine is found out", () => {
  const before = fdCount();
  const other = Deno.build.arch === "x86_64" ? "aarch64" : "x86_64";
  const result = selfTest(other);
  assert.equal(result.ok, false);
  assert.match(result.ok ? "" : result.reason, /layout of struct epoll_event is not as expected/);
  assert.equal(fdCount(), before);
});

/** The self-test's outcome in a process with some permissions alone. */
async function selfTestWith(permissions: string[]): Promise<unknown> {
  const script = new URL("../../../../src/engine/epoll/self_test.ts", import.meta.url).href;
  const code = `import { selfTest } from ${JSON.stringify(script)}; console.log(JSON.stringify(selfTest()));`;
  const output = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--no-check", "--unstable-net", ...permissions, "-"],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = output.stdin.getWriter();
  await writer.write(new TextEncoder().encode(code));
  await writer.close();
  return JSON.parse(new TextDecoder().decode((await output.output()).stdout));
}

Deno.test("permission for foreign functions and for the network is enough", async () => {
  assert.deepEqual(await selfTestWith(["--allow-ffi", "--allow-net", "--allow-read"]), { ok: true });
});

Deno.test("without permission for foreign functions the reason says so", async () => {
  const reason = "foreign functions are not permitted (--allow-ffi)";
  assert.deepEqual(await selfTestWith(["--allow-read", "--allow-net"]), { ok: false, reason });
});
