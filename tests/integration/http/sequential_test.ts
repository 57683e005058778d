import assert from "node:assert/strict";
import { HttpClient } from "../../kit/http_client.ts";
import { answerText, HttpTarget } from "../../kit/http_target.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";
import { HttpCommand } from "./setup.ts";

const REQUESTS = 300;
/** Every so many requests the first endpoint fails. */
const FAILING = 10;

/** Three endpoints of which the first fails now and then. */
class Endpoints implements AsyncDisposable {
  readonly first = new HttpTarget(({ target }) => answerText(isFailing(target) ? 503 : 200, "first"));
  readonly second = new HttpTarget(() => answerText(200, "second"));
  readonly third = new HttpTarget(() => answerText(200, "third"));

  /** Their URLs, in order. */
  get urls(): string[] {
    return [this.first, this.second, this.third].map(({ address }) => `http://127.0.0.1:${address.port}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.first, this.second, this.third].map((one) => one[Symbol.asyncDispose]()));
  }
}

for (const engine of ["epoll", "deno"] as const) {
  Deno.test(`HTTP on ${engine}: in sequence an endpoint that is not needed is never called, nor connected to`, async () => {
    await using endpoints = new Endpoints();
    const app = { name: "web", mode: "http" as const, ports: [ANY_PORT], targets: endpoints.urls };
    await using proxy = await Proxy.start({ engine, apps: [app] });
    await checkCalls(endpoints, await proxy.port("web"));
  });
}

Deno.test("http: in sequence an endpoint that is not needed is never called, nor connected to", async () => {
  await using endpoints = new Endpoints();
  await using command = await HttpCommand.start("-e", endpoints.urls.join(","));
  await checkCalls(endpoints, Number(new URL(command.url).port));
});

/** Asks, and looks at who was called: the first for all, the second for what it failed, the third for nothing. */
async function checkCalls({ first, second, third }: Endpoints, port: number): Promise<void> {
  const paths = Array.from({ length: REQUESTS }, (_, n) => `/${n}`);
  using client = await HttpClient.to(port);
  for (const path of paths) {
    const { status, body } = await client.get(path);
    assert.deepEqual([status, body], [200, isFailing(path) ? "second" : "first"], path);
  }
  assert.deepEqual(first.requests.map(({ target }) => target), paths);
  assert.deepEqual(second.requests.map(({ target }) => target), paths.filter(isFailing));
  assert.deepEqual([third.accepted, third.raw], [0, ""]);
}

function isFailing(path: string): boolean {
  return Number(path.slice(1)) % FAILING === FAILING - 1;
}
