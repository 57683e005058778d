import assert from "node:assert/strict";
import { parseProxyHeader } from "../../../../src/data/proxy_protocol/parse_proxy_header.ts";
import { MAX_PROXY_HEADER_BYTES } from "../../../../src/data/proxy_protocol/parse_v2.ts";
import type { ProxyHeader } from "../../../../src/data/proxy_protocol/proxy_header.ts";
import { TlvType } from "../../../../src/data/proxy_protocol/proxy_header.ts";
import { BROKEN, bytesOf, IPV4, summed, tlv, v2 } from "./headers.ts";

/** What a whole header says, which is all of the bytes. */
function read(bytes: Uint8Array): ProxyHeader {
  const found = parseProxyHeader(bytes);
  assert.ok(found.type === "header", JSON.stringify(found));
  assert.equal(found.length, bytes.length);
  return found.header;
}

const CLIENT = {
  kind: "inet",
  source: { ip: "192.0.2.1", port: 40_000 },
  destination: { ip: "198.51.100.7", port: 443 },
};

Deno.test("version 1 tells of TCP over IPv4 and IPv6", () => {
  const header = read(bytesOf("PROXY TCP4 192.0.2.1 198.51.100.7 40000 443\r\n"));
  assert.deepEqual(header, { version: "v1", isLocal: false, addresses: CLIENT, tlvs: [] });
  const { addresses } = read(bytesOf("PROXY TCP6 2001:DB8:0:0:0:0:0:1 ::ffff:192.0.2.1 0 65535\r\n"));
  assert.deepEqual(addresses, {
    kind: "inet",
    source: { ip: "2001:db8::1", port: 0 },
    destination: { ip: "192.0.2.1", port: 65_535 },
  });
});

Deno.test("version 1 may know nothing, and say whatever it likes about that", () => {
  for (const rest of ["", " ", ` ${"f".repeat(91)}`, " 1 2 3 4"]) {
    assert.equal(read(bytesOf(`PROXY UNKNOWN${rest}\r\n`)).addresses, null);
  }
});

Deno.test("version 2 tells of TCP over IPv4 and IPv6", () => {
  assert.deepEqual(read(v2(0x11, IPV4)), { version: "v2", isLocal: false, addresses: CLIENT, tlvs: [] });
  const ipv6 = [0x20, 1, 0x0d, 0xb8, ...Array(11).fill(0), 1, ...Array(15).fill(0), 1, 0, 80, 0, 81];
  assert.deepEqual(read(v2(0x21, ipv6)).addresses, {
    kind: "inet",
    source: { ip: "2001:db8::1", port: 80 },
    destination: { ip: "::1", port: 81 },
  });
});

Deno.test("version 2 tells of unix sockets by their paths", () => {
  const path = (text: string): number[] => [...bytesOf(text.padEnd(108, "\0"))];
  const { addresses } = read(v2(0x31, [...path("/run/one.sock"), ...path("/run/two.sock")]));
  assert.ok(addresses?.kind === "unix");
  assert.deepEqual([...addresses.source], path("/run/one.sock"));
  assert.deepEqual([...addresses.destination], path("/run/two.sock"));
});

Deno.test("of what is not carried by TCP version 2 tells no addresses", () => {
  for (const kind of [0x12, 0x22, 0x32]) assert.equal(read(v2(kind, Array(216).fill(0))).addresses, null);
  assert.equal(read(v2(0x00)).addresses, null);
  assert.deepEqual(read(v2(0x00, tlv(TlvType.authority, "a.example"))).tlvs.length, 1);
});

Deno.test("a local connection of version 2 tells nothing, whatever is in its header", () => {
  for (const header of [v2(0, [], { command: 0x20 }), v2(0x77, [1, 2, 3], { command: 0x20 })]) {
    assert.deepEqual(read(header), { version: "v2", isLocal: true, addresses: null, tlvs: [] });
  }
});

Deno.test("TLVs are kept in their order, but for what is for the header alone", () => {
  const ssl = tlv(TlvType.ssl, [7, 0, 0, 0, 0, ...tlv(0x21, "TLSv1.3"), ...tlv(0x22, "client")]);
  const rest = [
    ...tlv(TlvType.noop, "padding"),
    ...tlv(TlvType.authority, "a.example"),
    ...ssl,
    ...tlv(0xe4, [1, 2]),
    ...tlv(TlvType.alpn, ""),
  ];
  const { tlvs } = read(summed([...IPV4, ...rest]));
  assert.deepEqual(tlvs.map(({ type }) => type), [TlvType.authority, TlvType.ssl, 0xe4, TlvType.alpn]);
  assert.equal(new TextDecoder().decode(tlvs[0]?.value), "a.example");
  assert.deepEqual([...tlvs[1]?.value ?? []], ssl.slice(3));
});

Deno.test("a header that a checksum is for is refused when any bit of it is another", () => {
  const good = summed([...IPV4, ...tlv(TlvType.authority, "a.example")]);
  read(good);
  for (let at = 16; at < good.length - 7; at++) {
    const bad = good.slice();
    bad[at] = bad[at]! ^ 0x10;
    assert.equal(parseProxyHeader(bad).type, "broken", `byte ${at}`);
  }
});

Deno.test("the longest header of version 2 is read", () => {
  const rest = [...IPV4, ...tlv(0xe0, Array(4096 - IPV4.length - 3).fill(7))];
  assert.equal(read(v2(0x11, rest)).tlvs.length, 1);
  assert.equal(v2(0x11, rest).length, MAX_PROXY_HEADER_BYTES);
});

Deno.test("what is behind a header is not looked at, and what it says is no view of it", () => {
  const header = v2(0x11, [...IPV4, ...tlv(TlvType.authority, "a.example")]);
  const bytes = Uint8Array.from([...header, 1, 2, 3]);
  const found = parseProxyHeader(bytes);
  assert.ok(found.type === "header");
  assert.equal(found.length, header.length);
  bytes.fill(0);
  assert.equal(new TextDecoder().decode(found.header.tlvs[0]?.value), "a.example");
});

for (const [name, bytes] of Object.entries(BROKEN)) {
  Deno.test(`refused: ${name}`, () => {
    const found = parseProxyHeader(bytes);
    assert.equal(found.type, "broken", JSON.stringify(found));
  });
}

Deno.test("what does not begin as a header is none, at the first byte that differs", () => {
  for (
    const text of [
      "GET / HTTP/1.1\r\n",
      "PROXY\tTCP4",
      "PROXx",
      "\r\n\r\nGET",
      "\r\n\r\n\0\r\nQUIT\r",
      "\x16\x03\x01",
    ]
  ) {
    assert.equal(parseProxyHeader(bytesOf(text)).type, "none", JSON.stringify(text));
  }
});

Deno.test("a header of which the beginning is there may become one", () => {
  assert.deepEqual(parseProxyHeader(bytesOf("")), { type: "more", hasSignature: false });
  assert.deepEqual(parseProxyHeader(bytesOf("PROXY")), { type: "more", hasSignature: false });
  assert.deepEqual(parseProxyHeader(bytesOf("PROXY ")), { type: "more", hasSignature: true });
  assert.deepEqual(parseProxyHeader(v2(0x11, IPV4).subarray(0, 11)), { type: "more", hasSignature: false });
  assert.deepEqual(parseProxyHeader(v2(0x11, IPV4).subarray(0, 27)), { type: "more", hasSignature: true });
});
