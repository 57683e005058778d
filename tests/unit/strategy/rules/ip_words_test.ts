import fc from "fast-check";
import ipaddr from "ipaddr.js";
import assert from "node:assert/strict";
import { readIpWords } from "../../../../src/strategy/rules/ip_words.ts";

function words(text: string): number[] | null {
  const out = new Uint32Array(4);
  return readIpWords(text, out) ? [...out] : null;
}

Deno.test("addresses of IPv4 stand behind ::ffff:0:0, however they are written", () => {
  const expected = [0, 0, 0xffff, 0x0a010203];
  for (const text of ["10.1.2.3", "::ffff:10.1.2.3", "::ffff:a01:203", "0:0:0:0:0:ffff:10.1.2.3"]) {
    assert.deepEqual(words(text), expected, text);
  }
});

Deno.test("a zone is passed over, and what is no address is refused", () => {
  assert.deepEqual(words("fe80::1%eth0"), [0xfe800000, 0, 0, 1]);
  const none = [
    "",
    "10.0.0",
    "10.0.0.256",
    "10.0.0.1.2",
    "1..2.3",
    "10.0.0.1 ",
    "::1::",
    "1:2:3",
    "1:2:3:4:5:6:7:8:9",
    "g::",
    "12345::",
    "1:2:3:4:5:6:7::8:9",
    "::10.0.0",
  ];
  for (const text of none) assert.equal(words(text), null, text);
});

/** The other program takes `::1.2.3.4` for an address of IPv4, which it is no more (RFC 4291 section 2.5.5.1). */
const COMPATIBLE = /^::\d+\./;

Deno.test("property: all other addresses are read as another program reads them", () => {
  fc.assert(fc.property(fc.oneof(fc.ipV6(), fc.ipV4()), (text) => {
    if (COMPATIBLE.test(text)) return;
    const parsed = ipaddr.parse(text);
    const bytes = parsed instanceof ipaddr.IPv4
      ? parsed.toIPv4MappedAddress().toByteArray()
      : parsed.toByteArray();
    const view = new DataView(Uint8Array.from(bytes).buffer);
    assert.deepEqual(words(text), [0, 4, 8, 12].map((at) => view.getUint32(at)));
  }));
});
