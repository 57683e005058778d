import assert from "node:assert/strict";
import { follow } from "../../../bench/clients/follow.ts";
import { eventually } from "../../kit/eventually.ts";
import { FakeClock } from "../../kit/fake_clock.ts";

/** A server that refuses queries and `/absent`, and ends each stream after its first event. */
function serve(): { readonly url: string; readonly asked: string[]; stop(): Promise<void> } {
  const asked: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => undefined }, (request) => {
    const { pathname, search } = new URL(request.url);
    asked.push(pathname + search);
    if (search !== "") return new Response("no such query", { status: 400 });
    return pathname === "/absent" ? new Response("", { status: 404 }) : new Response("data: {}\n\n");
  });
  return { url: `http://127.0.0.1:${server.addr.port}`, asked, stop: () => server.shutdown() };
}

Deno.test("the first address that is not refused is followed, and opened again when it ends", async () => {
  const { url, asked, stop } = serve();
  const clock = new FakeClock();
  assert.equal(await follow([`${url}/access?rate=50`, `${url}/access`], clock), `${url}/access`);
  await eventually("the end of the stream", () => clock.pendingTimers === 1);
  clock.advance(1_000);
  await eventually("the stream to be opened again", () => asked.length === 3);
  assert.deepEqual(asked, ["/access?rate=50", "/access", "/access"]);
  await eventually("its end", () => clock.pendingTimers === 1);
  await stop();
});

Deno.test("what a version does not have is not followed", async () => {
  const { url, stop } = serve();
  const clock = new FakeClock();
  assert.equal(await follow([`${url}/absent`], clock), null);
  assert.equal(clock.pendingTimers, 0);
  await stop();
});
