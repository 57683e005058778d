import assert from "node:assert/strict";
import type { FakeConnection } from "../../../../kit/fake_connection.ts";
import { endpoint } from "../../../../kit/http_snapshots.ts";
import { answer, HttpWorld, read, request } from "../http_world.ts";

const SINGLE = { targets: [endpoint(1)] };
const LEGACY = "HTTP/1.0 200 OK\nServer: old\nContent-Length: 2\n\nhi";

function fields(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `X-${i}: y`);
}

/** What the log says of endpoints' answers. */
function warnings(world: HttpWorld): unknown[] {
  return world.fake.reported("log").filter(({ event }) => event === "answer_refused");
}

Deno.test("an answer that cannot be used says why, in the record and in the log", () => {
  const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  const cases: [code: string, status: number, play: (endpoint: FakeConnection) => void][] = [
    ["too_many_fields", 502, (endpoint) => endpoint.send(answer(200, "x", fields(100)))],
    ["head_too_large", 502, (endpoint) => endpoint.send(answer(200, "x", [`X: ${"y".repeat(32_768)}`]))],
    ["bad_start", 502, (endpoint) => endpoint.send("SSH-2.0-OpenSSH_9.2\r\n")],
    ["obs_fold", 502, (endpoint) => endpoint.send("HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n")],
    ["no_response", 502, (endpoint) => endpoint.sendFin()],
    ["no_response", 502, (endpoint) => endpoint.fail("reset")],
    ["truncated_head", 502, (endpoint) => {
      endpoint.send("HTTP/1.1 200 OK\r\n");
      endpoint.fail("reset");
    }],
    ["bad_chunk_size", 200, (endpoint) => endpoint.send(`${chunked}xyz\r\n`)],
    ["truncated_body", 200, (endpoint) => {
      endpoint.send(`${chunked}5\r\nhel`);
      endpoint.sendFin();
    }],
    ["truncated_body", 200, (endpoint) => {
      endpoint.send("HTTP/1.1 200 OK\r\n\r\nuntil the end");
      endpoint.fail("reset");
    }],
  ];
  for (const [code, status, play] of cases) {
    const world = new HttpWorld({}, SINGLE);
    const client = world.client(request());
    play(world.open(1));
    assert.equal(read(client.read()).status, status, code);
    const { record } = world;
    assert.deepEqual([record.answer_error, record.close_reason], [code, "target_abort"], code);
    const [line, ...more] = world.fake.reported("log");
    assert.deepEqual([line?.level, line?.event], ["warn", "answer_refused"]);
    assert.deepEqual([line?.fields.app, line?.fields.target, line?.fields.code], [
      "web",
      "10.0.0.1:80",
      code,
    ]);
    assert.match(String(line?.fields.error), /^[A-Z]/);
    assert.deepEqual(more, []);
  }
});

Deno.test("max_response_headers and max_response_header_size bound an answer's head, and the log names them", () => {
  const limits = { maxResponseFields: 3, maxResponseHeadBytes: 1024 };
  const cases: [text: string, hint: string | null][] = [
    [answer(200, "x", fields(2)), null],
    [answer(200, "x", fields(3)), "raise http.max_response_headers"],
    [answer(200, "x", [`X: ${"y".repeat(900)}`]), null],
    [answer(200, "x", [`X: ${"y".repeat(1000)}`]), "raise http.max_response_header_size"],
  ];
  for (const [text, hint] of cases) {
    const world = new HttpWorld(limits, SINGLE);
    const client = world.client(request());
    world.open(1).send(text);
    assert.equal(read(client.read()).status, hint === null ? 200 : 502);
    assert.equal(world.fake.reported("log")[0]?.fields.hint ?? null, hint);
  }
});

Deno.test("200 fields and 64 KiB of an answer's head pass where they may, whatever max_headers and max_header_size say", () => {
  const limits = { maxResponseFields: 200, maxResponseHeadBytes: 64 * 1024 };
  const world = new HttpWorld({ maxHeadBytes: 1024, maxFields: 10, ...limits }, SINGLE);
  const client = world.client(request());
  world.open(1).send(answer(200, "x", [...fields(190), `Big: ${"y".repeat(60_000)}`]));
  const { status, head, body } = read(client.read());
  assert.deepEqual([status, body], [200, "x"]);
  assert.match(head, /X-189: y\r\nBig: y{60000}\r\n/);
  assert.ok(!("answer_error" in world.record));
});

Deno.test("a request that another endpoint answers still says why the first answer was refused", () => {
  const world = new HttpWorld();
  const client = world.client(request());
  world.open(1).send("HTTP/1.1 OK\r\n\r\n");
  world.open(2).send(answer(200, "two"));
  assert.equal(read(client.read()).body, "two");
  const { record } = world;
  assert.deepEqual([record.answer_error, record.close_reason, record.endpoint], [
    "bad_status_line",
    "done",
    2,
  ]);
});

Deno.test("the log has one line a second and endpoint, while every record has its reason", () => {
  const world = new HttpWorld({}, { targets: [endpoint(1), endpoint(2)] });
  for (let i = 0; i < 6; i++) {
    world.client(request());
    for (const n of i % 2 === 0 ? [1, 2] : [2, 1]) world.open(n).send("nonsense\r\n");
  }
  assert.equal(warnings(world).length, 2);
  world.advance(1_000);
  world.client(request());
  world.open(1).send("nonsense\r\n");
  assert.equal(warnings(world).length, 3);
  assert.deepEqual(world.records.map((record) => record.answer_error), Array(6).fill("bad_start"));
});

Deno.test("an old server's bare line feeds are taken, and its client gets CRLF", () => {
  const world = new HttpWorld({ lenientResponses: true }, SINGLE);
  const client = world.client(request());
  world.open(1).send(LEGACY);
  const { status, head, body } = read(client.read());
  assert.deepEqual([status, body], [200, "hi"]);
  assert.match(head, /^HTTP\/1\.1 200 OK\r\nServer: old\r\nContent-Length: 2\r\n/);
  assert.doesNotMatch(head, /[^\r]\n/);
  assert.ok(!("answer_error" in world.record));
});

Deno.test("lenient_responses false refuses bare line feeds, from the next connection on", () => {
  const world = new HttpWorld({ lenientResponses: true }, SINGLE);
  const client = world.client(request());
  world.open(1).send(LEGACY.replace("1.0", "1.1"));
  assert.equal(read(client.read()).status, 200);
  world.change({ http: { lenientResponses: false } });
  const other = world.client(request());
  world.open(1).send(LEGACY);
  assert.equal(read(other.read()).status, 502);
  const [line] = world.fake.reported("log");
  assert.deepEqual([line?.fields.code, line?.fields.hint], ["bare_lf", "set http.lenient_responses to true"]);
});
