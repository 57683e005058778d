import assert from "node:assert/strict";
import fc from "fast-check";
import { requestRefusal } from "../../../../../src/data/http/policy/request_refusal.ts";
import { upgradeProtocols } from "../../../../../src/data/http/policy/upgrade.ts";
import { anyRequest } from "../messages.ts";
import { forwardHead, forwardRequest, requestHead } from "./forwarding.ts";

const GET = "GET /a?b HTTP/1.1\r\nHost: example.com\r\n";
const OUT = "GET /a?b HTTP/1.1\r\nHost: up.example:9000\r\n";
const VIA = "Via: 1.1 fproxy\r\n\r\n";

Deno.test("forwarded request: fields keep their order, spelling and bytes", () => {
  const fields = "aCCept:*/*\r\nX:  caf\xe9 \t\r\nCookie: a\r\nCookie: b\r\nEmpty:\r\n";
  assert.equal(forwardRequest(`${GET}${fields}\r\n`), `${OUT}${fields}${VIA}`);
});

Deno.test("forwarded request: hop-by-hop fields end here", () => {
  const raw =
    `${GET}A: 1\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\nB: 2\r\nProxy-Connection: x\r\n` +
    "TE: gzip\r\nUpgrade: websocket\r\nProxy-Authorization: Basic eA==\r\nHTTP2-Settings: x\r\nC: 3\r\n\r\n";
  assert.equal(forwardRequest(raw), `${OUT}A: 1\r\nB: 2\r\nC: 3\r\n${VIA}`);
});

Deno.test("forwarded request: fields that Connection names end here, wherever they stand", () => {
  const raw =
    `${GET}X-a: 1\r\nx-B: 2\r\nConnection: X-A, close\r\nX-C: 3\r\nConnection: ,x-b,\r\nX-A: 4\r\n\r\n`;
  assert.equal(forwardRequest(raw), `${OUT}X-C: 3\r\n${VIA}`);
});

Deno.test("forwarded request: Connection cannot take out what frames, routes or describes the message", () => {
  const raw =
    "POST / HTTP/1.1\r\nHost: example.com\r\nContent-Length: 2\r\nContent-Type: a/b\r\nMax-Forwards: 3\r\n" +
    "Via: 1.0 other\r\nConnection: Host, content-length, Content-Type, Via, Max-Forwards, Transfer-Encoding\r\n\r\nhi";
  const out =
    "POST / HTTP/1.1\r\nHost: up.example:9000\r\nContent-Length: 2\r\nContent-Type: a/b\r\nMax-Forwards: 3\r\n" +
    "Via: 1.0 other\r\n";
  assert.equal(forwardRequest(raw), `${out}${VIA}`);
});

Deno.test("forwarded request: Host is the endpoint's, or the client's own", () => {
  assert.match(forwardRequest(`${GET}\r\n`), /^GET \/a\?b HTTP\/1\.1\r\nHost: up\.example:9000\r\nVia/);
  assert.match(forwardRequest(`${GET}\r\n`, { preserveHost: true }), /\r\nHost: example\.com\r\nVia/);
  const absolute = "GET http://other.example:81/x HTTP/1.1\r\nHost: example.com\r\n\r\n";
  assert.match(
    forwardRequest(absolute, { preserveHost: true }),
    /^GET \/x HTTP\/1\.1\r\nHost: other\.example:81\r\nVia/,
  );
  assert.match(
    forwardRequest("GET / HTTP/1.0\r\n\r\n", { preserveHost: true }),
    /\r\nHost: up\.example:9000\r\n/,
  );
});

Deno.test("forwarded request: it is HTTP/1.1, and Via tells what it was", () => {
  const out = forwardRequest("GET / HTTP/1.0\r\nHost: example.com\r\n\r\n");
  assert.equal(out, "GET / HTTP/1.1\r\nHost: up.example:9000\r\nVia: 1.0 fproxy\r\n\r\n");
  assert.match(forwardRequest("GET / HTTP/1.9\r\nHost: example.com\r\n\r\n"), /^GET \/ HTTP\/1\.1\r\n/);
  const via = forwardRequest(`${GET}Via: 1.0 a, 1.1 b\r\n\r\n`);
  assert.equal(via, `${OUT}Via: 1.0 a, 1.1 b\r\n${VIA}`);
});

Deno.test("forwarded request: chunked is written anew, Trailer kept with it alone", () => {
  const raw = "POST / HTTP/1.1\r\nHost: a\r\ntransfer-encoding:\tCHUNKED \r\nTrailer: X\r\n\r\n";
  const out = "POST / HTTP/1.1\r\nHost: up.example:9000\r\nTrailer: X\r\nTransfer-Encoding: chunked\r\n";
  assert.equal(forwardRequest(raw), `${out}${VIA}`);
  assert.equal(forwardRequest(`${GET}Trailer: X\r\n\r\n`), `${OUT}${VIA}`);
});

