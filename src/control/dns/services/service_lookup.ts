import { FproxyError } from "../../../base/errors.ts";
import type { FamilyQuestions } from "../both_families.ts";
import { knownAddresses } from "../files/hosts_file.ts";
import { searchedNames } from "../files/search_list.ts";
import type { Lookup } from "../lookup.ts";
import type { NameFiles } from "../server_lookup.ts";
import { RecordType } from "../wire/record_type.ts";
import { readServiceRecords, type ServiceRecord } from "./service_record.ts";

/** What a service's name stands for now. */
export interface ServiceResult {
  /** Best first; empty for a service that is said not to be offered. */
  readonly records: readonly ServiceRecord[];
  /** How long that may be kept, milliseconds. */
  readonly ttlMs: number | null;
  /** Addresses of hosts that came along, best first. */
  readonly addresses: ReadonlyMap<string, readonly string[]>;
}

/** Asks DNS which hosts offer a service (`_http._tcp.web.example`). Rejects where there is no such record. */
export function serviceLookup({ client, order }: FamilyQuestions, files: NameFiles): Lookup<ServiceResult> {
  return async (service, { signal }) => {
    for (const name of searchedNames(service, files.dns())) {
      const answer = await client.ask({ name, type: RecordType.SRV }, signal);
      if (answer.values.length === 0) continue;
      const hosts = files.hosts();
      const addresses = [...answer.additional]
        // What the hosts file says goes before.
        .filter(([host]) => knownAddresses(host, hosts).length === 0)
        .map(([host, ips]) => [host, order.arrange(ips)] as const)
        .filter(([, ips]) => ips.length > 0);
      return {
        records: readServiceRecords(answer.values),
        ttlMs: answer.ttlMs,
        addresses: new Map(addresses),
      };
    }
    throw new FproxyError("no_address", `${service} has no SRV record`);
  };
}
