import assert from "node:assert/strict";
import type { EngineName } from "../../../src/engine/engine.ts";
import type { ConfigInput } from "../../../src/model/config.ts";
import { isRefused } from "../../kit/client.ts";
import { DnsServer, TYPE_A } from "../../kit/dns_server.ts";
import { eventually } from "../../kit/eventually.ts";
import { HttpClient } from "../../kit/http_client.ts";
import { answerText, HttpTarget } from "../../kit/http_target.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";
import { freePort } from "../../kit/servers.ts";
import { writeAll } from "../../kit/tcp_server.ts";
import { get } from "./setup.ts";
import { type AppInput, httpApp } from "./tls_setup.ts";

/** Requests that are under way when the config changes or the program is told to stop; and where requests go. */

function test(name: string, run: (engine: EngineName) => Promise<void>): void {
  for (const engine of ["epoll", "deno"] as const) Deno.test(`HTTP on ${engine}: ${name}`, () => run(engine));
}

function at({ address: { ip, port } }: HttpTarget): string {
  return ip.includes(":") ? `[${ip}]:${port}` : `${ip}:${port}`;
}

/** An endpoint that is slow where the path asks for it, until it is told to go on. */
class SlowTarget implements AsyncDisposable {
  readonly server: HttpTarget;
  readonly #go = Promise.withResolvers<void>();

  constructor() {
    this.server = new HttpTarget(async ({ target, connection }) => {
      if (target === "/fast") return answerText(200, "fast");
      if (target === "/slow") {
        await this.#go.promise;
        return answerText(200, "slow");
      }
      const head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n";
      await writeAll(connection, new TextEncoder().encode(head));
      await this.#go.promise;
      return "6\r\nsecond\r\n0\r\n\r\n";
    });
  }

  /** Lets everything that waits be answered. */
  goOn(): void {
    this.#go.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.goOn();
    return this.server[Symbol.asyncDispose]();
  }
}

/** Three clients of an app: one waits for an answer, one is within an answer, one is idle. */
class Clients implements Disposable {
  private constructor(
    readonly waiting: HttpClient,
    readonly reading: HttpClient,
    readonly idle: HttpClient,
  ) {}

  static async to(port: number, { server }: SlowTarget): Promise<Clients> {
    const clients = new Clients(
      await HttpClient.to(port),
      await HttpClient.to(port),
      await HttpClient.to(port),
    );
    assert.equal((await clients.idle.get("/fast")).body, "fast");
    await clients.waiting.send("GET /slow HTTP/1.1\r\nHost: web.test\r\n\r\n");
    await eventually("the slow request", () => server.requests.length === 2);
    await clients.reading.send("GET /stream HTTP/1.1\r\nHost: web.test\r\n\r\n");
    assert.match(await clients.reading.receive() ?? "", /^HTTP\/1\.1 200 OK\r\n/);
    return clients;
  }

