/** A resolved TCP endpoint: what a socket is bound or connected to. */
export interface SocketAddress {
  /** IPv4 or IPv6 literal, without brackets. */
  readonly ip: string;
  /** 0 to 65535; 0 only where a listener asks the system to choose. */
  readonly port: number;
}

/** True when the literal is IPv6; names and IPv4 literals give false. */
export function isIPv6(ip: string): boolean {
  return ip.includes(":");
}

/** `host:port`, with brackets around an IPv6 literal (RFC 3986 section 3.2.2). */
export function formatAddress(address: SocketAddress): string {
  return formatHostPort(address.ip, address.port);
}

/** As {@link formatAddress}, for a host that may also be a name. */
export function formatHostPort(host: string, port: number): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}
