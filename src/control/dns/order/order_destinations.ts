import ipaddr from "ipaddr.js";
import { isIPv6 } from "../../../model/address.ts";
import { isLoopback } from "../../../model/host_port.ts";
import type { LocalAddress } from "./local_addresses.ts";
import { policyOf, scopeOf } from "./policy_table.ts";

/** What the rules look at of a destination. Of two, the one with the greater number is better, first number first. */
type Merits = readonly number[];

/**
 * Sorts addresses to connect to by RFC 6724 section 6, as far as can be told without asking the system for routes: rules 1
 * (there is a source address that reaches it), 2 (scope of the source), 5 (label of the source), 6 (precedence), 8 (smaller
 * scope) and, for IPv6, 9 (longest prefix in common with the source). What is left stays in the given order.
 * @param ips IP literals.
 * @param local this machine's addresses; null where they are not known: then everything counts as reachable.
 */
export function orderDestinations(
  ips: readonly string[],
  local: readonly LocalAddress[] | null,
): readonly string[] {
  return ips.map((ip) => ({ ip, merits: meritsOf(ip, local) }))
    .toSorted((a, b) => compare(b.merits, a.merits))
    .map(({ ip }) => ip);
}

function compare(one: Merits, other: Merits): number {
  for (const [at, merit] of one.entries()) {
    const difference = merit - (other[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function meritsOf(ip: string, local: readonly LocalAddress[] | null): Merits {
  const { precedence, label } = policyOf(ip);
  const scope = scopeOf(ip);
  const source = local === null ? null : sourceFor(ip, local);
  const isReachable = source === undefined ? 0 : 1;
  const fitsScope = source === null || source !== undefined && scopeOf(source.ip) === scope ? 1 : 0;
  const fitsLabel = source === null || source !== undefined && policyOf(source.ip).label === label ? 1 : 0;
  const common = source && isIPv6(ip) ? commonBits(ip, source) : 0;
  return [isReachable, fitsScope, fitsLabel, precedence, -scope, common];
}

/** The address that the system would send from (RFC 6724 section 5, rules 1, 2, 6 and 8); undefined where none reaches. */
function sourceFor(ip: string, local: readonly LocalAddress[]): LocalAddress | undefined {
  const scope = scopeOf(ip);
  const { label } = policyOf(ip);
  const merits = (source: LocalAddress): Merits => [
    source.ip === ip ? 1 : 0,
    -scopeOf(source.ip),
    policyOf(source.ip).label === label ? 1 : 0,
    commonBits(ip, source),
  ];
  return local.filter((source) => isIPv6(source.ip) === isIPv6(ip))
    // What the machine has for itself reaches nobody else, and what it has for its network nobody beyond.
    .filter((source) => isLoopback(source.ip) === isLoopback(ip) && scopeOf(source.ip) >= scope)
    .toSorted((a, b) => compare(merits(b), merits(a)))[0];
}

/** Bits that an address shares with a source at its beginning, within the prefix of the source's network. */
function commonBits(ip: string, source: LocalAddress): number {
  const [one, other] = [ipaddr.parse(ip).toByteArray(), ipaddr.parse(source.ip).toByteArray()];
  let bits = 0;
  for (const [at, byte] of one.entries()) {
    const different = byte ^ (other[at] ?? 0);
    bits += Math.clz32(different) - 24;
    if (different !== 0) break;
  }
  return Math.min(bits, source.prefixBits);
}
