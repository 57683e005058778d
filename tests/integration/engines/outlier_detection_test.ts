import assert from "node:assert/strict";
import type { TargetStatus } from "../../../src/control/daemon/status.ts";
import { formatAddress, type SocketAddress } from "../../../src/model/address.ts";
import { askOnce, askTimes } from "../../kit/client.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { HttpClient } from "../../kit/http_client.ts";
import { answerText, HttpTarget } from "../../kit/http_target.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";
import { RefusingAddress } from "../../kit/refusing_address.ts";

function at({ address }: { readonly address: SocketAddress }): string {
  return formatAddress(address);
}

async function targetsOf(proxy: Proxy): Promise<readonly TargetStatus[]> {
  return (await proxy.app("web")).targets;
}

Deno.test("a target that refuses connections is ejected after five, no client notices, and it comes back slowly", async () => {
  await using a = echoTarget({ prefix: "a:" });
  await using b = echoTarget({ prefix: "b:" });
  // The same port on another address, where nobody listens yet.
  const c = `127.0.0.2:${a.port}`;
  await using proxy = await Proxy.start({
    apps: [{
      name: "web",
      ports: [ANY_PORT],
      targets: [at(a), at(b), c],
      outlier_detection: { base_ejection_time: "5s" },
      slow_start: { window: "20s" },
    }],
  });
  const port = await proxy.port("web");
  const replies = await askTimes(port, 40);
  assert.equal(replies.includes(null), false);
  await eventually("the ejection", async () => (await targetsOf(proxy))[2]?.ejection !== undefined);
  const [, , out] = await targetsOf(proxy);
  assert.deepEqual([out?.available, out?.ejection?.cause, out?.connect_failures_total], [
    false,
    "consecutive_failures",
    5,
  ]);
  assert.deepEqual((await proxy.app("web")).counters.ejections_total, { consecutive_failures: 1 });
  const [logged] = proxy.logged("target ejected");
  assert.deepEqual([logged?.app, logged?.target, logged?.for_ms], ["web", c, 5000]);

  await using _back = echoTarget({ prefix: "c:", ip: "127.0.0.2", port: a.port });
  await eventually("the target's first session", async () => await askOnce(port, "?") === "c:?");
  assert.equal(proxy.logged("target is back from its ejection").length, 1);
  const [, , slow] = await targetsOf(proxy);
  assert.ok(
    slow?.effective_weight !== undefined && slow.effective_weight < 1,
    String(slow?.effective_weight),
  );
  assert.equal(slow.ejection, undefined);
});

Deno.test("of many bad targets no more are ejected than may be, and their clients are served by the others", async () => {
  await using good = echoTarget({ prefix: "good:" });
  await using bad1 = await RefusingAddress.take();
  await using bad2 = await RefusingAddress.take();
  await using bad3 = await RefusingAddress.take();
  await using proxy = await Proxy.start({
    apps: [{
      name: "web",
      ports: [ANY_PORT],
      targets: [at(good), at(bad1), at(bad2), at(bad3)],
      outlier_detection: { max_ejection_percent: 50, consecutive_failures: 2 },
      retry: { max_attempts: 4 },
    }],
  });
  const port = await proxy.port("web");
  const replies = await askTimes(port, 60);
  assert.deepEqual(new Set(replies), new Set(["good:?"]));
  await eventually("the log", () => proxy.logged("target ejected").length >= 2);
  const ejections = (await targetsOf(proxy)).filter(({ ejection }) => ejection !== undefined);
  assert.equal(ejections.length, 2);
  assert.equal(proxy.logged("target ejected").length, 2);
});

Deno.test("a rollout keeps an ejection", async () => {
  await using good = echoTarget({ prefix: "good:" });
  await using bad = await RefusingAddress.take();
  const app = {
    name: "web",
    ports: [ANY_PORT],
    targets: [at(good), at(bad)],
    outlier_detection: { consecutive_failures: 1 },
  };
  await using proxy = await Proxy.start({ apps: [app] });
  await askTimes(await proxy.port("web"), 4);
  await eventually("the ejection", async () => (await targetsOf(proxy))[1]?.ejection !== undefined);
  await proxy.rollOut({ apps: [{ ...app, connect_timeout: "4s" }] });
  const [, target] = await targetsOf(proxy);
  assert.deepEqual([target?.available, target?.ejections_total], [false, 1]);
  await askTimes(await proxy.port("web"), 4);
  assert.equal((await targetsOf(proxy))[1]?.connect_failures_total, 1);
});

Deno.test("an endpoint that answers 500 to everything is ejected, and clients get the others' answers", async () => {
  await using bad = new HttpTarget(() => answerText(500, "oops"));
  await using good = new HttpTarget(() => answerText(200, "good"));
  await using proxy = await Proxy.start({
    apps: [{
      name: "web",
      mode: "http",
      ports: [ANY_PORT],
      targets: [at(bad), at(good)],
      outlier_detection: { consecutive_5xx: 3 },
    }],
  });
  using client = await HttpClient.to(await proxy.port("web"));
  for (let i = 0; i < 12; i++) {
    const { status, body } = await client.get();
    assert.deepEqual([status, body], [200, "good"]);
  }
  assert.equal(bad.requests.length, 3);
  await eventually(
    "the ejection",
    async () => (await targetsOf(proxy))[0]?.ejection?.cause === "consecutive_5xx",
  );
});
