import assert from "node:assert/strict";
import { runProgram } from "../../../src/cli/program.ts";
import type { ConfigInput } from "../../../src/model/config.ts";
import { Churn } from "../../kit/churn.ts";
import { askOnce, Client } from "../../kit/client.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { HttpClient } from "../../kit/http_client.ts";
import { answerText, HttpTarget } from "../../kit/http_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";
import type { TcpServer } from "../../kit/tcp_server.ts";
import { within } from "../../kit/within.ts";
import { CapturedIo } from "../../unit/cli/captured_io.ts";

type TargetInput = ConfigInput["apps"][number]["targets"][number];

function at(target: TcpServer): string {
  return `127.0.0.1:${target.port}`;
}

function web(targets: TargetInput[], changes: Partial<ConfigInput> = {}): ConfigInput {
  return { apps: [{ name: "web", ports: [ANY_PORT], targets }], ...changes };
}

interface CommandResult {
  readonly code: number;
  readonly io: CapturedIo;
}

/** A command on the proxy's admin server. */
async function operate(
  proxy: Proxy,
  args: readonly string[],
  io: CapturedIo = new CapturedIo(),
): Promise<CommandResult> {
  const code = await runProgram([...args, "--admin", proxy.adminUrl.replace("http://", "")], io);
  Deno.exitCode = 0;
  return { code, io };
}

/** So many connections more, and those that were under way before. */
async function servedMore(churn: Churn, count: number): Promise<void> {
  const before = churn.served;
  await eventually(`${count} more connections`, () => churn.served >= before + count);
}

Deno.test("a drain under load fails no connection, nothing new goes there, and a reload keeps it", async () => {
  await using a = echoTarget();
  await using b = echoTarget();
  await using proxy = await Proxy.start(web([at(a), at(b)]));
  const port = await proxy.port("web");
  // Of two sessions one is at each target.
  using one = await Client.to(port);
  using two = await Client.to(port);
  for (const client of [one, two]) assert.equal(await client.ask("?"), "?");
  const churn = new Churn(port, 8);
  await servedMore(churn, 100);
  const { code, io } = await operate(proxy, ["drain", "web", at(a), "--for", "1h", "--reason", "kernel"]);
  assert.deepEqual([code, io.err], [0, ""]);
  assert.match(io.out, /^web 127\.0\.0\.1:\d+ is drained until \S+Z, \d+ sessions? open\n$/);
  // What was picked before the drain may still be on its way.
  await servedMore(churn, 30);
  const { accepted } = a;
  await servedMore(churn, 300);
  assert.equal(a.accepted, accepted);
  await proxy.rollOut(web([{ address: at(a), weight: 9 }, at(b)]));
  await servedMore(churn, 300);
  assert.equal(a.accepted, accepted);
  const [drained, other] = (await proxy.app("web")).targets;
  assert.deepEqual([drained?.admin, drained?.override?.state?.reason, drained?.weight], [
    "drain",
    "kernel",
    9,
  ]);
  assert.equal(other?.override, null);
  assert.equal((await proxy.app("web")).state, "ready");
  for (const client of [one, two]) assert.equal(await client.ask("!"), "!");
  assert.equal((await operate(proxy, ["undrain", "web", at(a)])).code, 0);
  await eventually("sessions at the target again", () => a.accepted > accepted);
  const { served, failures } = await churn.stop();
  assert.deepEqual(failures, []);
  assert.ok(served > 700);
});

Deno.test("a drain ends by itself, and its end is in the log", async () => {
  await using a = echoTarget({ prefix: "a:" });
  await using b = echoTarget({ prefix: "b:" });
  await using proxy = await Proxy.start(web([at(a), at(b)]));
  const port = await proxy.port("web");
  assert.equal((await operate(proxy, ["drain", "web", at(a), "--for", "5s"])).code, 0);
  for (let n = 0; n < 4; n++) assert.equal(await askOnce(port, "?"), "b:?");
  await eventually("its end", () => proxy.logged("override of target ended").length === 1);
  const replies = [await askOnce(port, "?"), await askOnce(port, "?")];
  assert.deepEqual(replies.sort(), ["a:?", "b:?"]);
});

Deno.test("--wait returns when the last session has ended, with 1 when its time is over before", async () => {
  await using a = echoTarget();
  await using proxy = await Proxy.start(web([at(a)]));
  using client = await Client.to(await proxy.port("web"));
  assert.equal(await client.ask("?"), "?");
  const late = await operate(proxy, ["drain", "web", "127.0.0.1", "--wait", "--timeout", "500ms"]);
  assert.equal(late.code, 1);
  assert.match(late.io.err, /warning: app web has no target left that takes sessions\n/);
  assert.match(late.io.err, /still has 1 session open after 500ms; it stays drained\n$/);
  assert.equal((await proxy.app("web")).targets[0]?.admin, "drain");
  const io = new CapturedIo();
  const waiting = operate(proxy, ["maint", "web", at(a), "--wait"], io);
  await eventually("the wait", () => io.err.includes("1 session open\n"));
  assert.equal(await client.ask("!"), "!");
  client[Symbol.dispose]();
  assert.equal((await within("the end of the wait", waiting)).code, 0);
  assert.match(io.out, /has no session any more\n$/);
});

Deno.test("a drain that is taken back meanwhile ends the wait with 1", async () => {
  await using a = echoTarget();
  await using proxy = await Proxy.start(web([at(a)]));
  using client = await Client.to(await proxy.port("web"));
  assert.equal(await client.ask("?"), "?");
  const io = new CapturedIo();
  const waiting = operate(proxy, ["drain", "web", at(a), "--wait"], io);
  await eventually("the wait", () => io.err.includes("1 session open\n"));
  const answer = await fetch(
    `${proxy.adminUrl}/api/v1/apps/web/targets/${encodeURIComponent(at(a))}/override`,
    { method: "DELETE" },
  );
  await answer.body?.cancel();
  assert.equal((await within("the end of the wait", waiting)).code, 1);
  assert.match(io.err, /ended before its last session did: 1 session open\n$/);
});

