import assert from "node:assert/strict";
import type { EngineName } from "../../../src/engine/engine.ts";
import { eventually } from "../../kit/eventually.ts";
import { HttpClient } from "../../kit/http_client.ts";
import { answerText, HttpTarget } from "../../kit/http_target.ts";
import { Proxy } from "../../kit/proxy.ts";
import { type AppInput, httpApp } from "./tls_setup.ts";

/** Clients that ask one request after another, over connections that they keep as long as they may. */
class BusyClients {
  /** Answers so far. */
  answered = 0;
  /** How each client's last connection ended. */
  readonly ends: Promise<string[]>;

  constructor(port: number, count: number) {
    this.ends = Promise.all(Array.from({ length: count }, () => this.#run(port)));
  }

  async #run(port: number): Promise<string> {
    using client = await HttpClient.to(port);
    for (;;) {
      const answer = await client.get().catch((error) => `lost a request: ${error}`);
      if (typeof answer === "string") return answer;
      assert.equal(answer.body, "here");
      this.answered++;
      if (answer.fields.get("connection") === "close") return "told";
    }
  }
}

type How = "the app is removed" | "SIGTERM";

/** Lets 50 busy clients see the end of their app. @returns those that were not told of it. */
async function lostClients(engine: EngineName, how: How): Promise<string[]> {
  await using target = new HttpTarget(() => answerText(200, "here"));
  const app = httpApp("web", [`127.0.0.1:${target.address.port}`]);
  await using proxy = await Proxy.start({ engine, apps: [app] });
  const clients = new BusyClients(await proxy.port("web"), 50);
  await eventually("load", () => clients.answered > 1_000);
  if (how === "SIGTERM") proxy.program.kill("SIGTERM");
  else await proxy.rollOut({ engine, apps: [] });
  const ends = await clients.ends;
  if (how === "SIGTERM") assert.equal((await proxy.program.result()).code, 0);
  return ends.filter((end) => end !== "told");
}

for (const engine of ["epoll", "deno"] as const) {
  for (const how of ["the app is removed", "SIGTERM"] as const) {
    Deno.test(`HTTP on ${engine}: busy clients are told that their connection ends, and lose no request: ${how}`, async () => {
      // A client that is kept from asking for half a second counts as idle: on a busy machine it is looked at again.
      const lost: string[][] = [];
      while (lost.length < 3) {
        lost.push(await lostClients(engine, how));
        if (lost.at(-1)?.length === 0) return;
      }
      assert.fail(`clients of 50 that lost a request: ${lost.map(({ length }) => length)}; ${lost[0]?.[0]}`);
    });
  }
}

Deno.test("HTTP: an app that moves from the epoll to the deno engine is served all the time", async () => {
  await using target = new HttpTarget(() => answerText(200, "here"));
  const app = (engine: EngineName): AppInput =>
    httpApp("web", [`127.0.0.1:${target.address.port}`], { engine });
  await using proxy = await Proxy.start({ apps: [app("epoll")] });
  const port = await proxy.port("web");
  let isOver = false;
  let answered = 0;
  const ask = async (): Promise<void> => {
    while (!isOver) {
      using client = await HttpClient.to(port);
      assert.equal((await client.get()).body, "here");
      answered++;
    }
  };
  const asking = Promise.all([ask(), ask(), ask(), ask()]);
  asking.catch(() => {});
  try {
    await eventually("load", () => answered > 50);
    await proxy.rollOut({ apps: [app("deno")] });
    const { threads } = await proxy.status();
    assert.ok(threads.some(({ engine, state }) => engine === "deno" && state === "running"));
    const before = answered;
    await eventually("the other threads to be gone, and answers", async () => {
      const left = (await proxy.status()).threads.filter(({ engine }) => engine === "epoll").length;
      return left === 0 && answered > before + 50;
    });
  } finally {
    isOver = true;
  }
  await asking;
});
