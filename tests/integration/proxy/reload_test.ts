import assert from "node:assert/strict";
import type { ConfigInput } from "../../../src/model/config.ts";
import { Churn } from "../../kit/churn.ts";
import { Client } from "../../kit/client.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { LaunchedProgram } from "../../kit/launched_program.ts";
import { say, testWith } from "../../kit/programs.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";
import { Server } from "../../kit/servers.ts";

/**
 * A rollout loses nothing: the promise of the design, under load. `FPROXY_TEST_FULL=1` runs the full length, 200
 * rewrites and 30,000 connections in each of its tests; without it they are shorter.
 */
const IS_FULL = Deno.env.get("FPROXY_TEST_FULL") === "1";

type AppInput = ConfigInput["apps"][number];

const BROKEN: readonly string[] = ["apps: [", "apps:\n  - nmae: x\n", '{"apps": 7}', "\u0000", ""];

/** Rewrites the config so many times; each is in force, or was refused, before the next. Every tenth is broken. */
async function rewrite(proxy: Proxy, times: number, config: (change: number) => ConfigInput): Promise<void> {
  for (let change = 1; change <= times; change++) {
    if (change % 10 === 5) {
      const before = proxy.logged("config refused, the running one stays").length;
      await proxy.write(BROKEN[(change / 5 | 0) % BROKEN.length] ?? "");
      await eventually(
        "the refusal",
        () => proxy.logged("config refused, the running one stays").length > before,
      );
    } else {
      await proxy.rollOut(config(change));
    }
  }
}

/** The app under load, and others that come, go and change beside it. */
function around(web: AppInput, change: number, target: string): ConfigInput {
  const others = [0, 1, 2, 3].filter((n) => (change >> n & 1) === 1).map((n): AppInput => ({
    name: `other-${n}`,
    ports: change % 3 === 0 ? [ANY_PORT] : [ANY_PORT, ANY_PORT],
    targets: [target, `127.0.0.1:${n + 1}`],
    idle_timeout: `${change + 10}s`,
  }));
  return { apps: [...others, web] };
}

testWith(
  ["nginx", "wrk"],
  "wrk, keep-alive and closing, while the config is rewritten: no request fails",
  async () => {
    const rewrites = IS_FULL ? 200 : 40;
    await using one = await Server.nginx();
    await using two = await Server.nginx();
    const config = (change: number): ConfigInput => {
      const targets = [[one.address], [two.address], [two.address, {
        address: one.address,
        weight: change % 9 + 1,
      }]];
      const web: AppInput = {
        name: "web",
        ports: [ANY_PORT],
        targets: targets[change % 3] ?? [],
        // Busy sessions of a target that was swapped out may run to the end of the test.
        drain_timeout: "20d",
        idle_timeout: `${change + 60}s`,
      };
      return around(web, change, one.address);
    };
    await using proxy = await Proxy.start(config(0));
    const url = `http://127.0.0.1:${await proxy.port("web")}/`;
    const wrk = (header: string): LaunchedProgram =>
      new LaunchedProgram({
        command: "wrk",
        args: ["-t1", "-c16", "-d120s", "--timeout", "30s", "-H", header, url],
      });
    await using keeping = wrk("X-None: 1");
    await using closing = wrk("Connection: close");
    await eventually("the load", async () => (await proxy.app("web")).counters.connections_total > 100);
    await rewrite(proxy, rewrites, config);
    // wrk ends early on SIGINT, and reports as usual.
    const reports: string[] = [];
    for (const program of [keeping, closing]) {
      program.kill("SIGINT");
      reports.push((await program.result()).stdout);
    }
    const requests = reports.map((report) => Number(/(\d+) requests in/.exec(report)?.[1]));
    say(
      `${rewrites} rewrites: ${requests[0]} requests on kept, ${
        requests[1]
      } on closed connections, none failed`,
    );
    for (const report of reports) assert.doesNotMatch(report, /Socket errors|Non-2xx/, report);
    assert.ok(requests.every((count) => count > 1_000), requests.join(" "));
    const { revision, threads } = await proxy.status();
    assert.equal(revision, 1 + rewrites - Math.floor((rewrites + 5) / 10));
    assert.ok(threads.every((thread) => thread.restarts === 0));
    const closed = (await proxy.app("web")).counters.connections_closed_total;
    for (const reason of ["connect_failed", "no_target", "resource", "internal", "limit", "drain"]) {
      assert.equal(closed[reason], undefined, reason);
    }
  },
);

for (const isDnsDown of [false, true]) {
  const name = isDnsDown
    ? "full churn while the config is reloaded and DNS is down"
    : "full churn while the config is reloaded";
  Deno.test(`${name}: no connection fails, sessions survive`, async () => {
    const connections = IS_FULL ? 31_000 : 4_000;
    await using one = echoTarget();
    await using two = echoTarget();
    const config = (change: number): ConfigInput => {
      const [a, b] = [`127.0.0.1:${one.port}`, `127.0.0.1:${two.port}`];
      const targets = change % 2 === 0 ? [a, b] : [a];
      const nameless = isDnsDown ? [`no-${change % 10 === 0 ? 1 : 0}.name.example:80`] : [];
      const web: AppInput = {
        name: "web",
        ports: [ANY_PORT],
        targets: [...targets, ...nameless],
        // Sessions of a target that comes and goes end spread over this time: none may within the test.
        drain_timeout: "20d",
        race_delay: `${change + 100}ms`,
      };
      const steady: AppInput = { name: "steady", ports: [ANY_PORT], targets: [b] };
      const { apps } = around(web, change, a);
      return { apps: [...apps, steady], dns: isDnsDown ? { servers: ["127.0.0.1:9"] } : {} };
    };
    await using proxy = await Proxy.start(config(0));
    const port = await proxy.port("web");
    const steadyPort = await proxy.port("steady");
    using sessions = new Sessions();
    await sessions.open(port, 10);
    await sessions.open(steadyPort, 10);
    const churn = new Churn(port, 16);
    let reloads = 0;
    while (churn.served < connections || reloads < 20) {
      await rewrite(proxy, 10, (change) => config(reloads + change));
      reloads += 10;
      await sessions.check();
    }
    const { served, failures } = await churn.stop();
    say(
      `${served} connections over ${reloads} rewrites${
        isDnsDown ? ", DNS down" : ""
      }: ${failures.length} failed`,
    );
    assert.deepEqual(failures, []);
    await sessions.check();
    assert.ok((await proxy.status()).threads.every((thread) => thread.restarts === 0));
  });
}

/** Sessions that are open all the time. */
class Sessions implements Disposable {
  readonly #clients: Client[] = [];
  #asked = 0;

  async open(port: number, count: number): Promise<void> {
    for (let i = 0; i < count; i++) this.#clients.push(await Client.to(port));
    await this.check();
  }

  /** @throws {AssertionError} when one does not answer any more. */
  async check(): Promise<void> {
    const text = `${this.#asked++}`;
    for (const client of this.#clients) assert.equal(await client.ask(text), text);
  }

  [Symbol.dispose](): void {
    for (const client of this.#clients) client[Symbol.dispose]();
  }
}
