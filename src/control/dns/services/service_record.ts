import { MAX_SERVICE_HOSTS } from "../../../base/limits.ts";
import { formatHostPort } from "../../../model/address.ts";

/** One host of a service (RFC 2782). */
export interface ServiceRecord {
  /** Name or IP literal, in lower case. */
  readonly host: string;
  /** 1 to 65535. */
  readonly port: number;
  /** Hosts with the lowest number come first; 0 to 65535. */
  readonly priority: number;
  /** Share among hosts of the same priority, 0 to 65535; 0 is a very small one. */
  readonly weight: number;
}

/**
 * Reads what DNS says of a service, each record as `PRIORITY WEIGHT PORT NAME`: lowest priority first, then the greater
 * weight, each host and port once, {@link MAX_SERVICE_HOSTS} at most. The root as a name says that the service is not
 * offered, and no connection can go to port 0: both are left out.
 */
export function readServiceRecords(values: readonly string[]): readonly ServiceRecord[] {
  const records = values.map(readRecord).filter(({ host, port }) => host !== "" && port !== 0)
    .toSorted((a, b) => a.priority - b.priority || b.weight - a.weight || compareText(key(a), key(b)));
  const first = new Map<string, ServiceRecord>();
  for (const record of records) if (!first.has(key(record))) first.set(key(record), record);
  return [...first.values()].slice(0, MAX_SERVICE_HOSTS);
}

/** As in a zone file (RFC 2782). */
export function formatServiceRecord({ priority, weight, port, host }: ServiceRecord): string {
  return `${priority} ${weight} ${port} ${host}`;
}

function readRecord(value: string): ServiceRecord {
  const [priority = "", weight = "", port = "", host = ""] = value.split(" ");
  return { priority: Number(priority), weight: Number(weight), port: Number(port), host };
}

function key({ host, port }: ServiceRecord): string {
  return formatHostPort(host, port);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
