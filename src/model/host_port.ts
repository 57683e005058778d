import ipaddr from "ipaddr.js";
import type { SocketAddress } from "./address.ts";

/** Where connections are sent: a name or an address literal, and a port. */
export interface HostPort {
  /** Lower-case DNS name, IPv4 literal, or IPv6 literal without brackets, in canonical form. */
  readonly host: string;
  /** 1 to 65535. */
  readonly port: number;
}

/** Name of a service, of which DNS says the hosts and ports (RFC 2782). */
const SERVICE = /^_[^.]+\._tcp\.(?=[^.])/;

/** Where to listen: an address literal, or a name that stands for all of its addresses, and a port. */
export interface ListenAddress {
  /** As in {@link HostPort}. */
  readonly host: string;
  /** 0 to 65535; 0 lets the system choose. */
  readonly port: number;
}

/** What a listen address looks like, for messages. */
export const LISTEN_FORMS =
  'a port such as 5001, or an address such as "127.0.0.1:5001", "[::1]:5001" or "localhost:5001"';

/** What a target address looks like, for messages. */
export const TARGET_FORMS = 'a host and a port, such as "db.example:5432", "10.0.0.7:5432" or "[::1]:5432"';

/**
 * The address that a bare port listens on. Not `::`, although that would serve IPv6 too: it cannot be bound where IPv6
 * is off, and clients would be logged as `::ffff:10.0.0.1`. `[::]:5001` asks for both families.
 */
export const WILDCARD_IP = "0.0.0.0";

/** Without the dot at its end that an absolute name has (RFC 1035 section 2.3.4). */
const MAX_NAME_LENGTH = 253;
const NAME_LABEL = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/;
/** Last label of what systems read as an IPv4 address rather than a name: `0x7f.0.0.1` is 127.0.0.1 to getaddrinfo(3). */
const NUMBER_LABEL = /^(\d+|0x[\da-f]*)$/;

/**
 * Reads a listen address: `5001`, `127.0.0.1:5001`, `[::1]:5001`, `localhost:5001`. Port 0 lets the system choose.
 * @throws {RangeError} saying what is allowed.
 */
export function parseListenAddress(text: string): ListenAddress {
  const parts = split(text, LISTEN_FORMS);
  const port = parsePort(parts.port ?? parts.host, text, 0, LISTEN_FORMS);
  if (parts.port === undefined) return { host: WILDCARD_IP, port };
  if (parts.bracketed) return { host: parseIPv6(parts.host, text), port };
  return { host: parseIPv4(parts.host) ?? parseName(parts.host, text, LISTEN_FORMS), port };
}

/**
 * Reads a target: a DNS name (RFC 1123, underscores allowed) or an IP literal, and a port.
 * @throws {RangeError} saying what is allowed.
 */
export function parseTargetAddress(text: string): HostPort {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1];
  if (scheme !== undefined) {
    throw new RangeError(`"${text}" has a scheme (${scheme}://): write ${TARGET_FORMS}`);
  }
  const parts = split(text, TARGET_FORMS);
  if (parts.port === undefined) throw new RangeError(`"${text}" has no port: write ${TARGET_FORMS}`);
  const port = parsePort(parts.port, text, 1, TARGET_FORMS);
  if (parts.bracketed) return { host: parseIPv6(parts.host, text), port };
  return { host: parseIPv4(parts.host) ?? parseName(parts.host, text, TARGET_FORMS), port };
}

/**
 * Reads an IP literal with or without a port, for places where the port has a usual value.
 * @throws {RangeError} saying what is allowed.
 */
export function parseIpAddress(text: string, defaultPort: number): SocketAddress {
  if (ipaddr.IPv6.isValid(text)) return { ip: parseIPv6(text, text), port: defaultPort };
  const bare = parseIPv4(text);
  if (bare !== undefined) return { ip: bare, port: defaultPort };
  const forms = `an IP address such as "10.0.0.2", "10.0.0.2:${defaultPort}" or "[::1]:${defaultPort}"`;
  const parts = split(text, forms);
  const ip = parts.bracketed ? parseIPv6(parts.host, text) : parseIPv4(parts.host);
  if (ip === undefined) throw new RangeError(`"${text}" is not an IP address: write ${forms}`);
  return { ip, port: parts.port === undefined ? defaultPort : parsePort(parts.port, text, 1, forms) };
}

