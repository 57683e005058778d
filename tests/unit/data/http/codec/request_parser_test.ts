import assert from "node:assert/strict";
import { HttpEvent } from "../../../../../src/data/http/codec/http_event.ts";
import { latin1Bytes } from "../../../../../src/data/http/codec/latin1.ts";
import { DEFAULT_HTTP_LIMITS } from "../../../../../src/data/http/codec/http_limits.ts";
import { RequestParser } from "../../../../../src/data/http/codec/request_parser.ts";
import { requestRefusal } from "../../../../../src/data/http/policy/request_refusal.ts";
import { MALFORMED_REQUESTS, type MalformedMessage } from "../corpus.ts";
import { pieces, readRequests, type Told } from "../transcript.ts";

const HOST = "Host: example.com\r\n";

function read(raw: string, cuts: readonly number[] = []): Told {
  return readRequests(pieces(raw, cuts));
}

/** Facts of the only head that was told. */
function head(raw: string): readonly unknown[] {
  const told = read(raw);
  assert.equal(told[0]?.[0], "head", JSON.stringify(told));
  return told[0]?.slice(1) ?? [];
}

/** Status that a raw request is refused with, and the part in which the mistake was found. */
function verdict(message: MalformedMessage): { status: number | undefined; part: string } {
  const parser = new RequestParser();
  const bytes = latin1Bytes(message.raw);
  let part = "head";
  let at = 0;
  for (;;) {
    const event = parser.parse(bytes, at);
    at = parser.position;
    if (event === HttpEvent.error) return { status: parser.error?.status, part };
    if (event === HttpEvent.needMore || event === HttpEvent.end) return { status: undefined, part };
    if (event !== HttpEvent.head) continue;
    const refusal = requestRefusal(parser.head, false);
    if (refusal !== null) return { status: refusal.status, part };
    part = "body";
  }
}

Deno.test("request corpus: it is large enough and its names are unique", () => {
  assert.ok(MALFORMED_REQUESTS.length >= 60);
  assert.equal(new Set(MALFORMED_REQUESTS.map(({ name }) => name)).size, MALFORMED_REQUESTS.length);
});

for (const message of MALFORMED_REQUESTS) {
  Deno.test(`request corpus: ${message.name} (${message.section}) is refused with ${message.status}`, () => {
    assert.deepEqual(verdict(message), { status: message.status, part: message.part });
  });
}

Deno.test("request parser: reads a head without a body", () => {
  const told = read(`GET /a/b?c=d HTTP/1.1\r\n${HOST}Accept:*/*  \r\nX-Empty:\r\nX-Tab: a\tb \t\r\n\r\n`);
  const fields = [["Host", "example.com"], ["Accept", "*/*"], ["X-Empty", ""], ["X-Tab", "a\tb"]];
  assert.deepEqual(told, [
    ["head", "GET", "/a/b?c=d", "origin", "example.com", 1, "none", -1, true, fields],
    ["end", 0],
  ]);
});

Deno.test("request parser: takes what is odd but right", async (t) => {
  const odd: [name: string, raw: string, framing: string][] = [
    ["empty lines first", `\r\n\r\nGET / HTTP/1.1\r\n${HOST}\r\n`, "none"],
    ["unknown method", `brew-coffee! /pot HTTP/1.1\r\n${HOST}\r\n`, "none"],
    ["later minor version", `GET / HTTP/1.7\r\n${HOST}\r\n`, "none"],
    ["HTTP/1.0 without Host", "GET / HTTP/1.0\r\n\r\n", "none"],
    ["high bytes in a value", `GET / HTTP/1.1\r\n${HOST}X: caf\xe9\r\n\r\n`, "none"],
    ["unescaped characters in a query", `GET /?a=|{}"<>^\`\\[] HTTP/1.1\r\n${HOST}\r\n`, "none"],
    ["IPv6 Host", "GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n", "none"],
    ["Host with an empty port", "GET / HTTP/1.1\r\nHost: example.com:\r\n\r\n", "none"],
    ["length with zeros", `POST / HTTP/1.1\r\n${HOST}Content-Length: 0005\r\n\r\nhello`, "length"],
    ["length 0", `POST / HTTP/1.1\r\n${HOST}content-LENGTH: 0\r\n\r\n`, "length"],
    [
      "chunked in capitals",
      `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: Chunked\r\n\r\n0\r\n\r\n`,
      "chunked",
    ],
    ["GET with a body", `GET / HTTP/1.1\r\n${HOST}Content-Length: 2\r\n\r\nhi`, "length"],
  ];
  for (const [name, raw, framing] of odd) {
    await t.step(name, () => {
      const told = read(raw);
      assert.equal(told[0]?.[6], framing);
      assert.equal(told.at(-1)?.[0], "end", JSON.stringify(told));
    });
  }
});

