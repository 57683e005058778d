import assert from "node:assert/strict";
import fc from "fast-check";
import { readHttpReply } from "../../../../../src/control/availability/probes/http_reply.ts";

function read(text: string, method = "GET"): [number, string, boolean] | null {
  const reply = readHttpReply(new TextEncoder().encode(text), method);
  return reply === null ? null : [reply.status, new TextDecoder().decode(reply.body), reply.isComplete];
}

Deno.test("an answer is read up to what came of it", () => {
  const cases: [string, unknown][] = [
    ["", null],
    ["HTT", null],
    ["HTTP/1.1 200 OK\r\nA: b\r\n", null],
    ["HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", [200, "hel", false]],
    ["HTTP/1.1 200 OK\r\ncontent-length:5\r\n\r\nhello, more", [200, "hello", true]],
    ["HTTP/1.0 503\r\n\r\nto the end", [503, "to the end", false]],
    ["HTTP/1.1 204 None\r\n\r\n", [204, "", true]],
    ["HTTP/1.1 100 Go on\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", [200, "", true]],
    ["HTTP/1.1 103 Hints\r\n\r\n", null],
    [
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n",
      [200, "abcde", true],
    ],
    ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc", [200, "abc", false]],
  ];
  for (const [text, expected] of cases) assert.deepEqual(read(text), expected, text);
  assert.deepEqual(read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "HEAD"), [200, "", true]);
});

Deno.test("what is no answer is refused, and nothing else is thrown", () => {
  for (const text of ["SSH-2.0", "HTTP/2 200\r\n\r\n", "HTTP/1.1 xx\r\n\r\n"]) {
    assert.throws(() => read(text), RangeError, text);
  }
  const broken = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n";
  assert.throws(() => read(broken), RangeError);
  fc.assert(
    fc.property(fc.uint8Array(), fc.constantFrom("", "HTTP/1.1 200 OK\r\n", broken), (bytes, before) => {
      try {
        readHttpReply(new Uint8Array([...new TextEncoder().encode(before), ...bytes]), "GET");
      } catch (error) {
        assert.ok(error instanceof RangeError);
      }
    }),
  );
});
