import { getServers } from "node:dns";
import type { Clock } from "../../../base/clock.ts";
import type { SocketAddress } from "../../../model/address.ts";
import { parseIpAddress } from "../../../model/host_port.ts";
import { RereadFile } from "./reread_file.ts";

/** How the system asks DNS. */
export interface SystemDnsSettings {
  readonly servers: readonly SocketAddress[];
  /** A name with fewer dots is tried with the search list's domains behind it first. */
  readonly ndots: number;
  /** Domains of the search list, in lower case, in their order. */
  readonly search: readonly string[];
}

const DNS_PORT = 53;
/** More servers, and more dots, are passed over (resolv.conf(5)). */
const MAX_SERVERS = 3;
const MAX_NDOTS = 15;
/** So are further domains, which cost questions that the system would not ask. */
const MAX_SEARCH = 32;

/** The machine's own settings; where there is no such file, the servers that the runtime knows. */
export function resolvConf(clock: Clock): RereadFile<SystemDnsSettings> {
  return new RereadFile(clock, "/etc/resolv.conf", parseResolvConf, () => ({
    servers: getServers().flatMap(readServer),
    ndots: 1,
    search: [],
  }));
}

/** Reads what resolv.conf(5) describes; what is not understood is passed over, as the system does. */
export function parseResolvConf(text: string): SystemDnsSettings {
  const servers: SocketAddress[] = [];
  let ndots = 1;
  let search: readonly string[] = [];
  for (const line of text.split("\n")) {
    const [keyword, ...values] = line.trim().split(/\s+/);
    if (keyword === "nameserver") servers.push(...readServer(values[0] ?? ""));
    // The last of them counts.
    if (keyword === "search" || keyword === "domain") search = readDomains(values);
    if (keyword !== "options") continue;
    for (const option of values) {
      const written = /^ndots:(\d+)$/.exec(option)?.[1];
      if (written !== undefined) ndots = Math.min(Number(written), MAX_NDOTS);
    }
  }
  if (servers.length === 0) servers.push({ ip: "127.0.0.1", port: DNS_PORT });
  return { servers: servers.slice(0, MAX_SERVERS), ndots, search };
}

/** The root among them adds nothing to a name. */
function readDomains(written: readonly string[]): readonly string[] {
  return written.map((domain) => domain.toLowerCase().replace(/\.$/, "")).filter((domain) => domain !== "")
    .slice(0, MAX_SEARCH);
}

/** None for what cannot be connected to, an address with a zone say. "Any" address is this machine's. */
function readServer(text: string): SocketAddress[] {
  try {
    const { ip, port } = parseIpAddress(text, DNS_PORT);
    return [{ ip: ip === "0.0.0.0" ? "127.0.0.1" : ip === "::" ? "::1" : ip, port }];
  } catch {
    return [];
  }
}
