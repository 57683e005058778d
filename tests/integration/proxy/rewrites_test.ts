import assert from "node:assert/strict";
import type { ConfigInput } from "../../../src/model/config.ts";
import { Churn } from "../../kit/churn.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { say } from "../../kit/programs.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";
import { rss } from "../../kit/rss.ts";

/** `FPROXY_TEST_FULL=1` takes the full number of rewrites; a few tell only of leaks that are large. */
const IS_FULL = Deno.env.get("FPROXY_TEST_FULL") === "1";
const REWRITES = IS_FULL ? 1_000 : 60;
/** Until heaps and the code's own compilation have settled. */
const WARM_UP = REWRITES / 3;
const APPS = IS_FULL ? 300 : 100;
const LOOKS = 10;
/** What heaps may differ by between two looks. */
const MAX_GROWTH_BYTES = 48 * 2 ** 20;

Deno.test("memory stays flat while all apps are rewritten again and again under load", async () => {
  await using target = echoTarget();
  const targets = [`127.0.0.1:${target.port}`];
  const config = (change: number): ConfigInput => ({
    apps: [
      { name: "web", ports: [ANY_PORT], targets },
      // Every change is one of all of them; a tenth of them is removed and comes back, and so are ports and targets.
      ...Array.from({ length: APPS }, (_, i) => ({
        name: `an app with a long name, ${i}`,
        ports: change % 3 === 0 ? [ANY_PORT] : [ANY_PORT, ANY_PORT],
        targets: [...targets, `127.0.0.1:${change % 5 + 1}`],
        idle_timeout: `${change + 10}s`,
      })).filter((_, i) => i % 10 !== change % 20),
    ],
  });
  await using proxy = await Proxy.start(config(0));
  const churn = new Churn(await proxy.port("web"), 4);
  const samples: number[] = [];
  for (let change = 1; change <= REWRITES; change++) {
    await proxy.rollOut(config(change));
    if (change % (REWRITES / LOOKS) === 0) samples.push(rss(proxy.pid));
  }
  const { served, failures } = await churn.stop();
  const shown = samples.map((bytes) => (bytes / 2 ** 20).toFixed(0)).join(" ");
  say(`${REWRITES} rewrites of ${APPS} apps beside ${served} connections, MiB: ${shown}`);
  assert.deepEqual(failures, []);
  const settled = samples.slice(Math.ceil(WARM_UP / (REWRITES / LOOKS)));
  const middle = settled.length / 2;
  // The lowest of several looks is nearest to what is really held.
  const early = Math.min(...settled.slice(0, middle));
  const late = Math.min(...settled.slice(middle));
  assert.ok(late - early < MAX_GROWTH_BYTES, `grew by ${late - early} bytes: ${shown}`);
});
