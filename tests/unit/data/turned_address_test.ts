import fc from "fast-check";
import assert from "node:assert/strict";
import { turnedAddress } from "../../../src/data/turned_address.ts";
import type { SocketAddress } from "../../../src/model/address.ts";

function order(addresses: readonly SocketAddress[], turn: number): (SocketAddress | undefined)[] {
  return addresses.map((_, index) => turnedAddress(addresses, turn, index));
}

function list(...ips: string[]): SocketAddress[] {
  return ips.map((ip) => ({ ip, port: 80 }));
}

Deno.test("each turn begins one address further", () => {
  const addresses = list("10.0.0.1", "10.0.0.2", "10.0.0.3");
  const firsts = [0, 1, 2, 3, 4, 2 ** 32 - 1].map((turn) => turnedAddress(addresses, turn, 0)?.ip);
  assert.deepEqual(firsts, ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.1", "10.0.0.2", "10.0.0.1"]);
  assert.deepEqual(order(addresses, 1).map((address) => address?.ip), ["10.0.0.2", "10.0.0.3", "10.0.0.1"]);
  assert.equal(turnedAddress(addresses, 1, 3), undefined);
});

Deno.test("families keep their places, and turn each by itself", () => {
  const addresses = list("2001:db8::1", "10.0.0.1", "2001:db8::2", "10.0.0.2", "10.0.0.3");
  const expected = ["2001:db8::2", "10.0.0.2", "2001:db8::1", "10.0.0.3", "10.0.0.1"];
  assert.deepEqual(order(addresses, 1).map((address) => address?.ip), expected);
});

Deno.test("at any turn every address is tried once, the very objects of the list, and over the turns each is first", () => {
  const ips = fc.uniqueArray(fc.oneof(fc.ipV4(), fc.ipV6()), { minLength: 1, maxLength: 12 });
  fc.assert(fc.property(ips, fc.nat(2 ** 31), (names, turn) => {
    const addresses = list(...names);
    const tried = order(addresses, turn);
    assert.deepEqual(new Set(tried), new Set(addresses));
    const families = (of: typeof tried): unknown[] => of.map((address) => address?.ip.includes(":"));
    assert.deepEqual(families(tried), families(addresses));
    const preferred = addresses.filter(({ ip }) => ip.includes(":") === names[0]?.includes(":"));
    const firsts = preferred.map((_, next) => turnedAddress(addresses, turn + next, 0));
    assert.deepEqual(new Set(firsts), new Set(preferred));
  }));
});
