import assert from "node:assert/strict";
import { eventually } from "../../kit/eventually.ts";
import { HttpClient } from "../../kit/http_client.ts";
import { answerText, HttpTarget } from "../../kit/http_target.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";

/** Clients that are let in, in each of these tests. */
const MOST = 3;

for (const engine of ["epoll", "deno"] as const) {
  Deno.test(`HTTP on ${engine}: max_connections of an app answers further clients with 503, until one leaves`, async () => {
    await using target = new HttpTarget(() => answerText(200, "answer"));
    await using proxy = await Proxy.start({
      engine,
      apps: [{ ...appBefore(target), max_connections: MOST }],
    });
    const port = await proxy.port("web");
    const clients = await connect(port);
    try {
      using more = await HttpClient.to(port);
      const { status, fields } = await more.answer();
      assert.deepEqual([status, fields.get("connection")], [503, "close"]);
      assert.equal(await more.receive(), null, "the connection is closed");
      assert.equal(target.requests.length, MOST);
      for (const client of clients) assert.equal((await client.get()).body, "answer");
      clients.pop()?.[Symbol.dispose]();
      await eventually("room for one more", async () => {
        using next = await HttpClient.to(port);
        return (await next.get()).status === 200;
      });
      assert.ok(((await proxy.app("web")).counters.connections_closed_total["limit"] ?? 0) >= 1);
    } finally {
      for (const client of clients) client[Symbol.dispose]();
    }
  });

  Deno.test(`HTTP on ${engine}: max_connections of the whole process has further clients wait, as for TCP`, async () => {
    await using target = new HttpTarget(() => answerText(200, "answer"));
    await using proxy = await Proxy.start({
      engine,
      workers: 1,
      max_connections: MOST,
      apps: [appBefore(target)],
    });
    const port = await proxy.port("web");
    const clients = await connect(port);
    try {
      using waiting = await HttpClient.to(port);
      await waiting.send("GET /waited HTTP/1.1\r\nHost: web.test\r\n\r\n");
      await proxy.program.line(/connection cap reached/);
      assert.equal((await proxy.status()).connections.active, MOST);
      assert.equal(target.requests.length, MOST);
      clients.pop()?.[Symbol.dispose]();
      assert.equal((await waiting.answer()).status, 200);
      assert.equal(target.requests.at(-1)?.target, "/waited");
    } finally {
      for (const client of clients) client[Symbol.dispose]();
    }
  });
}

interface App {
  readonly name: string;
  readonly mode: "http";
  readonly ports: string[];
  readonly targets: string[];
}

function appBefore({ address: { port } }: HttpTarget): App {
  return { name: "web", mode: "http", ports: [ANY_PORT], targets: [`127.0.0.1:${port}`] };
}

/** As many clients as are let in, each of which was answered once and stays. */
async function connect(port: number): Promise<HttpClient[]> {
  const clients: HttpClient[] = [];
  while (clients.length < MOST) {
    const client = await HttpClient.to(port);
    clients.push(client);
    assert.equal((await client.get()).body, "answer");
  }
  return clients;
}
