import assert from "node:assert/strict";
import { asEndpoint, formatTarget, isService, parseTarget } from "../../../src/model/endpoint_url.ts";

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

Deno.test("a service has no port, and is no host of that name", () => {
  const cases: [string, string][] = [
    ["_PG._tcp.Db.example", "_pg._tcp.db.example"],
    ["_pg._TCP.db.example.", "_pg._tcp.db.example."],
    ["https://_https._tcp.api.example/v1/", "https://_https._tcp.api.example/v1"],
  ];
  for (const [text, canonical] of cases) {
    const target = parseTarget(text);
    assert.deepEqual([formatTarget(target), isService(target), target.port], [canonical, true, 0]);
  }
  assert.equal(formatTarget(asEndpoint(parseTarget("_x._tcp.one.example"))), "http://_x._tcp.one.example");
  for (const text of ["_x._tcp.one.example:80", "http://_x._tcp.one.example:80/", "_x._tcp.one.example:"]) {
    assert.throws(() => parseTarget(text), /service with a port.*write "_x\._tcp\.one\.example"/);
  }
  // Names of that kind which are no services need a port as all others do.
  for (const text of ["_tcp.example:80", "_x._udp.example:80", "x._tcp.example:80", "_x._tcpx.example:80"]) {
    assert.equal(isService(parseTarget(text)), false, text);
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
