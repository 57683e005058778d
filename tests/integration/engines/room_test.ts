import assert from "node:assert/strict";
import { MAX_SLOTS } from "../../../src/model/board.ts";
import type { ConfigInput } from "../../../src/model/config.ts";
import { Client } from "../../kit/client.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { say } from "../../kit/programs.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";

/** More than half of all places, so that there is no room for as many others beside them. */
const PARTS = Math.ceil(MAX_SLOTS * 0.55);
const LONG_MS = 120_000;

/** Two apps; the second one has targets by the thousand that nobody connects to. */
function config(port: number, network: number): ConfigInput {
  const targets = Array.from(
    { length: PARTS },
    (_, i) => ({ address: `127.${network + 2 * (i >> 16)}.${(i >> 8) & 255}.${i & 255}:9`, weight: 0 }),
  );
  return {
    workers: 1,
    apps: [
      { name: "web", ports: [ANY_PORT], targets: [`127.0.0.1:${port}`] },
      { name: `many-${network}`, ports: [ANY_PORT], targets: [...targets, `127.0.0.1:${port}`] },
    ],
  };
}

const IS_FULL = Deno.env.get("FPROXY_TEST_FULL") === "1";
if (!IS_FULL) say("room_test: skipped, 288,000 targets take long; FPROXY_TEST_FULL=1 runs it");

const NAME =
  "a config for which there is room only after others is taken over by itself, and said to wait until then";

Deno.test({ name: NAME, ignore: !IS_FULL }, async () => {
  await using target = echoTarget();
  await using proxy = await Proxy.start(config(target.port, 1));
  const client = await Client.to(await proxy.port("many-1"));
  try {
    assert.equal(await client.ask("?"), "?");
    await proxy.write(config(target.port, 2));
    await eventually("the wait", () => proxy.logged("config waits for room").length === 1, LONG_MS);
    assert.equal(await client.ask("!"), "!");
    client[Symbol.dispose]();
    // Of those, only what it was connected to still has a session; the others make room.
    await eventually("the rollout", () => proxy.logged("config rolled out").length === 1, LONG_MS);
    const fresh = await Client.to(await proxy.port("many-2"));
    assert.equal(await fresh.ask("?"), "?");
    fresh[Symbol.dispose]();
    assert.equal(proxy.logged("config waits for room").length, 1);
  } finally {
    client[Symbol.dispose]();
  }
});