/** Whether the literal is an address that only this machine reaches (127.0.0.0/8, `::1`); names give false. */
export function isLoopback(ip: string): boolean {
  return ipaddr.isValid(ip) && ipaddr.parse(ip).range() === "loopback";
}

/** Whether the name always means this machine alone (RFC 6761 section 6.3): `localhost`, and what ends with it. */
export function isLocalhost(host: string): boolean {
  return /(^|\.)localhost\.?$/.test(host);
}

/** Whether the name is that of a service: `_http._tcp.web.example`. */
export function isServiceName(host: string): boolean {
  return SERVICE.test(host);
}

/** Whose service it is: `web.example` of `_http._tcp.web.example`, without a dot at its end. */
export function serviceDomain(service: string): string {
  return service.replace(SERVICE, "").replace(/\.$/, "");
}

/**
 * Reads the name of a service.
 * @throws {RangeError} saying what is allowed.
 */
export function parseServiceName(text: string): string {
  return parseName(text, text, TARGET_FORMS);
}

/** Cuts at the last colon; brackets protect an IPv6 literal's own. */
function split(text: string, forms: string): { host: string; port: string | undefined; bracketed: boolean } {
  if (text.startsWith("[")) {
    const close = text.indexOf("]");
    const rest = text.slice(close + 1);
    if (close < 0 || (rest !== "" && !rest.startsWith(":"))) {
      throw new RangeError(`"${text}" is not an address: write ${forms}`);
    }
    return { host: text.slice(1, close), port: rest === "" ? undefined : rest.slice(1), bracketed: true };
  }
  const colon = text.lastIndexOf(":");
  if (colon < 0) return { host: text, port: undefined, bracketed: false };
  if (text.indexOf(":") !== colon) throw new RangeError(bracketless(text, colon, forms));
  return { host: text.slice(0, colon), port: text.slice(colon + 1), bracketed: false };
}

function bracketless(text: string, colon: number, forms: string): string {
  if (!/^[\da-f:.]+$/i.test(text)) return `"${text}" is not an address: write ${forms}`;
  const ip = text.slice(0, colon);
  const remedy = ipaddr.IPv6.isValid(ip) && /^\d+$/.test(text.slice(colon + 1))
    ? `write "[${ip}]:${text.slice(colon + 1)}"`
    : ipaddr.IPv6.isValid(text)
    ? `write "[${text}]:PORT"`
    : `write ${forms}`;
  return `"${text}" has an IPv6 address without brackets: ${remedy}`;
}

function parsePort(port: string, text: string, least: number, forms: string): number {
  if (port === "") throw new RangeError(`"${text}" has no port: write ${forms}`);
  if (!/^\d+$/.test(port)) {
    throw new RangeError(
      port === text
        ? `"${text}" is not an address: write ${forms}`
        : `"${text}" has no port number: write ${forms}`,
    );
  }
  const value = Number(port);
  if (value < least || value > 65535) {
    throw new RangeError(`port ${port} is out of range: ${least} to 65535`);
  }
  return value;
}

/** Undefined where the text is no IPv4 literal; leading zeros are refused, since some programs read them as octal. */
function parseIPv4(text: string): string | undefined {
  return ipaddr.IPv4.isValidFourPartDecimal(text) ? text : undefined;
}

/** Canonical form (RFC 5952). An IPv4-mapped address becomes IPv4, which is what the kernel makes of it. */
function parseIPv6(literal: string, text: string): string {
  if (literal.includes("%")) throw new RangeError(`"${text}" has a zone: IPv6 zones are not supported`);
  if (!ipaddr.IPv6.isValid(literal)) throw new RangeError(`"${text}": "${literal}" is not an IPv6 address`);
  const address = ipaddr.IPv6.parse(literal);
  return address.isIPv4MappedAddress() ? address.toIPv4Address().toString() : address.toString();
}

function parseName(name: string, text: string, forms: string): string {
  const lower = name.toLowerCase();
  if (lower === "") throw new RangeError(`"${text}" has no host: write ${forms}`);
  const relative = lower.endsWith(".") ? lower.slice(0, -1) : lower;
  const labels = relative.split(".");
  if (NUMBER_LABEL.test(labels.at(-1) ?? "")) {
    throw new RangeError(`"${text}": "${name}" is not an IPv4 address`);
  }
  if (relative.length > MAX_NAME_LENGTH || !labels.every((label) => NAME_LABEL.test(label))) {
    throw new RangeError(
      `"${text}": "${name}" is not a host name (letters, digits, "-" and "_", parts by ".")`,
    );
  }
  return lower;
}