  /** Everything that was begun comes to its end, and then the connections do. */
  async assertEnd(): Promise<void> {
    const { status, body, fields } = await this.waiting.answer();
    assert.deepEqual([status, body, fields.get("connection")], [200, "slow", "close"]);
    assert.equal(await this.waiting.receive(), null);
    assert.match(await this.reading.all(), /6\r\nsecond\r\n0\r\n\r\n$/);
    // Closed as clients do: the proxy would wait a moment for them.
    this[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    for (const client of [this.waiting, this.reading, this.idle]) client[Symbol.dispose]();
  }
}

test("what is under way when its app is removed ends whole, and says that the connection ends", async (engine) => {
  await using target = new SlowTarget();
  const keep = httpApp("keep", [at(target.server)]);
  await using proxy = await Proxy.start({ engine, apps: [keep, httpApp("leave", [at(target.server)])] });
  const port = await proxy.port("leave");
  using clients = await Clients.to(port, target);
  await proxy.rollOut({ engine, apps: [keep] });
  assert.equal((await proxy.app("leave")).state, "draining");
  assert.equal(await clients.idle.receive(), null, "an idle connection is closed soon");
  await eventually("new clients to be refused", () => isRefused(port));
  target.goOn();
  await clients.assertEnd();
  await eventually("the app to be gone", async () => (await proxy.status()).apps.length === 1);
  assert.equal((await get(`http://127.0.0.1:${await proxy.port("keep")}/fast`)).body, "fast");
});

test("what is under way when its endpoint, or HTTP mode itself, is removed ends whole", async (engine) => {
  await using target = new SlowTarget();
  await using other = new HttpTarget(() => answerText(200, "other"));
  const port = freePort();
  const web = (...targets: string[]): AppInput => httpApp("web", targets, { ports: [`127.0.0.1:${port}`] });
  await using proxy = await Proxy.start({ engine, apps: [web(at(target.server))] });
  using clients = await Clients.to(port, target);
  await proxy.rollOut({ engine, apps: [web(at(other))] });
  assert.equal((await clients.idle.get("/fast")).body, "other", "an idle connection goes on");
  const { http: _, ...tcp } = web(at(other));
  await proxy.rollOut({ engine, apps: [{ ...tcp, mode: "tcp" }] });
  const via = async (): Promise<string | undefined> => {
    using client = await HttpClient.to(port);
    assert.equal((await client.get("/fast")).body, "other");
    return other.requests.at(-1)?.fields.get("via");
  };
  assert.equal(await via(), undefined, "it is TCP now");
  target.goOn();
  await clients.assertEnd();
  await proxy.rollOut({ engine, apps: [web(at(other))] });
  assert.equal(await via(), "1.1 fproxy");
});

test("SIGTERM lets slow answers come to their end, and exits with 0", async (engine) => {
  await using target = new SlowTarget();
  await using proxy = await Proxy.start({ engine, apps: [httpApp("web", [at(target.server)])] });
  const port = await proxy.port("web");
  using clients = await Clients.to(port, target);
  proxy.program.kill("SIGTERM");
  await proxy.program.line(/draining/);
  assert.equal(await clients.idle.receive(), null, "an idle connection is closed soon");
  await eventually("new clients to be refused", () => isRefused(port));
  target.goOn();
  await clients.assertEnd();
  const { code, signal } = await proxy.program.result();
  assert.deepEqual([code, signal], [0, null]);
});

test("SIGTERM cuts what is not over within drain_timeout, and exits with 0", async (engine) => {
  await using target = new SlowTarget();
  const app = httpApp("web", [at(target.server)], { drain_timeout: "1s" });
  await using proxy = await Proxy.start({ engine, apps: [app] });
  using clients = await Clients.to(await proxy.port("web"), target);
  proxy.program.kill("SIGTERM");
  const [waiting, reading] = await Promise.all([clients.waiting.all(), clients.reading.all()]);
  assert.doesNotMatch(waiting, /slow/);
  assert.doesNotMatch(reading, /0\r\n\r\n$/, "what is cut off must not look whole");
  assert.equal((await proxy.program.result()).code, 0);
});

test("round_robin spreads requests exactly, over connections and data threads", async (engine) => {
  await using a = new HttpTarget(() => answerText(200, "a"));
  await using b = new HttpTarget(() => answerText(200, "b"));
  await using c = new HttpTarget(() => answerText(200, "c"));
  const app = httpApp("web", [at(a), at(b), at(c)], { strategy: "round_robin" });
  await using proxy = await Proxy.start({ engine, apps: [app] });
  const port = await proxy.port("web");
  using one = await HttpClient.to(port);
  using two = await HttpClient.to(port);
  for (let i = 0; i < 10; i++) {
    await one.get();
    await two.get();
    using other = await HttpClient.to(port);
    await other.get();
  }
  assert.deepEqual([a, b, c].map(({ requests }) => requests.length), [10, 10, 10]);
});

test("endpoints by name and of IPv6, and a listener of IPv6", async (engine) => {
  await using a = new HttpTarget(({ target }) => answerText(200, `a ${target}`));
  await using b = new HttpTarget(({ target }) => answerText(200, `b ${target}`), { ip: "::1" });
  // Nobody listens on the first address.
  const records = [[127, 0, 0, 77], [127, 0, 0, 1]];
  await using dns = new DnsServer({ [TYPE_A]: { ttl: 300, records } });
  const port = a.address.port;
  const config: ConfigInput = {
    engine,
    dns: { servers: [dns.address] },
    apps: [
      httpApp("named", [`http://API.test.:${port}/base/`], { ports: [ANY_PORT, "[::1]:0"] }),
      httpApp("six", [`http://${at(b)}/base`], { ports: ["[::1]:0"] }),
    ],
  };
  await using proxy = await Proxy.start(config);
  const [four, six] = [await proxy.port("named"), await proxy.port("named", 1)];
  for (const url of [`http://127.0.0.1:${four}/x?y`, `http://[::1]:${six}/x?y`]) {
    assert.deepEqual(await get(url), { status: 200, body: "a /base/x?y" });
  }
  assert.match(a.requests[0]?.fields.get("host") ?? "", new RegExp(`^api\\.test\\.?:${port}$`));
  assert.equal(a.requests[1]?.fields.get("x-forwarded-for"), "::1");
  assert.match(a.requests[1]?.fields.get("forwarded") ?? "", /for="\[::1\]"/);
  const onlySix = `http://[::1]:${await proxy.port("six")}/x`;
  assert.deepEqual(await get(onlySix), { status: 200, body: "b /base/x" });
  assert.equal(b.requests[0]?.fields.get("host"), at(b));
  assert.equal(b.requests[0]?.fields.get("x-forwarded-host"), new URL(onlySix).host);
});
