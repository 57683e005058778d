import { formatAddress, type SocketAddress } from "../../model/address.ts";
import type { ProxyHeader } from "./proxy_header.ts";

/** A client that came through a proxy which told of it by a PROXY header. */
export interface ProxiedClient {
  /** The proxy, as its socket has it. */
  readonly sender: SocketAddress;
  readonly header: ProxyHeader;
}

/** `ip:port` of the proxy between, where the client's own address is another one; null else. */
export function proxyAddressOf(proxied: ProxiedClient | null): string | null {
  return proxied?.header.addresses?.kind === "inet" ? formatAddress(proxied.sender) : null;
}
