import assert from "node:assert/strict";
import { formatAddress, formatHostPort, isIPv6 } from "../../../src/model/address.ts";

Deno.test("IPv6 literals are bracketed, names and IPv4 literals are not", () => {
  assert.equal(formatAddress({ ip: "::1", port: 80 }), "[::1]:80");
  assert.equal(formatAddress({ ip: "127.0.0.1", port: 0 }), "127.0.0.1:0");
  assert.equal(formatHostPort("example.org", 443), "example.org:443");
  assert.deepEqual(["::", "10.0.0.1", "a.b"].map(isIPv6), [true, false, false]);
});
