import assert from "node:assert/strict";
import type { ConfigInput } from "../../../src/model/config.ts";
import { Churn } from "../../kit/churn.ts";
import { askOnce, askTimes, turnedAway } from "../../kit/client.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { answerText, HttpTarget } from "../../kit/http_target.ts";
import { ANY_PORT, Proxy, TEST_ENGINE } from "../../kit/proxy.ts";
import { get } from "../http/setup.ts";

type AppInput = ConfigInput["apps"][number];
type RuleInput = NonNullable<Extract<AppInput["strategy"], { type: "rules" }>["rules"]>[number];

/** A second address of this machine that only it knows. */
const OTHER_IP = "127.0.0.2";

/** How a client is refused: Deno's own sockets know no RST that can be asked for. */
const REFUSAL = TEST_ENGINE === "epoll" ? "reset" : "closed";

function at(target: { readonly port: number }): string {
  return `127.0.0.1:${target.port}`;
}

function webApp(rules: RuleInput[], changes: Partial<AppInput>): ConfigInput {
  return {
    access_log: { to: "stdout" },
    apps: [{ name: "web", ports: [ANY_PORT], targets: [], strategy: { type: "rules", rules }, ...changes }],
  };
}

Deno.test("rules: clients go where the first rule that holds sends them, and others are turned away", async () => {
  await using a = echoTarget({ prefix: "a:" });
  await using b = echoTarget({ prefix: "b:" });
  await using c = echoTarget({ prefix: "c:" });
  await using proxy = await Proxy.start(webApp([
    { name: "inner", when: `listener.address == "${OTHER_IP}"`, use: { labels: { tier: "inner" } } },
    { name: "outer", when: 'client.ip in cidr("127.0.0.0/8") && app == "web"', use: { targets: [at(c)] } },
    { deny: true },
  ], {
    ports: [ANY_PORT, `${OTHER_IP}:0`],
    targets: [
      { address: at(a), labels: { tier: "inner" } },
      { address: at(b), labels: { tier: "inner" } },
      { address: at(c) },
    ],
  }));
  const [outer, inner] = [await proxy.port("web", 0), await proxy.port("web", 1)];
  assert.deepEqual(await askTimes(outer, 4), ["c:?", "c:?", "c:?", "c:?"]);
  const replies = [];
  for (let session = 0; session < 4; session++) replies.push(await askOnce(inner, "?", OTHER_IP));
  assert.deepEqual(replies, ["a:?", "b:?", "a:?", "b:?"]);
  const { rules } = await proxy.app("web");
  assert.deepEqual(rules, [
    { rule: "inner", taken_total: 4, failures_total: 0 },
    { rule: "outer", taken_total: 4, failures_total: 0 },
    { rule: "#3", taken_total: 0, failures_total: 0 },
  ]);
});

Deno.test("rules: who is denied is reset at once, and told apart from those without a target", async () => {
  await using a = echoTarget({ prefix: "a:" });
  await using proxy = await Proxy.start(
    webApp([{ when: "client.port > 0", deny: true }, { use: { targets: "all" } }], { targets: [at(a)] }),
  );
  const port = await proxy.port("web");
  assert.equal(await turnedAway(port), REFUSAL);
  await eventually(
    "the count",
    async () => (await proxy.app("web")).counters.connections_closed_total["denied"] === 1,
  );
  await eventually("the record", () => proxy.program.stdout.includes('"close_reason":"denied"'));
  const [target] = (await proxy.app("web")).targets;
  assert.equal(target?.connect_attempts_total, 0);
});

