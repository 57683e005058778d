import assert from "node:assert/strict";
import fc from "fast-check";
import { clientFraming } from "../../../../../src/data/http/policy/forward_response.ts";
import { anyResponse } from "../messages.ts";
import { forwardResponse, responseHead } from "./forwarding.ts";

const VIA = "Via: 1.1 fproxy\r\n\r\n";

Deno.test("forwarded response: fields keep their order, spelling and bytes; Date and encodings are left alone", () => {
  const head =
    'HTTP/1.1 200 Caf\xe9\r\ndATE: Tue, 05 Mar 2024 12:00:00 GMT\r\nETag: "x"\r\nContent-Encoding: gzip\r\n' +
    "Set-Cookie: a\r\nSet-Cookie: b\r\nContent-Range: bytes 0-4/9\r\nContent-Length: 5\r\n";
  assert.equal(forwardResponse(`${head}\r\n`), `${head}${VIA}`);
  const redirect = "HTTP/1.1 302 Found\r\nLocation: http://elsewhere.example/\r\nContent-Length: 0\r\n";
  assert.equal(forwardResponse(`${redirect}\r\n`), `${redirect}${VIA}`);
});

Deno.test("forwarded response: hop-by-hop fields and those named by Connection end here", () => {
  const raw =
    "HTTP/1.1 200 OK\r\nA: 1\r\nConnection: close, X-Hop\r\nKeep-Alive: timeout=5\r\nX-hop: x\r\nUpgrade: h2c\r\n" +
    "Proxy-Authenticate: Basic\r\nB: 2\r\nContent-Length: 0\r\n\r\n";
  assert.equal(forwardResponse(raw), `HTTP/1.1 200 OK\r\nA: 1\r\nB: 2\r\nContent-Length: 0\r\n${VIA}`);
});

Deno.test("forwarded response: white space before a colon is gone", () => {
  const raw = "HTTP/1.1 200 OK\r\nA: 1\r\nB \t:  2\r\nKeep-Alive : x\r\nContent-Length : 0\r\nC: 3\r\n\r\n";
  assert.equal(
    forwardResponse(raw),
    `HTTP/1.1 200 OK\r\nA: 1\r\nB: 2\r\nContent-Length: 0\r\nC: 3\r\n${VIA}`,
  );
});

Deno.test("forwarded response: the status line is HTTP/1.1 with its second space", () => {
  const line = (raw: string): string | undefined =>
    forwardResponse(`${raw}\r\nContent-Length: 0\r\n\r\n`).split("\r\n", 1)[0];
  assert.equal(line("HTTP/1.0 200 OK"), "HTTP/1.1 200 OK");
  assert.equal(line("HTTP/1.1 404"), "HTTP/1.1 404 ");
  assert.equal(line("HTTP/1.0 404"), "HTTP/1.1 404 ");
  assert.equal(line("HTTP/1.1 404 "), "HTTP/1.1 404 ");
  assert.match(forwardResponse("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n"), /\r\nVia: 1\.0 fproxy\r\n/);
});

Deno.test("forwarded response: the client learns where the body ends in its own version's way", () => {
  const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n";
  assert.equal(
    forwardResponse(chunked),
    `HTTP/1.1 200 OK\r\nTrailer: X\r\nTransfer-Encoding: chunked\r\n${VIA}`,
  );
  assert.equal(forwardResponse(chunked, 0, false), `HTTP/1.1 200 OK\r\nConnection: close\r\n${VIA}`);
  const close = "HTTP/1.1 200 OK\r\n\r\n";
  assert.equal(forwardResponse(close), `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n${VIA}`);
  const head = responseHead(close);
  assert.equal(head === null ? null : clientFraming(head, 0), "close");
});

Deno.test("forwarded response: Connection says what the client needs to know", () => {
  const raw = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  assert.doesNotMatch(forwardResponse(raw), /Connection/);
  assert.match(forwardResponse(raw, 1, false), /\r\nConnection: close\r\n/);
  assert.match(forwardResponse(raw, 0, true), /\r\nConnection: keep-alive\r\n/);
});

Deno.test("forwarded response: statuses without a body announce none", () => {
  assert.doesNotMatch(
    forwardResponse("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n"),
    /Content-Length/,
  );
  assert.match(
    forwardResponse("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"),
    /Content-Length: 5/,
  );
  assert.doesNotMatch(forwardResponse("HTTP/1.1 304 x\r\nTransfer-Encoding: chunked\r\n\r\n"), /chunked/);
});

Deno.test("forwarded response: a switch of protocols is told whole", () => {
  const raw =
    "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: x\r\n\r\n";
  const out =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: x\r\nConnection: Upgrade\r\n";
  assert.equal(forwardResponse(raw, 1, true, true), `${out}${VIA}`);
});

Deno.test("forwarded response: whatever was accepted is one right response with the framing that was chosen", () => {
  fc.assert(
    fc.property(anyResponse, fc.constantFrom(0, 1), (raw, minor) => {
      const head = responseHead(raw);
      if (head === null) return;
      const framing = clientFraming(head, minor);
      const text = forwardResponse(raw, minor, framing !== "close");
      const again = responseHead(text);
      assert.ok(again !== null, `the forwarded head is refused: ${text}`);
      assert.equal(again.fieldsEnd + 2, text.length);
      assert.deepEqual([again.status, again.reason, again.framing], [head.status, head.reason, framing]);
      if (framing === "length") assert.equal(again.contentLength, head.contentLength);
      assert.equal(again.get("keep-alive"), null);
      const connection = framing === "close" ? "close" : minor === 0 ? "keep-alive" : null;
      assert.equal(again.get("connection"), connection);
    }),
    { numRuns: 2000 },
  );
});
