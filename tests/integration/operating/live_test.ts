import assert from "node:assert/strict";
import { Client } from "../../kit/client.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { EventStream } from "../../kit/event_stream.ts";
import { eventually } from "../../kit/eventually.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";
import type { Sample } from "../../../src/control/telemetry/samples/sample.ts";
import { sample as sampleSchema } from "../../../src/control/admin/api/schemas/sample.ts";

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

/** The next sample that is as wanted; each is what the API's description says. */
async function sampleWhere(stream: EventStream, isWanted: (sample: Sample) => boolean): Promise<Sample> {
  while (true) {
    const { event, data } = await stream.next();
    assert.equal(event, "sample");
    const sample = sampleSchema.parse(data);
    if (isWanted(sample)) return sample;
  }
}

Deno.test("samples tell what sessions did, of the proxy, the app and its targets, and of apps that go", async () => {
  await using target = echoTarget();
  const key = `127.0.0.1:${target.port}`;
  const app = { name: "web", ports: [ANY_PORT], targets: [key] };
  const other = { name: "other", ports: [ANY_PORT], targets: [key] };
  await using proxy = await Proxy.start({ apps: [app, other] });
  const port = await proxy.port("web");
  await using samples = await follow(proxy, "/api/v1/samples?interval=500ms&app=web");
  const first = await sampleWhere(samples, () => true);
  assert.deepEqual([first.complete, first.seconds, Object.keys(first.apps)], [true, 0, ["web", "other"]]);
  assert.deepEqual([first.apps["web"]?.state, first.apps["web"]?.targets_available], ["ready", 1]);
  {
    using client = await Client.to(port);
    assert.equal(await client.ask("12345"), "12345");
    const open = await sampleWhere(samples, ({ apps }) => (apps["web"]?.connections_active ?? 0) > 0);
    assert.ok(open.complete || !("other" in open.apps), "what did not change is left out");
    assert.equal(open.details["web"]?.targets[key]?.connections_active, 1);
    await client.finish();
    await client.ended();
  }
  const ended = await sampleWhere(samples, ({ details }) => details["web"]?.reasons["done"] === 1);
  const { web } = ended.apps;
  assert.ok(web !== undefined && web.bytes_in_per_second > 0 && web.bytes_out_per_second > 0);
  assert.equal(ended.proxy.bytes_in_per_second, web.bytes_in_per_second);
  assert.equal(web.connections_active, 0);
  await proxy.rollOut({ apps: [app] });
  const gone = await sampleWhere(samples, ({ removed, complete }) => removed.length > 0 || complete);
  assert.ok(gone.complete ? !("other" in gone.apps) : gone.removed.includes("other"));
});

Deno.test("a follower of access records gets as many a second as it wants, and the number of the others", async () => {
  await using target = echoTarget();
  const app = { name: "web", ports: [ANY_PORT], targets: [`127.0.0.1:${target.port}`] };
  await using proxy = await Proxy.start({ apps: [app] });
  const port = await proxy.port("web");
  await using access = await follow(proxy, "/api/v1/access?rate=2");
  const sessions = 30;
  for (let n = 0; n < sessions; n++) {
    using client = await Client.to(port);
    await client.finish();
    await client.ended();
  }
  let records = 0;
  let skipped = 0;
  while (records + skipped < sessions) {
    const { event, data } = await access.next();
    if (event === "access") records++;
    else skipped += Number(data.count);
  }
  assert.equal(records + skipped, sessions);
  assert.ok(skipped > 0 && records >= 2, `${records} records, ${skipped} skipped`);
});
