import assert from "node:assert/strict";
import { endpoint } from "../../../../kit/http_snapshots.ts";
import { MALFORMED_REQUESTS, MALFORMED_RESPONSES, TRUNCATED_RESPONSES } from "../corpus.ts";
import { answer, HttpWorld, read, request } from "../http_world.ts";

Deno.test("no malformed request reaches an endpoint changed, doubled or whole, however it is cut", () => {
  for (const { name, raw, section, status, part } of MALFORMED_REQUESTS) {
    for (const size of [raw.length, 1, 7]) {
      const world = new HttpWorld({ replay: "all" });
      const client = world.client();
      for (let at = 0; at < raw.length; at += size) client.send(raw.slice(at, at + size));
      client.sendFin();
      const endpoints = world.connecting.map((n) => world.open(n));
      const sent = endpoints.map((one) => one.read()).join("");
      const label = `${name} (${section}) in pieces of ${size}`;
      if (part === "head") assert.equal(sent, "", label);
      assert.ok(!sent.includes("hidden"), label);
      assert.ok(!/\r\n0\r\n/.test(sent), label);
      assert.equal(read(client.read()).status, status, label);
      assert.notEqual(client.ended, null, label);
    }
  }
});

Deno.test("no malformed or truncated answer reaches the client in place of a later good one", () => {
  for (const { name, raw } of [...MALFORMED_RESPONSES, ...TRUNCATED_RESPONSES]) {
    const world = new HttpWorld({}, { targets: [endpoint(1), endpoint(2)] });
    const client = world.client(request());
    const first = world.open(1);
    first.send(raw);
    if (first.ended === null) first.sendFin();
    const text = client.read();
    if (text === "") {
      world.open(2).send(answer(200, "good"));
      assert.equal(read(client.read()).body, "good", name);
      assert.equal(client.ended, null, name);
    } else {
      // Its head was good and it was taken: it must not look whole.
      assert.ok(client.ended === "close" || client.ended === "reset", name);
      assert.ok(!text.endsWith("0\r\n\r\n"), name);
    }
  }
});

Deno.test("a path that leads above its root is refused where an endpoint has a base path, and only there", () => {
  for (const basePath of ["", "/apis"]) {
    const world = new HttpWorld({}, { targets: [endpoint(1), endpoint(2, {}, { basePath })] });
    const client = world.client(request("GET", "/a/../../admin"));
    assert.deepEqual(world.asked, basePath === "" ? [1] : []);
    if (basePath !== "") assert.equal(read(client.read()).status, 400);
  }
});

Deno.test("TRACE and OPTIONS with Max-Forwards 0 are answered here, and the connection goes on", () => {
  const world = new HttpWorld();
  const client = world.client(request("OPTIONS", "/", ["Max-Forwards: 0"]));
  assert.equal(read(client.read()).status, 204);
  client.send(request("TRACE", "/", ["Max-Forwards: 0", "Cookie: secret"]));
  const got = read(client.read());
  assert.equal(got.status, 200);
  assert.ok(got.body.startsWith("TRACE / HTTP/1.1\r\n") && !got.body.includes("secret"));
  assert.deepEqual(world.asked, []);
  client.send(request("OPTIONS", "/", ["Max-Forwards: 3"]));
  assert.match(world.open(1).read(), /\r\nMax-Forwards: 2\r\n/);
});

Deno.test("records of requests tell method, path, dispatch and whether the client spoke TLS", () => {
  const world = new HttpWorld();
  world.client(request("GET", '/a"b\\c?d'));
  world.open(1).send(answer(200, "x"));
  world.client(request("GET", `/${"x".repeat(5_000)}`));
  world.client("nonsense\r\n\r\n");
  const [first, refused] = world.records;
  const { method, path, status, endpoint: number, dispatch, replay, tls, picked_by } = first ?? {};
  assert.deepEqual({ method, path, status, number, dispatch, replay, tls, picked_by }, {
    method: "GET",
    path: '/a"b\\c?d',
    status: 200,
    number: 1,
    dispatch: "sequential",
    replay: "none",
    tls: false,
    picked_by: "round_robin",
  });
  assert.deepEqual([refused?.method, refused?.path, refused?.status], ["", "", 400]);
  world.open(2).send(answer(200, "x"));
  assert.equal(String(world.records.at(-1)?.path).length, 1024);
});
