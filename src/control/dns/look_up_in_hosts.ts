import { FproxyError } from "../../base/errors.ts";
import { type Hosts, knownAddresses } from "./files/hosts_file.ts";
import type { LookupResult } from "./lookup.ts";
import type { AddressOrder } from "./order/address_order.ts";

/**
 * What the hosts file says of a name; null where it does not know it.
 * @throws {FproxyError} when it has no address of a family that is used: then nobody else is asked, either.
 */
export function lookUpInHosts(host: string, hosts: Hosts, order: AddressOrder): LookupResult | null {
  const known = knownAddresses(host, hosts);
  if (known.length === 0) return null;
  const ips = order.arrange(known);
  if (ips.length > 0) return { ips, ttlMs: null, unanswered: null };
  throw new FproxyError("no_address", `${host} has no address of the family that dns.family asks for`);
}
