import assert from "node:assert/strict";
import fc from "fast-check";
import type { LocalAddress } from "../../../../../src/control/dns/order/local_addresses.ts";
import { localAddresses } from "../../../../../src/control/dns/order/local_addresses.ts";
import { orderDestinations } from "../../../../../src/control/dns/order/order_destinations.ts";
import { systemClock } from "../../../../../src/base/clock.ts";

function local(...addresses: string[]): LocalAddress[] {
  return addresses.map((text) => {
    const [ip = "", bits = ""] = text.split("/");
    return { ip, prefixBits: Number(bits) };
  });
}

/** RFC 6724 section 10.2, the examples that are about destinations; sources as it has them. */
const EXAMPLES: readonly (readonly [string, readonly LocalAddress[], readonly string[]])[] = [
  [
    "prefer matching scope",
    local("2001:db8:1::2/64", "fe80::1/64", "169.254.13.78/16"),
    ["2001:db8:1::1", "198.51.100.121"],
  ],
  [
    "prefer matching scope, where IPv6 is for the link alone",
    local("fe80::1/64", "198.51.100.117/24"),
    ["198.51.100.121", "2001:db8:1::1"],
  ],
  ["prefer higher precedence", local("2001:db8:1::2/64", "10.1.2.4/8"), ["2001:db8:1::1", "10.1.2.3"]],
  ["prefer smaller scope", local("2001:db8:1::2/64", "fe80::2/64"), ["fe80::1", "2001:db8:1::1"]],
  [
    "longest matching prefix",
    local("2001:db8:1::2/64", "2001:db8:3f44::2/64"),
    ["2001:db8:1::1", "2001:db8:3ffe::1"],
  ],
  [
    "prefer matching label",
    local("2002:c633:6401::2/48", "fe80::2/64"),
    ["2002:c633:6401::1", "2001:db8:1::1"],
  ],
  [
    "6to4 with an address of its own, or the better IPv6",
    local("2002:c633:6401::2/48", "2001:db8:1::2/64"),
    ["2001:db8:1::1", "2002:c633:6401::1"],
  ],
];

for (const [what, sources, wanted] of EXAMPLES) {
  Deno.test(`destinations of RFC 6724: ${what}`, () => {
    assert.deepEqual(orderDestinations(wanted, sources), wanted);
    assert.deepEqual(orderDestinations(wanted.toReversed(), sources), wanted);
  });
}

Deno.test("without an IPv6 address that reaches further than the link, IPv4 comes first", () => {
  const ips = ["2001:db8::1", "10.0.0.1"];
  for (const six of [[], ["::1/128"], ["::1/128", "fe80::5/64"]]) {
    assert.deepEqual(orderDestinations(ips, local("127.0.0.1/8", "10.0.0.5/8", ...six)), [
      "10.0.0.1",
      "2001:db8::1",
    ]);
  }
  // A network of its own makes an address of the world no better.
  assert.deepEqual(orderDestinations(ips, local("10.0.0.5/8", "fd00::5/64"))[0], "10.0.0.1");
  assert.deepEqual(orderDestinations(ips, local("10.0.0.5/8", "2001:db8::5/64"))[0], "2001:db8::1");
  assert.deepEqual(
    orderDestinations(["10.0.0.1", "fd00::1"], local("2001:db8::5/64", "10.0.0.5/8"))[0],
    "10.0.0.1",
  );
});

Deno.test("addresses of one kind stay in the order that the server gave them", () => {
  const ips = ["10.0.0.3", "10.0.0.1", "192.0.2.7", "10.0.0.2"];
  assert.deepEqual(orderDestinations(ips, local("10.0.0.5/8")), ips);
  assert.deepEqual(orderDestinations(ips, null), ips);
});

Deno.test("where the machine's addresses are not known the table alone counts", () => {
  assert.deepEqual(orderDestinations(["fd00::1", "10.0.0.1", "2001:db8::1", "::1"], null), [
    "::1",
    "2001:db8::1",
    "10.0.0.1",
    "fd00::1",
  ]);
});

Deno.test("property: every address is kept, and the order does not depend on the one given", () => {
  const ip = fc.oneof(fc.ipV4(), fc.ipV6());
  const sources = fc.array(fc.record({ ip, prefixBits: fc.integer({ min: 0, max: 128 }) }), { maxLength: 5 });
  fc.assert(fc.property(fc.uniqueArray(ip, { maxLength: 8 }), sources, (ips, own) => {
    const ordered = orderDestinations(ips, own);
    assert.deepEqual(ordered.toSorted(), ips.toSorted());
    assert.deepEqual(orderDestinations(ordered, own), ordered);
  }));
});

Deno.test("this machine's addresses are known", () => {
  const addresses = localAddresses(systemClock)();
  assert.ok(addresses?.some(({ ip, prefixBits }) => ip === "127.0.0.1" && prefixBits === 8));
});
