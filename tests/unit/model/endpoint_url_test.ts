import assert from "node:assert/strict";
import { asEndpoint, formatTarget, parseTarget } from "../../../src/model/endpoint_url.ts";

Deno.test("a target is a host and a port, or a URL", () => {
  assert.deepEqual(parseTarget("Db.example:5432"), { host: "db.example", port: 5432, url: null });
  const cases: [string, string, number, "http" | "https", string][] = [
    ["http://one.example", "one.example", 80, "http", ""],
    ["https://one.example/", "one.example", 443, "https", ""],
    ["HTTPS://ONE.example:8443/Apis/v1/", "one.example", 8443, "https", "/Apis/v1"],
    ["http://10.0.0.7:8080/a%20b", "10.0.0.7", 8080, "http", "/a%20b"],
    ["http://[2001:DB8::1]/x", "2001:db8::1", 80, "http", "/x"],
    ["http://[::1]:81", "::1", 81, "http", ""],
  ];
  for (const [text, host, port, scheme, base_path] of cases) {
    assert.deepEqual(parseTarget(text), { host, port, url: { scheme, base_path } }, text);
  }
});

Deno.test("an endpoint has one canonical form", () => {
  const cases: [string, string][] = [
    ["http://One.example:80/", "http://one.example"],
    ["https://one.example:443/apis/", "https://one.example/apis"],
    ["https://one.example:80", "https://one.example:80"],
    ["http://[::0001]:8080", "http://[::1]:8080"],
    ["one.example:443", "one.example:443"],
  ];
  for (const [text, canonical] of cases) {
    assert.equal(formatTarget(parseTarget(text)), canonical);
    assert.deepEqual(parseTarget(canonical), parseTarget(text));
  }
  assert.equal(formatTarget(asEndpoint(parseTarget("one.example:80"))), "http://one.example");
});

Deno.test("what is no endpoint is refused with a reason", () => {
  const cases: [string, RegExp][] = [
    ["https://one.example?x", /has a query/],
    ["https://one.example/#x", /has a fragment/],
    ["https://u@one.example", /user name/],
    ["https://", /no host/],
    ["https://one.example/a b", /percent-encoded/],
    ["https://one.example/%zz", /percent-encoded/],
    ["https://one.example/a//b", /empty part/],
    ["https://one.example/%2e%2E/", /"\.\."/],
    ["ws://one.example", /scheme \(ws:\/\/\)/],
    ["https://one.example:99999", /out of range/],
  ];
  for (const [text, reason] of cases) assert.throws(() => parseTarget(text), reason, text);
});
