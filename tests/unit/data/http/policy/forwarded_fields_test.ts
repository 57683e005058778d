import assert from "node:assert/strict";
import { CLIENT, type Forwarding, forwardRequest } from "./forwarding.ts";

const GET = "GET / HTTP/1.1\r\nHost: example.com:8080\r\n";
const LIES = "Forwarded: for=1.1.1.1\r\nX-Forwarded-For: 1.1.1.1\r\nX-Forwarded-Proto: https\r\n" +
  "x-forwarded-for: 2.2.2.2\r\nX-Forwarded-Host: evil\r\nX-Forwarded-Port: 1\r\n";

/** The lines that tell where a request came from, as the endpoint gets them. */
function told(raw: string, how: Forwarding): string[] {
  return forwardRequest(raw, how).split("\r\n").filter((line) => /^(x-)?forwarded/i.test(line));
}

const OWN = [
  'Forwarded: for=192.0.2.7;proto=http;host="example.com:8080"',
  "X-Forwarded-For: 192.0.2.7",
  "X-Forwarded-Proto: http",
  "X-Forwarded-Port: 8080",
  "X-Forwarded-Host: example.com:8080",
];

Deno.test("forwarded fields: what a stranger says is replaced", () => {
  assert.deepEqual(told(`${GET}\r\n`, { mode: "replace" }), OWN);
  assert.deepEqual(told(`${GET}${LIES}\r\n`, { mode: "replace" }), OWN);
});

Deno.test("forwarded fields: what a trusted proxy says is continued", () => {
  assert.deepEqual(told(`${GET}\r\n`, { mode: "append" }), OWN);
  assert.deepEqual(told(`${GET}${LIES}\r\n`, { mode: "append" }), [
    'Forwarded: for=1.1.1.1, for=192.0.2.7;proto=http;host="example.com:8080"',
    "X-Forwarded-For: 1.1.1.1, 2.2.2.2, 192.0.2.7",
    "X-Forwarded-Proto: https",
    "X-Forwarded-Port: 1",
    "X-Forwarded-Host: evil",
  ]);
  const onlyFor = told(`${GET}X-Forwarded-For: 1.1.1.1\r\n\r\n`, { mode: "append" });
  assert.deepEqual(onlyFor, [OWN[0], "X-Forwarded-For: 1.1.1.1, 192.0.2.7", ...OWN.slice(2)]);
});

Deno.test("forwarded fields: off touches nothing", () => {
  assert.deepEqual(told(`${GET}${LIES}\r\n`, { mode: "off" }), LIES.trim().split("\r\n"));
});

Deno.test("forwarded fields: IPv6 is quoted in Forwarded and bare in X-Forwarded-For", () => {
  const client = { ...CLIENT, ip: "2001:db8::1", proto: "https" as const, port: 443 };
  const lines = told(`${GET}\r\n`, { mode: "replace", client });
  assert.equal(lines[0], 'Forwarded: for="[2001:db8::1]";proto=https;host="example.com:8080"');
  assert.deepEqual(lines.slice(1, 4), [
    "X-Forwarded-For: 2001:db8::1",
    "X-Forwarded-Proto: https",
    "X-Forwarded-Port: 443",
  ]);
});

Deno.test("forwarded fields: no host is made up, and an absolute target's counts", () => {
  const none = told("GET / HTTP/1.0\r\n\r\n", { mode: "replace" });
  assert.deepEqual(none, ["Forwarded: for=192.0.2.7;proto=http", ...OWN.slice(1, 4)]);
  const absolute = told("GET http://other/ HTTP/1.1\r\nHost: example.com\r\n\r\n", { mode: "replace" });
  assert.equal(absolute.at(-1), "X-Forwarded-Host: other");
});

Deno.test("forwarded fields: Connection cannot take out what is added here", () => {
  assert.deepEqual(told(`${GET}Connection: X-Forwarded-For, Forwarded\r\n\r\n`, { mode: "replace" }), OWN);
});
