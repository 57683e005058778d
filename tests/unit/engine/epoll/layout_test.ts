import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeAddress, encodeAddress, epollEventLayout } from "../../../../src/engine/epoll/layout.ts";

function roundTrip(ip: string, port = 443): string {
  const decoded = decodeAddress(encodeAddress({ ip, port }).buffer.bytes);
  assert.equal(decoded.port, port);
  return decoded.ip;
}

Deno.test("struct sockaddr_in has the bytes that man 7 ip tells", () => {
  const { family, buffer, length } = encodeAddress({ ip: "127.0.0.1", port: 8080 });
  assert.equal(family, 2);
  assert.deepEqual([...buffer.bytes.subarray(0, length)], [
    2,
    0,
    31,
    144,
    127,
    0,
    0,
    1,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
  ]);
});

Deno.test("struct sockaddr_in6 has the bytes that man 7 ipv6 tells", () => {
  const { family, buffer, length } = encodeAddress({ ip: "2001:db8::7%3", port: 1 });
  assert.equal(family, 10);
  const address = [0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7];
  assert.deepEqual([...buffer.bytes.subarray(0, length)], [10, 0, 0, 1, 0, 0, 0, 0, ...address, 3, 0, 0, 0]);
});

Deno.test("any IPv4 address and port comes back", () => {
  fc.assert(fc.property(fc.ipV4(), fc.integer({ min: 0, max: 65_535 }), (ip, port) => {
    assert.equal(roundTrip(ip, port), ip);
  }));
});

Deno.test("any IPv6 address comes back as the same address, in a form that stays", () => {
  fc.assert(fc.property(fc.ipV6(), (ip) => {
    const canonical = roundTrip(ip);
    assert.deepEqual(
      encodeAddress({ ip: canonical, port: 1 }).buffer.bytes,
      encodeAddress({ ip, port: 1 }).buffer.bytes,
    );
    assert.equal(roundTrip(canonical), canonical);
  }));
});

Deno.test("IPv6 addresses are written as RFC 5952 says", () => {
  const written: readonly [string, string][] = [
    ["0:0:0:0:0:0:0:0", "::"],
    ["0:0:0:0:0:0:0:1", "::1"],
    ["2001:0DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
    ["fe80::", "fe80::"],
    ["fe80::1%2", "fe80::1%2"],
    ["::ffff:10.0.0.7", "10.0.0.7"],
    ["::ffff:a00:7", "10.0.0.7"],
    ["::fffe:a00:7", "::fffe:a00:7"],
    ["::1:ffff:a00:7", "::1:ffff:a00:7"],
    ["64:ff9b::10.0.0.7", "64:ff9b::a00:7"],
  ];
  for (const [literal, canonical] of written) assert.equal(roundTrip(literal), canonical);
});

Deno.test("what is no address is refused", () => {
  const wrong = [
    "",
    "localhost",
    "1.2.3",
    "1.2.3.4.5",
    "1.2.3.256",
    "1::2::3",
    ":::",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7::8",
    "12345::",
    "::g",
    "::1.2.3",
    "fe80::1%eth0",
  ];
  for (const ip of wrong) {
    assert.throws(() => encodeAddress({ ip, port: 1 }), TypeError, ip);
  }
});

Deno.test("a socket address of another family gives no address", () => {
  assert.deepEqual(decodeAddress(new Uint8Array([1, 0, 0, 0, 0, 0, 0, 0])), { ip: "", port: 0 });
});

Deno.test("struct epoll_event is packed on x86-64 alone", () => {
  assert.deepEqual(epollEventLayout("x86_64"), { stride: 3, data: 1 });
  assert.deepEqual(epollEventLayout("aarch64"), { stride: 4, data: 2 });
});