Deno.test("request parser: knows the forms of a target", () => {
  assert.deepEqual(head(`OPTIONS * HTTP/1.1\r\n${HOST}\r\n`).slice(2, 4), ["asterisk", "example.com"]);
  const absolute = "GET HTTP://Other.example:81/x?y HTTP/1.1\r\nHost: example.com\r\n\r\n";
  assert.deepEqual(head(absolute).slice(1, 4), [
    "HTTP://Other.example:81/x?y",
    "absolute",
    "Other.example:81",
  ]);
  assert.deepEqual(head("GET //a//b HTTP/1.0\r\n\r\n").slice(1, 4), ["//a//b", "origin", ""]);
});

Deno.test("request parser: tells whether the connection may go on", () => {
  const persistent = (version: string, connection: string): unknown =>
    head(`GET / HTTP/${version}\r\n${HOST}${connection}\r\n`)[7];
  assert.equal(persistent("1.1", ""), true);
  assert.equal(persistent("1.1", "Connection: close\r\n"), false);
  assert.equal(persistent("1.1", "Connection: foo\r\nConnection: Keep-Alive, CLOSE\r\n"), false);
  assert.equal(persistent("1.0", ""), false);
  assert.equal(persistent("1.0", "Connection: Keep-Alive\r\n"), true);
  assert.equal(persistent("1.0", "Connection: keep-alive, close\r\n"), false);
});

Deno.test("request parser: reads bodies and trailers, with and without chunk framing", () => {
  const chunked = `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n` +
    `5\r\nhello\r\n06;a=b;c="d;\\"e"\r\n, worl\r\nA\r\n0123456789\r\n000;x\r\nX-Sum: 1\r\nX-Sum: 2\r\n\r\n`;
  const rest = [["trailers", [["X-Sum", "1"], ["X-Sum", "2"]]], ["end", 21]];
  assert.deepEqual(read(chunked).slice(1), [["body", "hello, worl0123456789"], ...rest]);
  const wire = readRequests(pieces(chunked, []), { wire: true });
  assert.deepEqual(wire.slice(1), [["body", "5\r\nhello\r\n6\r\n, worl\r\na\r\n0123456789\r\n"], ...rest]);
  const length = `POST / HTTP/1.1\r\n${HOST}Content-Length: 5\r\n\r\nhello`;
  assert.deepEqual(read(length).slice(1), [["body", "hello"], ["end", 5]]);
});

Deno.test("request parser: chunks in one piece are given in one piece with their framing", () => {
  const parser = new RequestParser();
  const body = "5\r\nhello\r\n7\r\n, world\r\n";
  const bytes = latin1Bytes(`POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n${body}0\r\n\r\n`);
  assert.equal(parser.parse(bytes, 0), HttpEvent.head);
  parser.keepChunkFraming();
  assert.equal(parser.parse(bytes, parser.position), HttpEvent.body);
  assert.equal(parser.data, bytes);
  assert.equal(parser.dataEnd - parser.dataStart, body.length);
  assert.equal(parser.parse(bytes, parser.position), HttpEvent.end);
});

Deno.test("request parser: stops at the end of a message until it is told to go on", () => {
  const first = `POST /1 HTTP/1.1\r\n${HOST}Content-Length: 2\r\n\r\nhi`;
  const bytes = latin1Bytes(`${first}GET /2 HTTP/1.1\r\n${HOST}\r\n`);
  const parser = new RequestParser();
  const events = [parser.parse(bytes, 0)];
  for (let call = 0; call < 3; call++) events.push(parser.parse(bytes, parser.position));
  assert.deepEqual(events, [HttpEvent.head, HttpEvent.body, HttpEvent.end, HttpEvent.end]);
  assert.equal(parser.position, first.length);
  parser.begin();
  assert.equal(parser.parse(bytes, parser.position), HttpEvent.head);
  assert.equal(parser.head.target, "/2");
  assert.equal(parser.parse(bytes, parser.position), HttpEvent.end);
  assert.equal(parser.position, bytes.length);
});

