import assert from "node:assert/strict";
import { Client } from "../kit/client.ts";
import { echoTarget } from "../kit/echo_target.ts";
import { EventStream } from "../kit/event_stream.ts";
import { eventually } from "../kit/eventually.ts";
import { ANY_PORT, Proxy } from "../kit/proxy.ts";

async function follow(proxy: Proxy, path: string): Promise<EventStream> {
  const stream = new EventStream(await fetch(`${proxy.adminUrl}${path}`));
  assert.equal(await stream.block(), "retry: 2000");
  return stream;
}

Deno.test("a follower sees a rollout and each session, also where records are written nowhere", async () => {
  await using target = echoTarget();
  const app = { name: "web", ports: [ANY_PORT], targets: [`127.0.0.1:${target.port}`] };
  await using proxy = await Proxy.start({ apps: [app] });
  const port = await proxy.port("web");
  await using events = await follow(proxy, "/api/v1/events?last=1");
  assert.equal((await events.next()).data.event, "started");
  await using access = await follow(proxy, "/api/v1/access?app=web");
  {
    using client = await Client.to(port);
    assert.equal(await client.ask("12345"), "12345");
    await client.finish();
    await client.ended();
  }
  const { data } = await access.next();
  assert.deepEqual([data.app, data.bytes_in, data.close_reason], ["web", 5, "done"]);
  await proxy.rollOut({ apps: [app, { ...app, name: "other" }] });
  const rollout = await events.next();
  assert.deepEqual([rollout.data.event, rollout.data.added], ["config_applied", 1]);
});

Deno.test("a follower that does not read loses records and nobody waits for it", async () => {
  await using target = echoTarget();
  const app = { name: "web", ports: [ANY_PORT], targets: [`127.0.0.1:${target.port}`] };
  await using proxy = await Proxy.start({ apps: [app] });
  const port = await proxy.port("web");
  const response = await fetch(`${proxy.adminUrl}/api/v1/access`);
  for (let n = 0; n < 200; n++) {
    using client = await Client.to(port);
    assert.equal(await client.ask("x"), "x");
    await client.finish();
    await client.ended();
  }
  await eventually(
    "all sessions counted",
    async () => (await proxy.app("web")).counters.connections_total === 200,
  );
  const { dropped } = await proxy.status();
  assert.deepEqual(dropped, { access_records: 0, log_lines: 0 });
  await response.body?.cancel();
});
