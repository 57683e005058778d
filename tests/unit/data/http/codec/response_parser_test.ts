import assert from "node:assert/strict";
import { HttpEvent } from "../../../../../src/data/http/codec/http_event.ts";
import { latin1Bytes } from "../../../../../src/data/http/codec/latin1.ts";
import { type RequestTraits, ResponseParser } from "../../../../../src/data/http/codec/response_parser.ts";
import { MALFORMED_RESPONSES, TRUNCATED_RESPONSES } from "../corpus.ts";
import { pieces, type ReadOptions, readResponse, type Told } from "../transcript.ts";

const PLAIN: RequestTraits = { toHead: false, upgrade: false };
const OK = "HTTP/1.1 200 OK\r\n";

function read(raw: string, options: ReadOptions = {}): Told {
  return readResponse(pieces(raw, []), options);
}

Deno.test("response corpus: it is large enough and its names are unique", () => {
  const all = [...MALFORMED_RESPONSES, ...TRUNCATED_RESPONSES];
  assert.ok(all.length >= 25);
  assert.equal(new Set(MALFORMED_RESPONSES.map(({ name }) => name)).size, MALFORMED_RESPONSES.length);
});

for (const { name, raw, section, status, part } of MALFORMED_RESPONSES) {
  Deno.test(`response corpus: ${name} (${section}) is an error`, () => {
    const told = read(raw);
    assert.deepEqual([told.at(-1)?.[0], told.at(-1)?.[2]], ["error", status]);
    const final = told.some(([event, code]) => event === "head" && Number(code) >= 200);
    assert.equal(final, part === "body");
  });
}

for (const { name, raw, status } of TRUNCATED_RESPONSES) {
  Deno.test(`response corpus: ${name}, then the end of the connection, is an error`, () => {
    const told = read(raw, { close: true });
    assert.deepEqual([told.at(-1)?.[0], told.at(-1)?.[2]], ["error", status]);
  });
}

Deno.test("response parser: says apart that nothing came", () => {
  assert.deepEqual(read("", { close: true }), [["error", "no_response", 502]]);
  assert.deepEqual(read("H", { close: true }), [["error", "truncated_head", 502]]);
});

Deno.test("response parser: reads a body by length, by chunks and until the end", () => {
  const length = read(`${OK}Content-Length: 5\r\n\r\nhello`);
  assert.deepEqual(length[0]?.slice(0, 7), ["head", 200, "OK", 1, "length", 5, true]);
  assert.deepEqual(length.slice(1), [["body", "hello"], ["end", 5]]);
  const chunked = read(`${OK}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\n\r\n`);
  assert.deepEqual(chunked.slice(1), [["body", "hello"], ["trailers", [["X", "y"]]], ["end", 5]]);
  const close = read(`${OK}\r\nhello`, { close: true });
  assert.equal(close[0]?.[4], "close");
  assert.deepEqual(close.slice(1), [["body", "hello"], ["end", 5]]);
  assert.deepEqual(read(`${OK}\r\n`, { close: true }).slice(1), [["end", 0]]);
});

Deno.test("response parser: knows which responses have no body", () => {
  for (const status of [204, 304]) {
    const told = read(`HTTP/1.1 ${status} \r\nContent-Length: 5\r\n\r\n`);
    assert.deepEqual([told[0]?.[4], told[1]], ["none", ["end", 0]]);
  }
  const request = { toHead: true, upgrade: false };
  for (const field of ["Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n", ""]) {
    const told = read(`${OK}${field}\r\n`, { request });
    assert.deepEqual([told[0]?.[4], told[1]], ["none", ["end", 0]]);
  }
});

Deno.test("response parser: takes a status line without a reason or without the space before it", () => {
  assert.deepEqual(read("HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n")[0]?.slice(1, 3), [200, ""]);
  assert.deepEqual(read("HTTP/1.1 404\r\nContent-Length: 0\r\n\r\n")[0]?.slice(1, 3), [404, ""]);
  assert.deepEqual(read("HTTP/1.1 404\r\n\r\n", { close: true }).at(-1), ["end", 0]);
});

Deno.test("response parser: drops white space before a colon", () => {
  const told = read(`${OK}Content-Length \t: 2\r\nX : y\r\n\r\nhi`);
  assert.deepEqual(told[0]?.[7], [["Content-Length", "2"], ["X", "y"]]);
  assert.deepEqual(told.slice(1), [["body", "hi"], ["end", 2]]);
});

Deno.test("response parser: tells interim responses and then the final one", () => {
  const raw = "HTTP/1.1 100 Continue\r\n\r\n" + "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n".repeat(9) +
    `${OK}Content-Length: 2\r\n\r\nhi`;
  const told = read(raw);
  const statuses = told.filter(([event]) => event === "head").map(([, status]) => status);
  assert.deepEqual(statuses, [100, ...Array<number>(9).fill(103), 200]);
  assert.deepEqual(told.slice(-2), [["body", "hi"], ["end", 2]]);
});

Deno.test("response parser: after a 101 that was asked for the bytes are not its own", () => {
  const parser = new ResponseParser();
  parser.begin({ toHead: false, upgrade: true });
  const switched = "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n";
  const bytes = latin1Bytes(`${switched}\x81\x05hello`);
  assert.equal(parser.parse(bytes, 0), HttpEvent.head);
  assert.equal(parser.parse(bytes, parser.position), HttpEvent.upgraded);
  assert.equal(parser.position, switched.length);
  assert.equal(parser.reusable, false);
});

Deno.test("response parser: tells whether the connection may carry another request", () => {
  const reusable = (raw: string, request = PLAIN): boolean => {
    const parser = new ResponseParser();
    parser.begin(request);
    const bytes = latin1Bytes(raw);
    let event: number = HttpEvent.head;
    for (let at = 0; event === HttpEvent.head || event === HttpEvent.body; at = parser.position) {
      event = parser.parse(bytes, at);
    }
    return parser.reusable;
  };
  assert.equal(reusable(`${OK}Content-Length: 2\r\n\r\nhi`), true);
  assert.equal(reusable(`${OK}Content-Length: 2\r\n\r\nh`), false);
  assert.equal(reusable(`${OK}Content-Length: 0\r\nConnection: close\r\n\r\n`), false);
  assert.equal(reusable("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n"), false);
  assert.equal(reusable("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n"), true);
  assert.equal(reusable(`${OK}\r\nhello`), false);
  assert.equal(reusable("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"), true);
  assert.equal(reusable("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n"), false);
  assert.equal(reusable("HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n"), false);
  assert.equal(reusable(`${OK}Content-Length: 5\r\n\r\n`, { toHead: true, upgrade: false }), true);
});

Deno.test("response parser: reads one response after another, but none into the middle of another", () => {
  const parser = new ResponseParser();
  const bytes = latin1Bytes(`${OK}Content-Length: 2\r\n\r\nhi`);
  for (let round = 0; round < 3; round++) {
    parser.begin(PLAIN);
    assert.equal(parser.parse(bytes, 0), HttpEvent.head);
    assert.equal(parser.parse(bytes, parser.position), HttpEvent.body);
    assert.equal(parser.parse(bytes, parser.position), HttpEvent.end);
  }
  parser.begin(PLAIN);
  parser.parse(bytes, 0);
  parser.begin(PLAIN);
  assert.equal(parser.parse(bytes, 0), HttpEvent.error);
});
