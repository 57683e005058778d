import assert from "node:assert/strict";
import { runProgram } from "../../../src/cli/program.ts";
import type { WhyList } from "../../../src/control/admin/api/why.ts";
import type { WhyView } from "../../../src/control/admin/api/schemas/why.ts";
import { Client } from "../../kit/client.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { HttpClient } from "../../kit/http_client.ts";
import { answerText, HttpTarget } from "../../kit/http_target.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";
import { ResettableClient } from "../../kit/resettable_client.ts";
import { ResettingTarget } from "../../kit/resetting_target.ts";
import { RefusingAddress } from "../../kit/refusing_address.ts";
import { CapturedIo } from "../../unit/cli/captured_io.ts";

/** The last traces that the filters leave, once there are so many. */
async function traces(proxy: Proxy, query: string, count = 1): Promise<WhyView[]> {
  let found: WhyView[] = [];
  await eventually(`${count} traces of ${query}`, async () => {
    const response = await proxy.ask(`/api/v1/why?${query}`);
    assert.equal(response.status, 200, await response.clone().text());
    found = ((await response.json()) as WhyList).traces;
    return found.length >= count;
  });
  return found;
}

async function trace(proxy: Proxy, query: string): Promise<WhyView> {
  return (await traces(proxy, query))[0]!;
}

/** What the command says. */
async function whyCommand(proxy: Proxy, ...args: string[]): Promise<{ code: number; io: CapturedIo }> {
  const io = new CapturedIo();
  const code = await runProgram(["why", ...args, "--admin", new URL(proxy.adminUrl).host], io);
  Deno.exitCode = 0;
  return { code, io };
}

/** A client that is turned away: the reset may come while it still connects. */
async function comeInVain(port: number): Promise<void> {
  try {
    using client = await Client.to(port);
    await client.receive();
  } catch (error) {
    if (!(error instanceof Deno.errors.ConnectionReset)) throw error;
  }
}

function passedOver({ candidates }: WhyView): Record<string, string | null> {
  return Object.fromEntries(candidates.map(({ target, passed_over }) => [target, passed_over]));
}

Deno.test("a session that was retried tells of the refused attempt and of all that were passed over", async () => {
  await using target = echoTarget();
  await using refused = await RefusingAddress.take();
  const [bad, good] = [`127.0.0.1:${refused.port}`, `127.0.0.1:${target.port}`];
  await using proxy = await Proxy.start({
    apps: [{
      name: "web",
      ports: [ANY_PORT],
      strategy: "first",
      targets: [
        { address: "127.0.0.1:1", weight: 0 },
        "127.0.0.1:2",
        bad,
        good,
        { address: "127.0.0.1:3", backup: true },
      ],
    }],
  });
  const drain = await fetch(`${proxy.adminUrl}/api/v1/apps/web/targets/127.0.0.1%3A2/override`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ state: "drain" }),
  });
  assert.equal(drain.status, 200, await drain.text());
  const client = await Client.to(await proxy.port("web"));
  assert.equal(await client.ask("hello"), "hello");
  client[Symbol.dispose]();

  const why = await trace(proxy, "app=web");
  assert.deepEqual(
    why.attempts.map(({ target, address, result, error }) => [target, address, result, error]),
    [[bad, bad, "failed", "ECONNREFUSED"], [good, good, "connected", null]],
  );
  assert.deepEqual(passedOver(why), {
    "127.0.0.1:1": "zero_weight",
    "127.0.0.1:2": "drain",
    [bad]: "already_tried",
    [good]: null,
    "127.0.0.1:3": "backup_not_needed",
  });
  assert.deepEqual([why.close_reason, why.closed_by, why.open], ["done", "client", false]);
  assert.deepEqual([why.bytes_in, why.bytes_out], [5, 5]);
  assert.ok(why.first_byte_ms !== null && why.duration_ms !== null && why.first_byte_ms <= why.duration_ms);
  assert.ok(Math.abs(Date.parse(why.started_at) - Date.now()) < 60_000);

  const byId = await proxy.ask(`/api/v1/why/${why.id}`);
  assert.deepEqual(await byId.json(), why);
  const told = await whyCommand(proxy, why.id);
  assert.equal(told.code, 0, told.io.err);
  for (
    const part of [
      `${why.id}  app web, client ${why.client}`,
      "first: 1 of 5 targets were candidates",
      "passed over, drained: 127.0.0.1:2",
      "ECONNREFUSED",
      `try ${good}: connected after`,
      "closed by the client: done; 5 bytes in, 5 bytes out",
    ]
  ) assert.ok(told.io.out.includes(part), `${part} is missing in\n${told.io.out}`);
  const json = await whyCommand(proxy, "--app", "web", "--last", "5", "--json");
  assert.deepEqual((JSON.parse(json.io.out) as WhyView[]).map(({ id }) => id), [why.id]);
});

