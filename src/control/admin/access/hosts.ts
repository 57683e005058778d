import ipaddr from "ipaddr.js";
import { isLocalhost, isLoopback } from "../../../model/host_port.ts";

/** Host and port of a `Host` field, or of the authority in an origin; null where it is neither. */
export function parseAuthority(text: string): { readonly host: string; readonly port: string } | null {
  const parts = /^(?:\[([\da-f:.]+)\]|([\w.-]+))(?::(\d{1,5}))?$/i.exec(text);
  if (parts === null) return null;
  const [, ipv6, name = "", port = ""] = parts;
  return { host: (ipv6 ?? name).toLowerCase(), port };
}

/**
 * Whether a request for this host may be meant for the admin server: an address, `localhost`, or a name that the config
 * has. Any other name may be that of a web page whose owner has it resolve to this machine (DNS rebinding).
 */
export function isOwnHost(host: string, names: ReadonlySet<string>): boolean {
  return ipaddr.isValid(host) || isLocalhost(host) || names.has(host);
}

/** Whether the host means the machine itself. */
export function isThisMachine(host: string): boolean {
  return isLoopback(host) || isLocalhost(host);
}
