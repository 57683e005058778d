import type { SocketAddress } from "../../model/address.ts";

/** What Deno writes before the IPv4 address of a peer of a socket that serves both families (RFC 4291 section 2.5.5.2). */
const MAPPED = "::ffff:";

/** An address as Deno tells it. An IPv4 peer has its IPv4 address, whichever family its socket is of. */
export function socketAddress({ hostname, port }: Deno.NetAddr): SocketAddress {
  const isMapped = hostname.startsWith(MAPPED) && hostname.includes(".");
  return { ip: isMapped ? hostname.slice(MAPPED.length) : hostname, port };
}
