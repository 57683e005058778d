import assert from "node:assert/strict";
import type { EngineName } from "../../../src/engine/engine.ts";
import type { ConfigInput } from "../../../src/model/config.ts";
import { eventually } from "../../kit/eventually.ts";
import { HttpClient } from "../../kit/http_client.ts";
import { LaunchedProgram } from "../../kit/launched_program.ts";
import { say, testWith } from "../../kit/programs.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";
import { Server } from "../../kit/servers.ts";
import { within } from "../../kit/within.ts";

/** A rollout loses no request, in HTTP mode. `FPROXY_TEST_FULL=1` makes it 100 rewrites on each engine. */
const REWRITES = Deno.env.get("FPROXY_TEST_FULL") === "1" ? 100 : 40;

type AppInput = ConfigInput["apps"][number];

/** The app under load, of which everything changes that may, and others that come and go. */
function config(engine: EngineName, change: number, one: string, two: string): ConfigInput {
  const targets = [
    [`http://${one}`, `http://${two}/base`],
    [`http://${two}/base`],
    [{ address: `http://${one}`, weight: change % 9 + 1 }, `http://${two}`],
    [`http://${one}/other`, `http://${one}`],
  ];
  const web: AppInput = {
    name: "web",
    mode: "http",
    ports: [ANY_PORT],
    targets: targets[change % targets.length] ?? [],
    strategy: change % 3 === 0 ? "round_robin" : "first",
    max_connections: 1_000 + change,
    http: {
      dispatch: (["sequential", "fanout", "hedged"] as const)[change % 5 % 3] ?? "sequential",
      hedge_after: "5ms",
      pool: { max_idle: change % 4 === 3 ? 0 : 32 },
      max_headers: 50 + change,
      forwarded: change % 2 === 0 ? "replace" : "append",
      preserve_host: change % 7 === 0,
      request_timeout: `${change + 60}s`,
    },
  };
  const others = [0, 1].filter((n) => (change >> n & 1) === 1).map((n): AppInput => ({
    name: `other-${n}`,
    mode: change % 3 === 0 ? "tcp" : "http",
    ports: [ANY_PORT],
    targets: [one],
  }));
  return { engine, apps: [...others, web] };
}

/** Asks over a connection for each request, and closes it; every other request has a body. */
class ClosingClient {
  asked = 0;
  #isOver = false;
  readonly #running: Promise<void>;

  constructor(private readonly port: number) {
    this.#running = this.#run();
    this.#running.catch(() => {});
  }

  /** @throws when a request failed. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await within("the last answer", this.#running);
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      using client = await HttpClient.to(this.port);
      const isPost = this.asked % 2 === 0;
      if (isPost) await client.send("POST / HTTP/1.1\r\nHost: web.test\r\nContent-Length: 5\r\n\r\nhello");
      const { status, body } = isPost ? await client.answer() : await client.get();
      assert.deepEqual([status, body], [200, "hello\n"]);
      this.asked++;
    }
  }
}

for (const engine of ["epoll", "deno"] as const) {
  testWith(
    ["nginx", "wrk"],
    `HTTP on ${engine}: clients that keep connections, and clients that close them, while the config is rewritten`,
    async () => {
      await using one = await Server.nginx();
      await using two = await Server.nginx();
      const at = (change: number): ConfigInput => config(engine, change, one.address, two.address);
      await using proxy = await Proxy.start(at(0));
      const port = await proxy.port("web");
      const wrk = (header: string): LaunchedProgram => {
        const args = ["-t1", "-c16", "-d120s", "--timeout", "30s", "-H", header, `http://127.0.0.1:${port}/`];
        return new LaunchedProgram({ command: "wrk", args });
      };
      await using keeping = wrk("X-None: 1");
      await using closing = wrk("Connection: close");
      const client = new ClosingClient(port);
      try {
        await eventually("the load", () => client.asked > 10);
        for (let change = 1; change <= REWRITES; change++) await proxy.rollOut(at(change));
      } finally {
        await client.stop();
      }
      // wrk ends early on SIGINT, and reports as usual.
      const reports: string[] = [];
      for (const program of [keeping, closing]) {
        program.kill("SIGINT");
        reports.push((await program.result()).stdout);
      }
      const requests = reports.map((report) => Number(/(\d+) requests in/.exec(report)?.[1]));
      say(`${engine}, ${REWRITES} rewrites: ${[...requests, client.asked].join(", ")} requests, none failed`);
      for (const report of reports) assert.doesNotMatch(report, /Socket errors|Non-2xx/, report);
      assert.ok([...requests, client.asked].every((count) => count > 100), requests.join());
      const { revision, threads } = await proxy.status();
      assert.equal(revision, 1 + REWRITES);
      assert.ok(threads.every(({ restarts }) => restarts === 0));
      const { counters } = await proxy.app("web");
      const { done = 0, client_abort = 0, drain = 0, ...failed } = counters.connections_closed_total;
      assert.deepEqual([failed, drain], [{}, 0]);
      // What wrk has open when its time is up it simply drops.
      assert.ok(done > 0 && client_abort <= 32, `${client_abort}`);
    },
  );
}
