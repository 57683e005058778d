import type { Clock } from "../../base/clock.ts";
import type { SocketAddress } from "../../model/address.ts";
import { askBothFamilies } from "./both_families.ts";
import { DnsClient } from "./dns_client.ts";
import type { Lookup } from "./lookup.ts";

/** Asks the given DNS servers and nothing else. */
export function serverLookup(servers: readonly SocketAddress[], clock: Clock): Lookup {
  const client = new DnsClient(clock, () => Promise.resolve(servers));
  return (host, call) => askBothFamilies(client, host, call, clock);
}
