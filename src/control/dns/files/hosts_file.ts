import ipaddr from "ipaddr.js";
import type { Clock } from "../../../base/clock.ts";
import { isLocalhost } from "../../../model/host_port.ts";
import { RereadFile } from "./reread_file.ts";

/** Addresses by name, in lower case. */
export type Hosts = ReadonlyMap<string, readonly string[]>;

/** The machine's own; a file that cannot be read has no names. */
export function hostsFile(clock: Clock): RereadFile<Hosts> {
  return new RereadFile(clock, "/etc/hosts", parseHosts, () => new Map());
}

/** Reads what hosts(5) describes: an address and its names a line. Lines without a usable address are passed over. */
export function parseHosts(text: string): Hosts {
  const hosts = new Map<string, string[]>();
  for (const line of text.split("\n")) {
    const [written = "", ...names] = line.replace(/#.*/, "").trim().toLowerCase().split(/\s+/);
    // An address with a zone cannot be connected to.
    if (!ipaddr.isValid(written) || written.includes("%")) continue;
    const ip = ipaddr.parse(written).toString();
    for (const name of names) {
      const ips = hosts.get(name) ?? [];
      if (!ips.includes(ip)) ips.push(ip);
      hosts.set(name, ips);
    }
  }
  return hosts;
}

/**
 * Addresses that are known without asking anybody; empty where there are none. `localhost`, and what ends with it, is
 * always this machine (RFC 6761 section 6.3).
 */
export function knownAddresses(host: string, hosts: Hosts): readonly string[] {
  const name = host.endsWith(".") ? host.slice(0, -1) : host;
  const known = hosts.get(name);
  if (known !== undefined) return known;
  if (!isLocalhost(name)) return [];
  return hosts.get("localhost") ?? ["127.0.0.1", "::1"];
}
