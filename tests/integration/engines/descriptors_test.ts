import assert from "node:assert/strict";
import { askOnce, Client } from "../../kit/client.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { fdCount } from "../../kit/fd_count.ts";
import { say, testWith } from "../../kit/programs.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";
import { freePort } from "../../kit/servers.ts";
import { TcpServer } from "../../kit/tcp_server.ts";

const LIMIT = 500;
const FAILED = "admin server cannot accept, trying again";
const RECOVERED = "admin server answers again";

/** An endpoint that takes requests and never answers. */
function silentTarget(): TcpServer {
  return new TcpServer(async (connection) => {
    const buffer = new Uint8Array(4096);
    while (await connection.read(buffer) !== null);
  });
}

/** Sets the soft limit of a running process. */
async function limitDescriptors(pid: number, limit: number): Promise<void> {
  const args = [`--pid=${pid}`, `--nofile=${limit}:`];
  assert.equal((await new Deno.Command("prlimit", { args }).output()).success, true);
}

for (const engine of ["deno", "epoll"] as const) {
  testWith(
    ["prlimit"],
    `a fan-out to ten silent endpoints under 500 descriptors meets the cap first; admin answers all the time, on ${engine}`,
    async () => {
      await using stack = new AsyncDisposableStack();
      const targets = Array.from({ length: 10 }, () => stack.use(silentTarget()));
      const proxy = stack.use(
        await Proxy.start({
          engine,
          apps: [{
            name: "web",
            mode: "http",
            ports: [ANY_PORT],
            targets: targets.map(({ port }) => `http://127.0.0.1:${port}`),
            half_close_timeout: "1s",
            http: { dispatch: "fanout", attempt_timeout: "10m", request_timeout: "10m" },
          }],
        }, { wrapper: ["prlimit", `--nofile=${LIMIT}:${LIMIT}`] }),
      );
      const port = await proxy.port("web");
      const { max } = (await proxy.status()).connections;
      const clients: Client[] = [];
      try {
        for (let i = 0; i < 60; i++) {
          const client = await Client.to(port);
          clients.push(client);
          await client.send("GET / HTTP/1.1\r\nHost: web.test\r\n\r\n");
        }
        await eventually("the cap", async () => (await proxy.status()).connections.active >= max);
        await eventually("all requests to be under way", () => targets.every(({ open }) => open >= max));
        say(`${engine}: cap ${max}, ${fdCount(proxy.pid)} of ${LIMIT} descriptors`);
        assert.ok(fdCount(proxy.pid) < LIMIT - 20, `${fdCount(proxy.pid)} descriptors`);
        for (let i = 0; i < 20; i++) assert.equal((await proxy.ask("/livez")).status, 200);
      } finally {
        for (const client of clients) client[Symbol.dispose]();
      }
      await eventually("the clients' end", async () => (await proxy.status()).connections.active === 0);
      assert.deepEqual(proxy.logged(FAILED), []);
      assert.deepEqual(proxy.logged("accepting connections failed, trying again"), []);
    },
  );

  testWith(
    ["prlimit"],
    `out of descriptors the admin server fails, says so once, and comes back, on ${engine}`,
    async () => {
      await using target = echoTarget();
      await using proxy = await Proxy.start({
        engine,
        apps: [{ name: "web", ports: [ANY_PORT], targets: [`127.0.0.1:${target.port}`] }],
      });
      using session = await Client.to(await proxy.port("web"));
      assert.equal(await session.ask("?"), "?");
      const admin = Number(new URL(proxy.adminUrl).port);
      await limitDescriptors(proxy.pid, 0);
      // Each of them is connected by the kernel, and cannot be accepted.
      const waiting = await Promise.all([1, 2, 3].map(() => Client.to(admin)));
      for (const client of waiting) await client.send("GET /livez HTTP/1.0\r\nHost: localhost\r\n\r\n");
      await eventually("the failure", () => proxy.logged(FAILED).length === 1);
      assert.equal(await session.ask("!"), "!");
      // What the program watches and opens meanwhile fails as well, and ends nothing.
      await proxy.write({ apps: [] });
      proxy.program.kill("SIGHUP");
      proxy.program.kill("SIGUSR1");
      await limitDescriptors(proxy.pid, 10_000);
      await eventually("the server", async () => (await proxy.ask("/livez")).status === 200);
      await eventually("the recovery", () => proxy.logged(RECOVERED).length === 1);
      assert.equal(proxy.logged(FAILED).length, 1);
      // Who waited meanwhile is answered.
      for (const client of waiting) {
        assert.match(await client.receive() ?? "", /^HTTP\/1\.1 200 OK\r\n/);
        client[Symbol.dispose]();
      }
      await eventually("the config", async () => (await proxy.status()).revision === 2);
    },
  );
}

testWith(
  ["prlimit"],
  "listen addresses that would take all descriptors fail by themselves, and the others are served",
  async () => {
    await using target = echoTarget();
    const targets = [`127.0.0.1:${target.port}`];
    const port = freePort();
    const ports = Array.from({ length: LIMIT }, (_, n) => `127.9.${n >> 8}.${n & 255}:${port}`);
    await using proxy = await Proxy.start({
      engine: "epoll",
      workers: 1,
      apps: [{ name: "web", ports: [ANY_PORT], targets }, { name: "many", ports, targets }],
    }, { wrapper: ["prlimit", `--nofile=${LIMIT}:${LIMIT}`] });
    const { listeners } = await proxy.app("many");
    const bound = listeners.filter((one) => one.bound).length;
    assert.ok(bound > 50 && bound < LIMIT / 2, `${bound} of ${LIMIT}`);
    assert.equal(await askOnce(await proxy.port("web")), "hello");
    assert.match(
      JSON.stringify(proxy.logged("listen address cannot be bound")[0]),
      /sockets listen already.*ulimit -n/,
    );
  },
);
