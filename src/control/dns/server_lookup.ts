import type { Clock } from "../../base/clock.ts";
import type { SocketAddress } from "../../model/address.ts";
import { askBothFamilies } from "./both_families.ts";
import { DnsClient } from "./dns_client.ts";
import { type Hosts, hostsFile, knownAddresses } from "./files/hosts_file.ts";
import { interleaveFamilies } from "./interleave_families.ts";
import type { Lookup } from "./lookup.ts";

/** Looks into the hosts file, then asks the given DNS servers and nobody else. */
export function serverLookup(
  servers: readonly SocketAddress[],
  clock: Clock,
  hosts: { read(): Hosts } = hostsFile(clock),
): Lookup {
  const client = new DnsClient(clock, () => servers);
  return async (host, call) => {
    const ips = knownAddresses(host, hosts.read());
    if (ips.length === 0) return await askBothFamilies(client, host, call, clock);
    return { ips: interleaveFamilies(ips), ttlMs: null, unanswered: null };
  };
}