Deno.test("who is turned away is remembered too: by a rule, by the limit; an open session is told as it is now", async () => {
  await using target = echoTarget();
  await using proxy = await Proxy.start({
    apps: [
      {
        name: "ruled",
        ports: [ANY_PORT],
        targets: [`127.0.0.1:${target.port}`],
        strategy: { type: "rules", rules: [{ name: "nobody", deny: true }] },
      },
      { name: "small", ports: [ANY_PORT], targets: [`127.0.0.1:${target.port}`], max_connections: 1 },
    ],
  });
  await comeInVain(await proxy.port("ruled"));
  const turnedAway = await trace(proxy, "app=ruled&reason=denied");
  assert.deepEqual(
    [turnedAway.rule, turnedAway.closed_by, turnedAway.attempts, Object.values(passedOver(turnedAway))],
    ["nobody", "proxy", [], ["denied"]],
  );

  const port = await proxy.port("small");
  using first = await Client.to(port);
  assert.equal(await first.ask("hello"), "hello");
  await comeInVain(port);
  const limited = await trace(proxy, "app=small");
  assert.deepEqual([limited.close_reason, limited.candidates], ["limit", []]);
  assert.match(limited.client, /^127\.0\.0\.1:\d+$/);

  const sessions = await (await proxy.ask("/api/v1/sessions?app=small")).json();
  const open: WhyView = await (await proxy.ask(`/api/v1/why/${sessions.sessions[0].id}`)).json();
  assert.deepEqual([open.open, open.close_reason, open.duration_ms, open.attempts.length], [
    true,
    null,
    null,
    1,
  ]);
});

Deno.test("whose reset it was: the client's, the target's", async () => {
  await using echo = echoTarget();
  await using resetting = await ResettingTarget.open({ send: new Uint8Array(10) });
  await using proxy = await Proxy.start({
    apps: [
      { name: "by-client", ports: [ANY_PORT], targets: [`127.0.0.1:${echo.port}`] },
      {
        name: "by-target",
        ports: [ANY_PORT],
        targets: [`${resetting.address.ip}:${resetting.address.port}`],
      },
    ],
  });
  await using client = await ResettableClient.open(await proxy.port("by-client"));
  await client.write(new TextEncoder().encode("x"));
  await eventually("the byte to be relayed", async () => {
    const { sessions } = await (await proxy.ask("/api/v1/sessions?app=by-client")).json();
    return sessions[0]?.bytes_out === 1;
  });
  client.reset();
  const byClient = await trace(proxy, "app=by-client");
  assert.deepEqual([byClient.close_reason, byClient.closed_by, byClient.first_ended], [
    "client_abort",
    "client",
    "client",
  ]);
  using other = await Client.to(await proxy.port("by-target"));
  await other.send("x");
  const byTarget = await trace(proxy, "app=by-target");
  assert.deepEqual([byTarget.close_reason, byTarget.closed_by, byTarget.first_ended], [
    "target_abort",
    "target",
    "target",
  ]);
});

Deno.test("a hedged request tells of both endpoints, and one that was refused of the answer that it got", async () => {
  const silent = Promise.withResolvers<void>();
  await using slow = new HttpTarget(async () => {
    await silent.promise;
    return answerText(200, "slow");
  });
  await using quick = new HttpTarget(() => answerText(200, "quick"));
  const [one, two] = [slow, quick].map(({ address: { ip, port } }) => `http://${ip}:${port}`);
  await using proxy = await Proxy.start({
    apps: [{
      name: "api",
      mode: "http",
      ports: [ANY_PORT],
      targets: [one!, two!],
      http: { dispatch: "hedged", hedge_after: "20ms", max_extra_load: 1 },
    }],
  });
  using client = await HttpClient.to(await proxy.port("api"));
  assert.equal((await client.get()).status, 200);
  silent.resolve();
  const why = await trace(proxy, "app=api");
  assert.deepEqual([why.request, why.status, why.closed_by], [{ method: "GET", path: "/" }, 200, null]);
  assert.deepEqual(
    why.attempts.map(({ target, call }) => [target, call?.hedge, call?.answer]),
    [[one, false, "not_needed"], [two, true, "taken"]],
  );
  assert.ok(why.attempts[1]!.at_ms >= 15, "after the first");
});

Deno.test("what is not remembered is 404 with a hint, also where nothing is; the config counts at once", async () => {
  await using target = echoTarget();
  const apps = [{ name: "web", ports: [ANY_PORT], targets: [`127.0.0.1:${target.port}`] }];
  await using proxy = await Proxy.start({ why: { sessions: 0 }, apps });
  for (const path of ["/api/v1/why", "/api/v1/why/1-0"]) {
    const off = await proxy.ask(path);
    assert.equal(off.status, 404);
    assert.match((await off.json()).hint, /why\.sessions/);
  }
  const { code, io } = await whyCommand(proxy, "1-0");
  assert.equal(code, 1);
  assert.match(io.err, /why\.sessions/);

  await proxy.rollOut({ why: { sessions: 2 }, apps });
  const unknown = await proxy.ask("/api/v1/why/zz-0");
  assert.equal(unknown.status, 404);
  assert.match((await unknown.json()).hint, /its last 2 sessions/);
  assert.equal((await whyCommand(proxy, "--app", "web")).code, 1);
  const port = await proxy.port("web");
  for (let n = 0; n < 10; n++) {
    using client = await Client.to(port);
    assert.equal(await client.ask("x"), "x");
  }
  await eventually(
    "all sessions to end",
    async () => (await proxy.app("web")).counters.connections_active === 0,
  );
  const kept = await traces(proxy, "limit=100", 2);
  assert.ok(kept.length <= 4, `two a thread, not ${kept.length}`);
  const ends = kept.map(({ started_at, duration_ms }) => Date.parse(started_at) + (duration_ms ?? 0));
  for (const [at, end] of ends.entries()) assert.ok(at === 0 || end <= ends[at - 1]! + 1, "newest first");
  for (const query of ["reason=bored", "limit=0"]) {
    assert.equal((await proxy.ask(`/api/v1/why?${query}`)).status, 400);
  }
});