Deno.test("forwarded request: trailers stay welcome", () => {
  const out = `${OUT}TE: trailers\r\nConnection: TE\r\n${VIA}`;
  assert.equal(forwardRequest(`${GET}TE: gzip;q=1, Trailers\r\nConnection: TE\r\n\r\n`), out);
});

Deno.test("forwarded request: an upgrade is passed on when it is a real one", () => {
  const wish = (connection: string, upgrade: string, begin = GET): string =>
    forwardRequest(
      `${begin}Connection: ${connection}\r\nUpgrade: ${upgrade}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
    );
  const plain = `${OUT}Sec-WebSocket-Version: 13\r\n${VIA}`;
  const upgraded = (protocol: string): string =>
    `${OUT}Sec-WebSocket-Version: 13\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n${VIA}`;
  assert.equal(wish("keep-alive, Upgrade", "websocket"), upgraded("websocket"));
  assert.equal(wish("upgrade", "IRC/6.9, h2c, x"), upgraded("IRC/6.9, x"));
  assert.equal(wish("keep-alive", "websocket"), plain);
  assert.equal(wish("upgrade, HTTP2-Settings", "h2c"), plain);
  assert.equal(wish("upgrade", "H2C"), plain);
  assert.equal(wish("upgrade", "web socket"), plain);
  assert.match(
    wish("upgrade", "websocket", `${GET}Content-Length: 0\r\n`),
    /Content-Length: 0\r\nSec-WebSocket/,
  );
  assert.doesNotMatch(wish("upgrade", "websocket", `${GET}Content-Length: 1\r\n`), /Upgrade/);
  assert.doesNotMatch(wish("upgrade", "websocket", "GET / HTTP/1.0\r\nHost: a\r\n"), /Upgrade/);
});

Deno.test("forwarded request: Expect is passed on only where the caller wants it", () => {
  const raw = "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
  assert.match(forwardRequest(raw, { keepExpect: true }), /Expect: 100-continue/);
  assert.doesNotMatch(forwardRequest(raw), /Expect/);
});

Deno.test("forwarded request: Max-Forwards counts down for TRACE and OPTIONS alone", () => {
  const count = (method: string, value: string): string | undefined =>
    /Max-Forwards: (.*)\r\n/.exec(
      forwardRequest(`${method} / HTTP/1.1\r\nHost: a\r\nMax-Forwards: ${value}\r\n\r\n`),
    )?.[1];
  assert.equal(count("TRACE", "5"), "4");
  assert.equal(count("OPTIONS", "10"), "9");
  assert.equal(count("OPTIONS", "many"), "many");
  assert.equal(count("GET", "5"), "5");
});

Deno.test("forwarded request: whatever was accepted is one right request with the same framing", () => {
  const hop = new Set(["keep-alive", "proxy-connection", "proxy-authorization", "http2-settings"]);
  fc.assert(
    fc.property(anyRequest, fc.constantFrom("", "/apis"), fc.boolean(), (raw, basePath, preserveHost) => {
      const head = requestHead(raw);
      if (head === null || requestRefusal(head, basePath !== "") !== null) return;
      const text = forwardHead(head, { basePath, preserveHost, mode: "replace" });
      const again = requestHead(text);
      assert.ok(again !== null, `the forwarded head is refused: ${text}`);
      assert.equal(again.fieldsEnd + 2, text.length);
      assert.deepEqual([again.method, again.framing, again.contentLength], [
        head.method,
        head.framing,
        head.contentLength,
      ]);
      assert.ok(again.target === "*" || again.target.startsWith(`${basePath}/`), again.target);
      const names = again.entries().map(([name]) => name.toLowerCase());
      assert.ok(!names.some((name) => hop.has(name)));
      for (const name of ["host", "forwarded", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-port"]) {
        assert.equal(names.filter((other) => other === name).length, 1, name);
      }
      assert.ok(again.get("via")?.endsWith(`1.${head.minorVersion} fproxy`));
      const connection = upgradeProtocols(head) !== "" ? "Upgrade" : again.get("te") === null ? null : "TE";
      assert.equal(again.get("connection"), connection);
      const nominated = new Set(
        (head.get("connection") ?? "").split(",").map((name) => name.trim().toLowerCase()),
      );
      const own = (list: [string, string][]): [string, string][] =>
        list.filter(([name]) =>
          /^x-/i.test(name) && !/^x-forwarded-/i.test(name) && !nominated.has(name.toLowerCase())
        );
      assert.deepEqual(own(again.entries()), own(head.entries()));
    }),
    { numRuns: 2000 },
  );
});
