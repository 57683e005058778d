import type { Clock } from "../../base/clock.ts";
import type { SocketAddress } from "../../model/address.ts";
import { DnsClient } from "./dns_client.ts";
import { hostsFile } from "./files/hosts_file.ts";
import { resolvConf } from "./files/resolv_conf.ts";
import type { Lookup } from "./lookup.ts";
import type { AddressOrder } from "./order/address_order.ts";
import { type NameFiles, serverLookup } from "./server_lookup.ts";
import { serviceLookup, type ServiceResult } from "./services/service_lookup.ts";
import { SystemAddresses } from "./system_addresses.ts";
import { systemLookup } from "./system_lookup.ts";

/** How names, and services, are looked up. */
export interface Lookups {
  readonly addresses: Lookup;
  readonly services: Lookup<ServiceResult>;
}

/** By this machine's files and these DNS servers; without any by the system, and for services by the system's servers. */
export function machineLookups(
  clock: Clock,
  servers: readonly SocketAddress[],
  order: AddressOrder,
): Lookups {
  const [hosts, settings] = [hostsFile(clock), resolvConf(clock)];
  const files: NameFiles = { hosts: () => hosts.read(), dns: () => settings.read() };
  const client = new DnsClient(clock, () => servers.length > 0 ? servers : settings.read().servers);
  const questions = { client, clock, order };
  const system = new SystemAddresses();
  return {
    addresses: servers.length > 0 ? serverLookup(questions, files) : systemLookup(questions, {
      ...files,
      addresses: (host, signal) => system.find(host, signal),
    }),
    services: serviceLookup(questions, files),
  };
}
