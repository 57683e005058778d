import assert from "node:assert/strict";
import { cpuSeconds } from "../../kit/cpu_seconds.ts";
import { LaunchedProgram } from "../../kit/launched_program.ts";
import { within } from "../../kit/within.ts";
import type { Suite } from "./case.ts";

const DESCRIPTOR_LIMIT = 256;
const CLIENTS = 3;
/** Of one core, over the three seconds that the program has no descriptor; the promise is 1 %, the clock is coarse. */
const MAX_CPU_S = 0.12;
/** Ten a second for three seconds, and the first. */
const MAX_FAILURES = 31;
const MIN_FAILURES = 20;
/** The promise is 100 ms; the rest is for a slow machine. */
const MAX_RECOVERY_MS = 300;

/** Accepting survives a lack of descriptors. */
export function exhaustionCases(suite: Suite): void {
  suite.test("without descriptors, accepting is tried ten times a second, and goes on when some are free", async () => {
    const program = new URL("../descriptor_limit_program.ts", import.meta.url).pathname;
    const run =
      `ulimit -n ${DESCRIPTOR_LIMIT} && exec "$0" run -A --unstable-net "${program}" ${suite.engine}`;
    await using proxy = new LaunchedProgram({
      command: "sh",
      args: ["-c", run, Deno.execPath()],
      env: { DENO_NO_UPDATE_CHECK: "1" },
    });
    const port = Number((await proxy.line(/^port (\d+)$/))[1]);
    const clients = await Promise.all(
      Array.from({ length: CLIENTS }, () => Deno.connect({ hostname: "127.0.0.1", port })),
    );
    assert.equal((await proxy.line(/^first failure: (.*)$/))[1], "exhausted");
    const before = cpuSeconds(proxy.pid);
    const failures = Number((await proxy.line(/^failures: (\d+)$/))[1]);
    const used = cpuSeconds(proxy.pid) - before;
    assert.ok(failures >= MIN_FAILURES && failures <= MAX_FAILURES, `${failures} failures in 3 s`);
    assert.ok(used <= MAX_CPU_S, `${used} CPU-seconds in 3 s`);
    const recoveryMs = Number((await proxy.line(/^accepted (\d+) ms later$/))[1]);
    assert.ok(recoveryMs <= MAX_RECOVERY_MS, `accepted after ${recoveryMs} ms`);
    for (const client of clients) {
      assert.equal(await within("the greeting", client.read(new Uint8Array(8))), 1);
      client.close();
    }
  });
}
