import { errorMessage } from "../base/errors.ts";
import { type HostPort, parseTargetAddress } from "./host_port.ts";

/** Where a syslog receiver is. */
export type SyslogAddress =
  | { readonly transport: "unix"; readonly path: string }
  | { readonly transport: "udp" | "tcp"; readonly host: string; readonly port: number };

/** Ports of receivers whose address names none (RFC 5426 section 3.3, RFC 6587 section 3.4.1 with RFC 3195's port). */
const DEFAULT_PORTS = { udp: 514, tcp: 601 } as const;

/** What an address looks like, for messages. */
export const SYSLOG_FORMS =
  '"unix:/dev/log", "udp://logs.example:514" or "tcp://10.0.0.9:601" (514 and 601 unless a port is written)';

/**
 * Reads where a syslog receiver is: a unix socket, or a host and a port by UDP or TCP.
 * @throws {RangeError} saying what is allowed.
 */
export function parseSyslogAddress(text: string): SyslogAddress {
  const path = /^unix:(\/.*[^/])$/.exec(text)?.[1];
  if (path !== undefined && !path.includes("\0")) return { transport: "unix", path };
  const [, transport, authority = ""] = /^(udp|tcp):\/\/([^/]+)$/.exec(text) ?? [];
  if (transport !== "udp" && transport !== "tcp") {
    throw new RangeError(`"${text}" is no address of a syslog receiver: write ${SYSLOG_FORMS}`);
  }
  return { transport, ...hostPort(authority, DEFAULT_PORTS[transport], text) };
}

/** As it is written in a config. */
export function formatSyslogAddress(address: SyslogAddress): string {
  if (address.transport === "unix") return `unix:${address.path}`;
  const { transport, host, port } = address;
  return `${transport}://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function hostPort(authority: string, defaultPort: number, text: string): HostPort {
  const hasPort = /:\d*$/.test(authority.replace(/^\[.*\]/, ""));
  try {
    return parseTargetAddress(hasPort ? authority : `${authority}:${defaultPort}`);
  } catch (error) {
    // The parser speaks of the authority alone.
    throw new RangeError(`"${text}": ${errorMessage(error)}`);
  }
}
