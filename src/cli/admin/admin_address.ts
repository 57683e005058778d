import { formatHostPort } from "../../model/address.ts";
import { formatUnix, isUnix, parseAdminListen, type UnixAddress } from "../../model/config_admin.ts";
import { type HostPort, parseTargetAddress } from "../../model/host_port.ts";

/** An admin server on a port. */
export interface AdminHost extends HostPort {
  /** Whether it speaks TLS; false unless given. */
  readonly tls?: boolean;
}

/** Where an admin server is. */
export type AdminAddress = AdminHost | UnixAddress;

/**
 * Reads where an admin server is: `HOST:PORT`, `https://HOST:PORT` or `unix:/PATH`.
 * @throws {RangeError} saying what is allowed.
 */
export function parseAdminAddress(text: string): AdminAddress {
  if (text.startsWith("unix:")) {
    const address = parseAdminListen(text);
    if (isUnix(address)) return address;
  }
  const scheme = /^(https?):\/\//.exec(text);
  const address = parseTargetAddress(
    scheme === null ? text : text.slice(scheme[0].length).replace(/\/$/, ""),
  );
  return scheme?.[1] === "https" ? { ...address, tls: true } : address;
}

/** As people write it. */
export function formatAdminAddress(address: AdminAddress): string {
  if ("path" in address) return formatUnix(address);
  return `${address.tls === true ? "https://" : ""}${formatHostPort(address.host, address.port)}`;
}