Deno.test("request parser: beginning the next request within a body is an error, not a new request", () => {
  const parser = new RequestParser();
  const bytes = latin1Bytes(
    `POST / HTTP/1.1\r\n${HOST}Content-Length: 99\r\n\r\nGET /hidden HTTP/1.1\r\n${HOST}\r\n`,
  );
  parser.parse(bytes, 0);
  parser.begin();
  assert.equal(parser.parse(bytes, parser.position), HttpEvent.error);
});

Deno.test("request parser: limits hold at their exact value", () => {
  const limits = { ...DEFAULT_HTTP_LIMITS, maxStartLineBytes: 30, maxHeadBytes: 80, maxFields: 3 };
  const last = (raw: string): unknown => readRequests(pieces(raw, []), { limits }).at(-1)?.[1];
  const line = (length: number): string => `GET /${"a".repeat(length - 16)} HTTP/1.1\r\n`;
  assert.equal(line(30).length, 30);
  assert.equal(last(`${line(30)}${HOST}\r\n`), 0);
  assert.equal(last(`${line(31)}${HOST}\r\n`), "uri_too_long");
  const sized = (length: number): string => {
    const begin = `GET / HTTP/1.1\r\n${HOST}X: `;
    return `${begin}${"a".repeat(length - begin.length - 4)}\r\n\r\n`;
  };
  assert.equal(last(sized(80)), 0);
  assert.equal(last(sized(81)), "head_too_large");
  assert.equal(last(`GET / HTTP/1.1\r\n${HOST}A:\r\nB:\r\n\r\n`), 0);
  assert.equal(last(`GET / HTTP/1.1\r\n${HOST}A:\r\nB:\r\nC:\r\n\r\n`), "too_many_fields");
});

Deno.test("request parser: a start line limit above that of the head counts as that of the head", () => {
  const limits = { ...DEFAULT_HTTP_LIMITS, maxStartLineBytes: 1000, maxHeadBytes: 50 };
  const raw = `GET /${"a".repeat(200)} HTTP/1.1\r\n${HOST}\r\n`;
  const cuts = Array.from({ length: raw.length }, (_, at) => at);
  assert.deepEqual(readRequests(pieces(raw, cuts), { limits }), [["error", "uri_too_long", 414]]);
});

Deno.test("request parser: a closed connection is an error within a request and none between two", () => {
  const close = (raw: string): Told => readRequests(pieces(raw, []), { close: true });
  assert.deepEqual(close(""), []);
  assert.deepEqual(close("\r\n"), []);
  assert.deepEqual(close("GET / HT"), [["error", "truncated_head", 400]]);
  assert.deepEqual(close(`GET / HTTP/1.1\r\n${HOST}`), [["error", "truncated_head", 400]]);
  const body = close(`POST / HTTP/1.1\r\n${HOST}Content-Length: 3\r\n\r\nhi`);
  assert.deepEqual(body.at(-1), ["error", "truncated_body", 400]);
  assert.deepEqual(close(`GET / HTTP/1.1\r\n${HOST}\r\n`).at(-1), ["end", 0]);
});

Deno.test("request parser: a kept head outlives the array that it came in", () => {
  const parser = new RequestParser();
  const bytes = latin1Bytes(`??GET /kept HTTP/1.1\r\n${HOST}X: y\r\n\r\n`);
  assert.equal(parser.parse(bytes, 2), HttpEvent.head);
  parser.head.keep();
  bytes.fill(0);
  assert.equal(parser.head.target, "/kept");
  assert.equal(parser.head.authority, "example.com");
  assert.deepEqual(parser.head.entries(), [["Host", "example.com"], ["X", "y"]]);
});

Deno.test("request parser: a long line that comes byte by byte is not looked at again for each byte", () => {
  const parser = new RequestParser({ ...DEFAULT_HTTP_LIMITS, maxHeadBytes: 1 << 20 });
  const raw = latin1Bytes(`GET / HTTP/1.1\r\n${HOST}X: ${"a".repeat(600_000)}\r\n\r\n`);
  const begun = performance.now();
  for (let at = 0; at < raw.length; at++) parser.parse(raw.subarray(at, at + 1), 0);
  assert.equal(parser.complete, true);
  // Looking again each time would take 10^11 steps, which is minutes; this takes 600,000 short calls.
  assert.ok(performance.now() - begun < 10_000);
});
