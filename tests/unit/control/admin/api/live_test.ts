import assert from "node:assert/strict";
import { adminApp } from "../../../../../src/control/admin/app.ts";
import { FOLLOWERS_MAX, SAMPLE_DETAILS_MAX } from "../../../../../src/base/limits.ts";
import type { LogEntry } from "../../../../../src/base/log.ts";
import { Live } from "../../../../../src/control/telemetry/live/live.ts";
import { Board } from "../../../../../src/model/board.ts";
import { accessBy } from "../../../../kit/access_rules.ts";
import { adminSource } from "../../../../kit/admin_source.ts";
import { EventStream } from "../../../../kit/event_stream.ts";
import { eventually } from "../../../../kit/eventually.ts";
import { LogLines } from "../../../../kit/log_lines.ts";
import { FakeClock } from "../../../../kit/fake_clock.ts";

/** An admin server that is asked for what happens. */
class Watched {
  readonly live = new Live(Board.allocate());
  readonly clock = new FakeClock(1_000_000);
  readonly #app = adminApp(
    adminSource(() => {
      throw new Error("nobody asks for the status");
    }, { live: this.live, clock: this.clock }),
    accessBy(() => ""),
    new LogLines().log,
  );

  async get(path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Response> {
    return await this.#app.request(path, { method, headers }, { remoteIp: "127.0.0.1" });
  }

  async follow(path: string, headers: Record<string, string> = {}): Promise<EventStream> {
    const response = await this.get(path, headers);
    assert.equal(response.status, 200);
    assert.match(response.headers.get("content-type") ?? "", /^text\/event-stream/);
    const stream = new EventStream(response);
    assert.equal(await stream.block(), "retry: 2000");
    return stream;
  }

  log(event: LogEntry["event"], fields: LogEntry["fields"] = {}, level: LogEntry["level"] = "info"): void {
    this.live.logged({ ts: "2026-11-21T08:09:10.011Z", level, event, message: "", fields });
  }

  record(fields: Record<string, unknown>): void {
    this.live.recorded(new TextEncoder().encode(`${JSON.stringify(fields)}\n`), 1);
  }
}

Deno.test("events come as they are logged, and what was missed when the client comes back", async () => {
  const watched = new Watched();
  watched.log("started");
  let seen: string;
  {
    await using stream = await watched.follow("/api/v1/events");
    watched.log("target_down", { app: "web" });
    const { id, event, data } = await stream.next();
    assert.deepEqual([event, data.event, data.app], ["event", "target_down", "web"]);
    seen = id;
  }
  watched.log("target_up");
  await using again = await watched.follow("/api/v1/events", { "Last-Event-ID": seen });
  assert.equal((await again.next()).data.event, "target_up");
});

Deno.test("last asks for some of before; an id of another run is told so, and begins anew", async () => {
  const watched = new Watched();
  watched.log("started");
  watched.log("draining");
  await using stream = await watched.follow("/api/v1/events?last=1");
  assert.equal((await stream.next()).data.event, "draining");
  await using other = await watched.follow("/api/v1/events?last=1", { "Last-Event-ID": "zzz-1" });
  assert.equal((await other.next()).event, "restarted");
  assert.equal((await other.next()).data.event, "draining");
});

Deno.test("events are filtered by level, name, app and target", async () => {
  const cases: [query: string, wanted: string[]][] = [
    ["level=warn", ["target_down", "config_refused"]],
    ["event=target_up,started", ["started", "target_up"]],
    ["app=web", ["target_down", "certificates_replaced"]],
    ["app=web,shop&target=b", ["target_up"]],
  ];
  for (const [query, wanted] of cases) {
    const watched = new Watched();
    await using stream = await watched.follow(`/api/v1/events?${query}`);
    watched.log("started");
    watched.log("target_down", { app: "web", target: "a" }, "warn");
    watched.log("target_up", { app: "shop", target: "b" });
    watched.log("config_refused", {}, "error");
    watched.log("certificates_replaced", { apps: ["web"] });
    const got: unknown[] = [];
    for (const _ of wanted) got.push((await stream.next()).data.event);
    assert.deepEqual(got, wanted, query);
  }
});

Deno.test("access records are filtered by app, client, reason, status and duration", async () => {
  const records = [
    { id: 1, app: "web", client_addr: "10.0.0.9:1", close_reason: "done", duration_ms: 3, status: 200 },
    { id: 2, app: "web", client_addr: "10.0.0.8:1", close_reason: "done", duration_ms: 900, status: 503 },
    { id: 3, app: "db", client_addr: "10.0.0.9:2", close_reason: "no_target", duration_ms: 0 },
  ];
  const cases: [query: string, ids: number[]][] = [
    ["app=web", [1, 2]],
    ["client=10.0.0.9", [1, 3]],
    ["close_reason=no_target", [3]],
    ["status=5xx,404", [2]],
    ["status=200", [1]],
    ["min_ms=900", [2]],
  ];
  for (const [query, ids] of cases) {
    const watched = new Watched();
    await using stream = await watched.follow(`/api/v1/access?${query}`);
    for (const record of records) watched.record(record);
    const got: unknown[] = [];
    for (const _ of ids) {
      const { event, data } = await stream.next();
      assert.equal(event, "access");
      got.push(data.id);
    }
    assert.deepEqual(got, ids, query);
  }
});

Deno.test("a query that means nothing is refused with what is wrong", async () => {
  const watched = new Watched();
  for (const query of ["level=loud", "event=nonsense", "last=-1", "last=1001", "apps=web"]) {
    const response = await watched.get(`/api/v1/events?${query}`);
    assert.equal(response.status, 400, query);
    assert.match(await response.text(), new RegExp(query.split("=")[0] ?? ""));
  }
  for (const query of ["status=teapot", "min_ms=long", "rate=0"]) {
    assert.equal((await watched.get(`/api/v1/access?${query}`)).status, 400, query);
  }
  const apps = Array.from({ length: SAMPLE_DETAILS_MAX + 1 }, (_, n) => n).join(",");
  for (const query of ["interval=499ms", "interval=61s", "interval=1", `app=${apps}`]) {
    assert.equal((await watched.get(`/api/v1/samples?${query}`)).status, 400, query);
  }
});

Deno.test("while nothing happens a line without meaning keeps the connection", async () => {
  const watched = new Watched();
  await using stream = await watched.follow("/api/v1/events");
  const quiet = stream.block();
  await eventually("the wait", () => watched.clock.pendingTimers > 0);
  watched.clock.advance(15_000);
  assert.equal(await quiet, ": quiet");
});

Deno.test("there are so many followers and no more; one that goes makes room, and is not followed for any longer", async () => {
  const watched = new Watched();
  const streams: EventStream[] = [];
  for (let n = 0; n < FOLLOWERS_MAX; n++) streams.push(await watched.follow("/api/v1/access"));
  assert.equal((await watched.get("/api/v1/access")).status, 503);
  await streams.pop()?.[Symbol.asyncDispose]();
  await eventually("room", async () => {
    const response = await watched.get("/api/v1/access");
    if (response.status === 200) streams.push(new EventStream(response));
    else await response.body?.cancel();
    return response.status === 200;
  });
  for (const stream of streams) await stream[Symbol.asyncDispose]();
  await eventually("nobody to follow", () => !watched.live.access.isFollowed);
});

Deno.test("who asks for the head alone follows nothing", async () => {
  const watched = new Watched();
  const response = await watched.get("/api/v1/access", {}, "HEAD");
  assert.deepEqual([response.status, await response.text()], [200, ""]);
  await eventually("nobody to follow", () => !watched.live.access.isFollowed);
});
