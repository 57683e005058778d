import { isIPv6 } from "../../model/address.ts";

/** Alternates the families, the first one's first (RFC 8305 section 4), without duplicates. */
export function interleaveFamilies(ips: readonly string[]): string[] {
  const unique = [...new Set(ips)];
  const isFirstFamily = (ip: string): boolean => isIPv6(ip) === isIPv6(unique[0] ?? "");
  const first = unique.filter(isFirstFamily);
  const second = unique.filter((ip) => !isFirstFamily(ip));
  const mixed: string[] = [];
  for (let i = 0; i < Math.max(first.length, second.length); i++) {
    const [a, b] = [first[i], second[i]];
    if (a !== undefined) mixed.push(a);
    if (b !== undefined) mixed.push(b);
  }
  return mixed;
}
