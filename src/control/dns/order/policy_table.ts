import ipaddr from "ipaddr.js";

/** What the policy table says of an address (RFC 6724 section 2.1). */
export interface AddressPolicy {
  /** Destinations of a higher one are better. */
  readonly precedence: number;
  /** Destinations whose source has the same one are better. */
  readonly label: number;
}

/** How far addresses reach (RFC 6724 section 3.1): values of RFC 4291 section 2.7. */
const Scope = { loopback: 2, linkLocal: 2, siteLocal: 5, global: 14 } as const;

/** The default table, the longest prefixes first. IPv4 has the entry of `::ffff:0:0/96`. */
const IPV4: AddressPolicy = { precedence: 35, label: 4 };
const IPV6: readonly (readonly [string, AddressPolicy])[] = [
  ["::1/128", { precedence: 50, label: 0 }],
  ["::/96", { precedence: 1, label: 3 }],
  ["2001::/32", { precedence: 5, label: 5 }],
  ["2002::/16", { precedence: 30, label: 2 }],
  ["3ffe::/16", { precedence: 1, label: 12 }],
  ["fec0::/10", { precedence: 1, label: 11 }],
  ["fc00::/7", { precedence: 3, label: 13 }],
  ["::/0", { precedence: 40, label: 1 }],
];
/** Deprecated, but in use (RFC 3879). */
const SITE_LOCAL = ipaddr.IPv6.parseCIDR("fec0::/10");
const TABLE = IPV6.map(([prefix, policy]) => ({ prefix: ipaddr.IPv6.parseCIDR(prefix), policy }));

/** Precedence and label of an IP literal. */
export function policyOf(ip: string): AddressPolicy {
  const address = ipaddr.parse(ip);
  if (address instanceof ipaddr.IPv4) return IPV4;
  return TABLE.find(({ prefix }) => address.match(prefix))?.policy ?? { precedence: 40, label: 1 };
}

/** Scope of an IP literal; private IPv4 addresses count as global (RFC 6724 section 3.2). */
export function scopeOf(ip: string): number {
  const address = ipaddr.parse(ip);
  switch (address.range()) {
    case "loopback":
      return Scope.loopback;
    case "linkLocal":
      return Scope.linkLocal;
    default:
      return address instanceof ipaddr.IPv6 && address.match(SITE_LOCAL) ? Scope.siteLocal : Scope.global;
  }
}