Deno.test("rules: in mode http each request has its own rule, and 403 where it is denied", async () => {
  await using stable = new HttpTarget(() => answerText(200, "stable"));
  await using canary = new HttpTarget(() => answerText(200, "canary"));
  await using proxy = await Proxy.start(webApp([
    { name: "private", when: 'request.path.matches("^/(admin|metrics)(/|$)")', deny: true },
    {
      name: "query",
      when: 'has(request.query.track) && request.query.track == "canary"',
      use: { labels: { track: "canary" } },
    },
    { name: "field", when: 'request.headers["X-Canary"] == "1"', use: { labels: { track: "canary" } } },
    { use: { labels: { track: "stable" } } },
  ], {
    mode: "http",
    targets: [
      { address: at(stable.address), labels: { track: "stable" } },
      { address: at(canary.address), labels: { track: "canary" } },
    ],
  }));
  const url = `http://127.0.0.1:${await proxy.port("web")}`;
  assert.equal((await get(`${url}/`, { headers: { "x-canary": "1" } })).body, "canary");
  assert.equal((await get(`${url}/?track=can%61ry`, { headers: { "x-canary": "0" } })).body, "canary");
  assert.equal((await get(`${url}/administration`, { headers: { "x-canary": "0" } })).body, "stable");
  const denied = await get(`${url}/admin`, { headers: { accept: "application/json" } });
  assert.equal(denied.status, 403);
  assert.deepEqual(JSON.parse(denied.body), {
    status: 403,
    code: "denied",
    message: "The request is not allowed",
  });
  // A field that is missing is a failure, which counts as not matching.
  assert.deepEqual([(await get(url)).body, (await get(url)).body], ["stable", "stable"]);
  const { rules = [] } = await proxy.app("web");
  assert.deepEqual(rules.map(({ taken_total, failures_total }) => [taken_total, failures_total]), [
    [1, 0],
    [1, 0],
    [1, 2],
    [3, 0],
  ]);
  const said = proxy.logged("a rule failed and counts as not matching");
  assert.deepEqual(said.map(({ app, rule, reason }) => [app, rule, reason]), [[
    "web",
    "field",
    "no such key",
  ]]);
  await eventually("the record", () => proxy.program.stdout.includes('"close_reason":"denied"'));
});

Deno.test("rules: an endpoint that is down gets no request that rules keep from it", async () => {
  await using own = new HttpTarget(() => answerText(200, "own"));
  await using other = new HttpTarget(() => answerText(200, "other"));
  const targets = [at(own.address), at(other.address)];
  await using proxy = await Proxy.start(webApp([
    { when: 'request.path == "/own"', use: { targets: [targets[0] ?? ""] } },
    { when: 'request.path == "/own"', deny: true },
  ], { mode: "http", targets }));
  const url = `http://127.0.0.1:${await proxy.port("web")}/own`;
  assert.equal((await get(url)).body, "own");
  const body = JSON.stringify({ state: "maint", reason: "test" });
  const path = `/api/v1/apps/web/targets/${encodeURIComponent(`http://${targets[0]}`)}/override`;
  const change = await fetch(proxy.adminUrl + path, {
    method: "PUT",
    body,
    headers: { "content-type": "application/json" },
  });
  assert.equal(change.status, 200, await change.text());
  await eventually("the change", async () => (await get(url)).status === 403);
  assert.equal(other.requests.length, 0);
});

Deno.test("rules: adding, changing and removing them under load loses no connection", async () => {
  await using a = echoTarget();
  await using b = echoTarget();
  const targets = [at(a), at(b)];
  const [one = "", two = ""] = targets;
  const lists: (RuleInput[] | null)[] = [
    null,
    [{ name: "a", when: "client.port % 2 == 0", use: { targets: [one] } }],
    [{ name: "a", when: "client.port % 3 == 0", use: { targets: [two] } }, {
      name: "b",
      use: { targets: "all" },
      strategy: "source_hash",
    }],
    [{
      name: "b",
      when: "bucket(client.ip, 10) < 5",
      use: { targets: [one] },
      strategy: "least_connections",
    }],
    [{ use: { targets: [two] } }],
  ];
  const config = (change: number): ConfigInput => {
    const list = lists[change % lists.length] ?? null;
    return list === null ? webApp([], { targets, strategy: "round_robin" }) : webApp(list, { targets });
  };
  await using proxy = await Proxy.start(config(0));
  const churn = new Churn(await proxy.port("web"), 8);
  for (let change = 1; change <= 20; change++) await proxy.rollOut(config(change));
  const { served, failures } = await churn.stop();
  assert.deepEqual(failures, []);
  assert.ok(served > 20, `${served}`);
});
