import { isIPv6 } from "../../../model/address.ts";
import type { DnsFamily } from "../../../model/config.ts";
import { interleaveFamilies } from "../interleave_families.ts";
import type { Family } from "../lookup.ts";
import type { ReadLocalAddresses } from "./local_addresses.ts";
import { orderDestinations } from "./order_destinations.ts";

/** Which addresses of a name are used, and in which order they are tried: `dns.family`, RFC 6724, RFC 8305. */
export class AddressOrder {
  constructor(
    private readonly family: DnsFamily,
    private readonly readLocal: ReadLocalAddresses,
  ) {}

  /** The families to ask for. */
  get families(): readonly Family[] {
    if (this.family === "ipv4") return ["IPv4"];
    return this.family === "ipv6" ? ["IPv6"] : ["IPv6", "IPv4"];
  }

  /** Of addresses in any order those that are used, best first, families in turn. */
  arrange(ips: readonly string[]): readonly string[] {
    return this.choose(orderDestinations(ips, ips.length > 1 ? this.readLocal() : null));
  }

  /** The same of addresses that are in order already, as the system gives them. */
  choose(ips: readonly string[]): readonly string[] {
    const six = (ip: string): boolean => isIPv6(ip);
    const four = (ip: string): boolean => !isIPv6(ip);
    switch (this.family) {
      case "ipv4":
        return interleaveFamilies(ips.filter(four));
      case "ipv6":
        return interleaveFamilies(ips.filter(six));
      case "prefer_ipv4":
        return interleaveFamilies([...ips.filter(four), ...ips.filter(six)]);
      case "prefer_ipv6":
        return interleaveFamilies([...ips.filter(six), ...ips.filter(four)]);
      case "both":
        return interleaveFamilies(ips);
    }
  }
}