Deno.test("killed and started again with state_dir: what was drained stays drained from the first session on", async () => {
  await using a = echoTarget({ prefix: "a:" });
  await using b = echoTarget({ prefix: "b:" });
  const directory = await Deno.makeTempDir({ prefix: "fproxy_test_" });
  try {
    const config = web([at(a), at(b)], { state_dir: `${directory}/state` });
    {
      await using killed = await Proxy.start(config);
      assert.equal((await operate(killed, ["drain", "web", at(a), "--by", "ann"])).code, 0);
      killed.program.kill("SIGKILL");
      await killed.program.result();
    }
    await using proxy = await Proxy.start(config);
    const port = await proxy.port("web");
    for (let n = 0; n < 6; n++) assert.equal(await askOnce(port, "?"), "b:?");
    assert.equal((await proxy.app("web")).targets[0]?.override?.state?.by, "ann");
    const { io } = await operate(proxy, ["targets", "web"]);
    assert.match(io.out, /weight 1 +unknown +drain 1, takes none +0 +drain by ann\n/);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("a weight at runtime shares sessions exactly, and a target that went and came back keeps it", async () => {
  await using a = echoTarget({ prefix: "a:" });
  await using b = echoTarget({ prefix: "b:" });
  const both = web([{ address: at(a), weight: 2 }, { address: at(b), weight: 2 }]);
  await using proxy = await Proxy.start(both);
  const port = await proxy.port("web");
  const shares = async (): Promise<number> => {
    const replies = await Promise.all(Array.from({ length: 40 }, () => askOnce(port, "?")));
    return replies.filter((reply) => reply === "a:?").length;
  };
  assert.equal(await shares(), 20);
  const { io } = await operate(proxy, ["weight", "web", at(a), "50%"]);
  assert.match(io.out, /has weight 1; configured is 2\n$/);
  // 1 : 2; a period is 3 sessions.
  const third = await shares();
  assert.ok(third === 13 || third === 14, String(third));
  await proxy.rollOut(web([at(b)]));
  await proxy.rollOut(both);
  assert.equal((await proxy.app("web")).targets[0]?.effective_weight, 1);
  assert.match(
    (await operate(proxy, ["weight", "web", at(a), "reset"])).io.out,
    /has weight 2; configured is 2\n$/,
  );
  assert.equal(await shares(), 20);
});

Deno.test("what cannot be done is told in a line, exit code 1", async () => {
  await using a = echoTarget();
  await using b = echoTarget();
  await using proxy = await Proxy.start({
    ...web([at(a), at(b)]),
    admin: { listen: ANY_PORT, token: "secret" },
  });
  const told = async (...args: string[]): Promise<string> => {
    const { code, io } = await operate(proxy, args);
    assert.deepEqual([code, io.out], [1, ""]);
    return io.err;
  };
  assert.match(await told("drain", "web", at(a)), /^drain: admin server \S+ asks for a token: give --token/);
  assert.match(await told("drain", "web", at(a), "--token", "x"), /does not take this token\n$/);
  const token = ["--token", "secret"];
  assert.match(await told("drain", "wbe", at(a), ...token), /no app wbe \(did you mean web\?\)\n$/);
  const list = `\n  ${at(a)}\n  ${at(b)}\n`;
  assert.ok((await told("drain", "web", "127.", ...token)).endsWith(`2 targets of app web:${list}`));
  assert.ok((await told("drain", "web", "10.", ...token)).endsWith(`no target 10.; it has:${list}`));
  const idle = await operate(proxy, ["drain", "web", at(a), "--timeout", "1s", ...token]);
  assert.deepEqual([idle.code, idle.io.err], [
    0,
    "drain: --timeout does nothing: nothing is waited for without --wait\n",
  ]);
});

Deno.test("in mode http a drained endpoint gets no more requests, also of clients that stay connected", async () => {
  const named = (name: string): HttpTarget => new HttpTarget(() => answerText(200, name));
  await using a = named("a");
  await using b = named("b");
  const url = ({ address }: HttpTarget): string => `http://127.0.0.1:${address.port}/v1`;
  await using proxy = await Proxy.start({
    apps: [{ name: "web", mode: "http", ports: [ANY_PORT], targets: [url(a), url(b)] }],
  });
  using client = await HttpClient.to(await proxy.port("web"));
  const ask = async (): Promise<readonly [number, string]> => {
    const { status, body } = await client.get();
    return [status, body];
  };
  // `first` is the strategy of mode http.
  assert.deepEqual(await ask(), [200, "a"]);
  const drained = await operate(proxy, ["drain", "web", url(a).replace("http://", ""), "--wait"]);
  assert.equal(drained.code, 0);
  for (let n = 0; n < 5; n++) assert.deepEqual(await ask(), [200, "b"]);
  const last = await operate(proxy, ["maint", "web", url(b)]);
  assert.match(last.io.err, /no target left/);
  assert.equal((await ask())[0], 503);
  assert.deepEqual([a.requests.length, b.requests.length], [1, 5]);
  assert.match(
    (await operate(proxy, ["weight", "web", url(a), "7"])).io.err,
    /strategy first looks at no weights/,
  );
  const undrained = await operate(proxy, ["undrain", "web", url(a)]);
  assert.match(undrained.io.out, /is no longer drained; its weight is still overridden: 7\n$/);
  assert.deepEqual(await ask(), [200, "a"]);
});
