import assert from "node:assert/strict";
import type { ConfigInput } from "../../../src/model/config.ts";
import { Client } from "../../kit/client.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { HttpClient } from "../../kit/http_client.ts";
import { answerText, HttpTarget } from "../../kit/http_target.ts";
import { planOf, planText, rolledOut, rolloutOf, validateText } from "../../kit/planned_proxy.ts";
import { ANY_PORT, Proxy, TEST_ENGINE } from "../../kit/proxy.ts";

type AppInput = ConfigInput["apps"][number];

function at({ port }: { readonly port: number }): string {
  return `127.0.0.1:${port}`;
}

/** Clients of an app's listener, each with a session that is relayed. */
async function clientsOf(proxy: Proxy, app: string, count: number, listener = 0): Promise<Client[]> {
  const port = await proxy.port(app, listener);
  const clients = await Promise.all(Array.from({ length: count }, () => Client.to(port)));
  for (const client of clients) assert.equal(await client.ask("hello"), "hello");
  return clients;
}

Deno.test("what a plan says is what the receipt of the reload says, edit for edit, under open sessions", async () => {
  await using one = echoTarget();
  await using two = echoTarget();
  const other = TEST_ENGINE === "deno" ? "epoll" as const : "deno" as const;
  const wide: AppInput = { name: "wide", ports: [ANY_PORT, ANY_PORT], targets: [at(one), at(two)] };
  const narrow: AppInput = { name: "narrow", ports: [ANY_PORT], targets: [at(one)] };
  const hasty: AppInput = { name: "hasty", ports: [ANY_PORT], targets: [at(one)], drain_timeout: "0s" };
  const added: AppInput = { name: "added", ports: [ANY_PORT], targets: [at(two)] };
  const shrunk: AppInput = { ...wide, targets: [at(one)] };
  await using proxy = await Proxy.start(JSON.parse(planText({ apps: [wide, narrow, hasty] })));
  const clients = [
    ...await clientsOf(proxy, "wide", 4),
    ...await clientsOf(proxy, "wide", 2, 1),
    ...await clientsOf(proxy, "narrow", 3),
    ...await clientsOf(proxy, "hasty", 2),
  ];
  const edits: readonly [what: string, apps: AppInput[], sessions: [number, number, number]][] = [
    ["only the order", [hasty, narrow, wide], [11, 0, 0]],
    ["a policy", [{ ...wide, idle_timeout: "1h" }, narrow, hasty], [11, 0, 0]],
    ["a target's weight", [{ ...wide, targets: [at(one), { address: at(two), weight: 9 }] }, narrow, hasty], [
      11,
      0,
      0,
    ]],
    ["an app that comes", [wide, narrow, hasty, added], [11, 0, 0]],
    ["a target that goes", [shrunk, narrow, hasty, added], [8, 3, 0]],
    ["an app that goes, without time to drain", [shrunk, narrow, added], [6, 0, 2]],
    ["a listener that goes", [{ ...shrunk, ports: [ANY_PORT] }, narrow, added], [5, 1, 0]],
    ["another engine", [{ ...shrunk, ports: [ANY_PORT], engine: other }, narrow, added], [5, 0, 0]],
    ["another engine and target", [
      { ...shrunk, ports: [ANY_PORT], engine: other },
      { ...narrow, engine: other, targets: [at(two)] },
      added,
    ], [2, 3, 0]],
    ["all of it", [], [0, 2, 0]],
  ];
  try {
    for (const [what, apps, [kept, draining, cut]] of edits) {
      const text = planText({ apps });
      const plan = await planOf(proxy, text);
      assert.deepEqual(plan.sessions, { kept, draining, cut }, what);
      const { receipt, result } = await rolledOut(proxy, text);
      assert.equal(result, "applied", what);
      assert.deepEqual(receipt?.sessions, plan.sessions, what);
      const { kept: stay, opened, closed } = plan.listeners;
      const counts = { kept: stay.length, opened: opened.length, closed: closed.length, failed: 0 };
      assert.deepEqual(receipt?.listeners, counts, what);
    }
  } finally {
    for (const client of clients) client[Symbol.dispose]();
  }
});

