import assert from "node:assert/strict";
import type { ConfigInput } from "../../../src/model/config.ts";
import { LaunchedProgram } from "../../kit/launched_program.ts";
import { pass } from "../../kit/over_time.ts";
import { say, testWith } from "../../kit/programs.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";
import { Server } from "../../kit/servers.ts";

/**
 * What the clients of one app notice while many others are rewritten four times a second. How long requests take is the
 * machine's business as well, so only `FPROXY_TEST_FULL=1`, on a machine that does nothing else, asserts it.
 */
const IS_FULL = Deno.env.get("FPROXY_TEST_FULL") === "1";
const SECONDS = IS_FULL ? 10 : 2;
const REWRITE_EVERY_MS = 250;
/** Longest time until one change among 2,000 apps is in force. */
const MAX_CHANGE_MS = 120;
/** A change that is not in force by then never will be. */
const DEADLINE_MS = 20_000;
/** A single change is measured so many times. */
const CHANGES = IS_FULL ? 15 : 3;

/** Apps beside the one that is asked. @param of a number for each; where it changes, the app has changed. */
function others(count: number, of: (index: number) => number, target: string): ConfigInput["apps"] {
  return Array.from({ length: count }, (_, i) => ({
    name: `app-${i}`,
    ports: [ANY_PORT],
    targets: [target, `127.0.0.2:${i % 9 + 1}`],
    idle_timeout: `${100 + of(i)}s`,
  }));
}

/** p99 of the requests of 32 clients, milliseconds. */
async function p99(url: string): Promise<number> {
  const args = ["-t1", "-c32", `-d${SECONDS}s`, "--latency", url];
  await using wrk = new LaunchedProgram({ command: "wrk", args });
  const { stdout } = await wrk.result();
  assert.doesNotMatch(stdout, /Socket errors|Non-2xx/, stdout);
  const [, value = "", unit = ""] = /99%\s+([\d.]+)(us|ms|s)\b/.exec(stdout) ?? [];
  const factor = { us: 0.001, ms: 1, s: 1_000 }[unit];
  assert.ok(factor !== undefined, stdout);
  return Number(value) * factor;
}

/** How many apps are rewritten, and how many times longer the slowest hundredth of another's requests may take then. */
const STORMS = [{ apps: 300, mostTimes: 2 }, ...(IS_FULL ? [{ apps: 2_000, mostTimes: 3 }] : [])];

for (const { apps, mostTimes } of STORMS) {
  testWith(
    ["nginx", "wrk"],
    `other apps' requests while ${apps} apps are rewritten four times a second`,
    async () => {
      await using target = await Server.nginx();
      const web = { name: "web", ports: [ANY_PORT], targets: [target.address] };
      const config = (change: number): ConfigInput => ({
        engine: "auto",
        apps: [web, ...others(apps, () => change, target.address)],
      });
      await using proxy = await Proxy.start(config(0));
      const url = `http://127.0.0.1:${await proxy.port("web")}/`;
      await p99(url);
      const quietMs = await p99(url);
      let isOver = false;
      let writes = 0;
      const rewriting = (async () => {
        while (!isOver) {
          await proxy.write(config(++writes));
          await pass(REWRITE_EVERY_MS);
        }
      })();
      const busyMs = await p99(url);
      isOver = true;
      await rewriting;
      const rollouts = proxy.logged("config rolled out").length;
      say(
        `${apps} apps, ${writes} rewrites, ${rollouts} rollouts: p99 ${quietMs} ms quiet, ${busyMs} ms beside them`,
      );
      if (IS_FULL) assert.ok(busyMs <= mostTimes * quietMs, `${busyMs} ms, ${quietMs} ms quiet`);
    },
  );
}

Deno.test("one change among 2,000 apps is soon in force", async () => {
  const config = (change: number): ConfigInput => ({
    engine: "auto",
    apps: others(2_000, (i) => i === 7 ? change : 0, "127.0.0.1:9"),
  });
  await using proxy = await Proxy.start(config(0));
  const times: number[] = [];
  for (let change = 1; change <= CHANGES; change++) {
    // The first ones come while the rest after the start is not over, and before the code is compiled.
    await pass(REWRITE_EVERY_MS);
    const before = proxy.logged("config rolled out").length;
    const startedAt = performance.now();
    await proxy.write(config(change));
    while (proxy.logged("config rolled out").length === before) {
      assert.ok(performance.now() - startedAt < DEADLINE_MS, `change ${change} is not in force`);
      await pass(1);
    }
    times.push(performance.now() - startedAt);
  }
  const sorted = times.toSorted((a, b) => a - b);
  const medianMs = sorted[Math.floor(sorted.length / 2)] ?? Infinity;
  say(`one change among 2,000 apps is in force after ${times.map(Math.round).join(" ")} ms`);
  if (IS_FULL) assert.ok(medianMs <= MAX_CHANGE_MS, `${medianMs} ms`);
});
