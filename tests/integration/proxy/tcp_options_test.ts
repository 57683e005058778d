import assert from "node:assert/strict";
import { unsupportedReason } from "../../../src/engine/mod.ts";
import type { ConfigInput } from "../../../src/model/config.ts";
import { Client } from "../../kit/client.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { answerText, HttpTarget } from "../../kit/http_target.ts";
import { has, testIf } from "../../kit/programs.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";
import { get } from "../http/setup.ts";

/** The socket options of `tcp`, seen as the kernel sees them: in the system calls of the real program. */

const OPTIONS = { defer_accept: "60s", fast_open: 16, send_buffer: "96KiB", receive_buffer: "48KiB" };
const BUFFERS = ["SOL_SOCKET, SO_SNDBUF, [98304]", "SOL_SOCKET, SO_RCVBUF, [49152]"];
const LISTENER = ["SOL_TCP, TCP_DEFER_ACCEPT, [60]", "SOL_TCP, TCP_FASTOPEN, [16]", ...BUFFERS];

function obstacle(): string | null {
  const reason = unsupportedReason("epoll");
  if (reason !== null) return `the epoll engine does not work here (${reason})`;
  return has("strace") ? null : "not installed (strace)";
}

testIf(
  obstacle(),
  "socket options are set once a listener and target connection, changed on sockets that stay, and cost nothing by default",
  async () => {
    await using target = echoTarget();
    await using endpoint = new HttpTarget(() => answerText(200, "hello"));
    const config = (tcp: typeof OPTIONS | Record<never, never>): ConfigInput => ({
      engine: "epoll",
      workers: 1,
      defaults: { tcp },
      apps: [
        { name: "web", ports: [ANY_PORT], targets: [`127.0.0.1:${target.port}`] },
        {
          name: "api",
          mode: "http",
          ports: [ANY_PORT],
          targets: [`http://127.0.0.1:${endpoint.address.port}`],
        },
      ],
    });
    const trace = await Deno.makeTempFile({ prefix: "fproxy_test_" });
    await using _ = { [Symbol.asyncDispose]: () => Deno.remove(trace) };
    await using proxy = await Proxy.start(config(OPTIONS), {
      wrapper: ["strace", "-D", "-f", "-qq", "-o", trace, "-e", "trace=setsockopt"],
    });
    /** How often this was set, and never in vain. A line may tell the start of a call alone. */
    const times = async (option: string): Promise<number> => {
      const lines = (await Deno.readTextFile(trace)).split("\n").filter((line) => line.includes(option));
      assert.deepEqual(lines.filter((line) => line.includes("= -1")), []);
      return lines.length;
    };
    const counts = (): Promise<number[]> => Promise.all(BUFFERS.map(times));
    const sessions = async (): Promise<number> => (await proxy.app("web")).counters.connections_total;

    // Two listeners, each by control that opens it and by the thread that adopts it.
    for (const option of LISTENER) {
      await eventually(`two listeners with ${option}`, async () => await times(option) === 4);
    }

    const port = await proxy.port("web");
    using silent = await Client.to(port);
    using talking = await Client.to(port);
    assert.equal(await talking.ask("?"), "?");
    // The silent one came first: it would have been accepted before.
    assert.equal(await sessions(), 1);
    assert.equal(await silent.ask("?"), "?");
    assert.equal(await sessions(), 2);
    await eventually(
      "the buffers of two target connections",
      async () => (await counts()).every((n) => n === 6),
    );
    assert.equal((await get(`http://127.0.0.1:${await proxy.port("api")}/`)).body, "hello");
    await eventually(
      "the buffers of the endpoint's connection",
      async () => (await counts()).every((n) => n === 7),
    );

    await proxy.rollOut(config({}));
    assert.equal(await proxy.port("web"), port, "the listener stays");
    using accepted = await Client.to(port);
    await eventually("a silent client to be accepted", async () => await sessions() === 3);
    assert.equal(await accepted.ask("?"), "?");
    assert.equal((await get(`http://127.0.0.1:${await proxy.port("api")}/`)).body, "hello");
    for (const option of ["TCP_DEFER_ACCEPT, [0]", "TCP_FASTOPEN, [0]"]) {
      await eventually(`two listeners with ${option}`, async () => await times(option) === 2);
    }
    assert.deepEqual(await counts(), [7, 7]);
  },
);