Deno.test("a plan names what changes, before and after, and how many sessions that concerns; nothing happens", async () => {
  await using one = echoTarget();
  await using two = echoTarget();
  const app = { name: "web", ports: [ANY_PORT], targets: [at(one), at(two)] };
  await using proxy = await Proxy.start(JSON.parse(planText({ apps: [app] })));
  const clients = await clientsOf(proxy, "web", 4);
  try {
    const other = planText({
      control: { nice: 1 },
      apps: [
        { ...app, targets: [at(one)], idle_timeout: "5s" },
        { name: "api", ports: [ANY_PORT], targets: [at(two)] },
      ],
    });
    const plan = await planOf(proxy, other);
    const nice = { path: "control.nice", before: 5, after: 1 };
    assert.deepEqual(plan, {
      listeners: { kept: ["127.0.0.1:0#web.0"], opened: ["127.0.0.1:0#api.0"], closed: [] },
      sessions: { kept: 2, draining: 2, cut: 0 },
      options: [nice],
      apps: [
        { app: "api", change: "added", options: [], sessions: 0, effect: "kept" },
        {
          app: "web",
          change: "changed",
          options: [{ path: "idle_timeout", before: 600_000, after: 5_000 }],
          sessions: 2,
          effect: "draining",
        },
      ],
      targets: [
        { app: "api", target: at(two), change: "added", sessions: 0, effect: "kept" },
        { app: "web", target: at(two), change: "removed", sessions: 2, effect: "draining" },
      ],
      restart_needed: [{ ...nice, reason: "a priority cannot be raised while the program runs" }],
      nothing: false,
    });
    assert.equal((await planOf(proxy, planText({ apps: [app] }))).nothing, true);
    const wrong = await validateText(proxy, "apps: 5");
    assert.deepEqual([wrong.valid, wrong.plan, wrong.diagnostics.length > 0], [false, null, true]);
    // Nothing happened.
    const status = await proxy.status();
    assert.deepEqual([status.revision, status.apps.map(({ name }) => name)], [1, ["web"]]);
    for (const client of clients) assert.equal(await client.ask("still"), "still");
  } finally {
    for (const client of clients) client[Symbol.dispose]();
  }
});

Deno.test("sessions that drain leave the count of those that do now, and the receipt stays as it was", async () => {
  await using one = echoTarget();
  await using two = echoTarget();
  const app = { name: "web", ports: [ANY_PORT], targets: [at(one), at(two)], drain_timeout: "10m" };
  await using proxy = await Proxy.start(JSON.parse(planText({ apps: [app] })));
  const clients = await clientsOf(proxy, "web", 4);
  const { number, receipt, draining_now } = await rolledOut(
    proxy,
    planText({ apps: [{ ...app, targets: [at(one)] }] }),
  );
  assert.deepEqual([receipt?.sessions, draining_now], [{ kept: 2, draining: 2, cut: 0 }, 2]);
  for (const client of clients) client[Symbol.dispose]();
  await eventually("the last to end", async () => (await rolloutOf(proxy, number)).draining_now === 0);
  assert.deepEqual((await rolloutOf(proxy, number)).receipt?.sessions, { kept: 2, draining: 2, cut: 0 });
});

Deno.test("in mode http connections between requests are kept when a target goes, and those in a request drain", async () => {
  const gate = Promise.withResolvers<void>();
  const started = Promise.withResolvers<void>();
  await using slow = new HttpTarget(async () => {
    started.resolve();
    await gate.promise;
    return answerText(200, "slow");
  });
  await using fast = new HttpTarget(() => answerText(200, "fast"));
  const url = ({ address: { ip, port } }: HttpTarget): string => `http://${ip}:${port}`;
  const app = (targets: string[]): AppInput => ({
    name: "api",
    mode: "http",
    ports: [ANY_PORT],
    targets,
    strategy: "round_robin",
  });
  await using proxy = await Proxy.start(JSON.parse(planText({ apps: [app([url(fast), url(slow)])] })));
  using idle = await HttpClient.to(await proxy.port("api"));
  assert.equal((await idle.get()).status, 200);
  using busy = await HttpClient.to(await proxy.port("api"));
  const answer = busy.get();
  await started.promise;
  const text = planText({ apps: [app([url(fast)])] });
  const plan = await planOf(proxy, text);
  assert.deepEqual(plan.sessions, { kept: 1, draining: 1, cut: 0 });
  assert.deepEqual((await rolledOut(proxy, text)).receipt?.sessions, plan.sessions);
  gate.resolve();
  assert.equal((await answer).status, 200);
});

Deno.test("a plan for a config of 8 MiB is made while sessions go on", async () => {
  await using target = echoTarget();
  const small = { name: "web", ports: [ANY_PORT], targets: [at(target)] };
  await using proxy = await Proxy.start(JSON.parse(planText({ apps: [small] })));
  const [client] = await clientsOf(proxy, "web", 1);
  assert.ok(client !== undefined);
  using _ = client;
  const targets = Array.from({ length: 1_100 }, (_, index) => `127.0.0.1:${20_000 + index}`);
  const apps = planText({ apps: [small, { name: "large", ports: [ANY_PORT], targets }] });
  // What a text costs by its size: its apps cost as many as they are.
  const text = `${apps}\n${`# ${"x".repeat(997)}\n`.repeat(8_300)}`;
  assert.ok(text.length > 7.9 * 1024 * 1024 && text.length <= 8 * 1024 * 1024, String(text.length));
  const plan = await planOf(proxy, text);
  assert.deepEqual([plan.targets.length, plan.listeners.opened.length], [1_100, 1]);
  assert.equal(await client.ask("still"), "still");
  const { receipt, changes_left_out } = await rolledOut(proxy, text);
  assert.deepEqual(receipt?.sessions, plan.sessions);
  assert.equal(changes_left_out, 1_101 - 1_000);
});
