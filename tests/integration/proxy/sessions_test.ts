import assert from "node:assert/strict";
import { runProgram } from "../../../src/cli/program.ts";
import type { SessionsCut, SessionsPage } from "../../../src/control/admin/api/sessions.ts";
import { Client } from "../../kit/client.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { HttpClient } from "../../kit/http_client.ts";
import { answerText, HttpTarget } from "../../kit/http_target.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";
import { CapturedIo } from "../../unit/cli/captured_io.ts";

async function list(proxy: Proxy, query = ""): Promise<SessionsPage> {
  const response = await proxy.ask(`/api/v1/sessions${query}`);
  assert.equal(response.status, 200);
  return await response.json();
}

async function cut(proxy: Proxy, query: string): Promise<SessionsCut> {
  const response = await fetch(`${proxy.adminUrl}/api/v1/sessions${query}`, { method: "DELETE" });
  assert.equal(response.status, 200);
  return await response.json();
}

/** What the command says. */
async function sessionsCommand(proxy: Proxy, ...args: string[]): Promise<string> {
  const io = new CapturedIo();
  const code = await runProgram(["sessions", ...args, "--admin", new URL(proxy.adminUrl).host], io);
  Deno.exitCode = 0;
  assert.equal(code, 0, io.err);
  return io.out;
}

Deno.test("open sessions of all threads are listed page by page, and those of one target are cut", async () => {
  await using a = echoTarget();
  await using b = echoTarget();
  const targets = [`127.0.0.1:${a.port}`, `127.0.0.1:${b.port}`];
  await using proxy = await Proxy.start({ apps: [{ name: "web", ports: [ANY_PORT], targets }] });
  const port = await proxy.port("web");
  const clients = await Promise.all(Array.from({ length: 10 }, () => Client.to(port)));
  try {
    for (const client of clients) assert.equal(await client.ask("12345"), "12345");
    await eventually(
      "all bytes to be counted",
      async () =>
        (await list(proxy)).sessions.every(({ bytes_in, bytes_out }) => bytes_in === 5 && bytes_out === 5),
    );
    const seen: string[] = [];
    for (let query = "?limit=3"; query !== "";) {
      const page = await list(proxy, query);
      assert.deepEqual([page.total, page.threads_missing], [10, []]);
      seen.push(...page.sessions.map(({ client }) => client));
      query = page.next_cursor === null ? "" : `?limit=3&cursor=${page.next_cursor}`;
    }
    assert.deepEqual(seen.toSorted(), clients.map((client) => `127.0.0.1:${client.port}`).toSorted());
    const [first] = (await list(proxy, `?client=127.0.0.1:${clients[0]?.port}`)).sessions;
    assert.deepEqual([first?.app, first?.requests, first?.revision], ["web", null, 1]);

    const { cut: ended } = await cut(proxy, `?target=${targets[0]}`);
    assert.equal(ended, 5);
    await eventually("the others to be left", async () => {
      const { total, sessions } = await list(proxy);
      return total === 5 && sessions.every(({ target }) => target === targets[1]);
    });
    assert.equal((await proxy.app("web")).counters.connections_closed_total["admin"], 5);
    assert.equal(proxy.logged("an operator ended sessions").length, 1);

    const shown = await sessionsCommand(proxy, "web");
    assert.equal(shown.split("\n").filter((line) => line.includes(targets[1] ?? "")).length, 5);
    assert.equal(await sessionsCommand(proxy, "web", "--cut"), "5 sessions ended\n");
    assert.equal((await list(proxy)).total, 0);
  } finally {
    for (const client of clients) client[Symbol.dispose]();
  }
});

Deno.test("an HTTP connection is one session, whatever it asked; who names none cuts none", async () => {
  await using endpoint = new HttpTarget(() => answerText(200, "x"));
  const { ip, port: at } = endpoint.address;
  await using proxy = await Proxy.start({
    apps: [{ name: "api", mode: "http", ports: [ANY_PORT], targets: [`http://${ip}:${at}`] }],
  });
  using client = await HttpClient.to(await proxy.port("api"));
  for (let n = 0; n < 3; n++) assert.equal((await client.get()).status, 200);
  const { sessions: [one], total } = await list(proxy, "?app=api");
  assert.deepEqual([total, one?.requests, one?.target], [1, 3, null]);
  const refused = await fetch(`${proxy.adminUrl}/api/v1/sessions`, { method: "DELETE" });
  assert.equal(refused.status, 400);
  await refused.body?.cancel();
  assert.equal((await proxy.ask("/api/v1/sessions?cursor=x")).status, 400);
  assert.equal((await cut(proxy, `?id=${one?.id}`)).cut, 1);
  await eventually("it to be gone", async () => (await list(proxy)).total === 0);
});
