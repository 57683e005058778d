import ipaddr from "ipaddr.js";
import type { CidrRange } from "../../../../src/model/rule_expression.ts";

/** Whether a range has an address, worked out in another way than the program does. */
export function includesAddress({ words, bits }: CidrRange, ip: string): boolean {
  const parsed = ipaddr.parse(ip);
  const bytes = parsed instanceof ipaddr.IPv4
    ? parsed.toIPv4MappedAddress().toByteArray()
    : parsed.toByteArray();
  const address = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  const first = words.reduce((sum, word) => (sum << 32n) + BigInt(word), 0n);
  return address >> BigInt(128 - bits) === first >> BigInt(128 - bits);
}
