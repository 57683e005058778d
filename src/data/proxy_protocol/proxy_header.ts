import type { SocketAddress } from "../../model/address.ts";
import type { ProxyVersion } from "../../model/proxy_protocol.ts";

/** Where a connection comes from and which address it was made to. */
export type ProxyAddresses =
  | { readonly kind: "inet"; readonly source: SocketAddress; readonly destination: SocketAddress }
  /** Paths of unix sockets, 108 bytes each, as `struct sockaddr_un` has them. */
  | { readonly kind: "unix"; readonly source: Uint8Array; readonly destination: Uint8Array };

/** One more thing that a header of version 2 tells. */
export interface ProxyTlv {
  /** One of {@link TlvType}, or of somebody's own. */
  readonly type: number;
  readonly value: Uint8Array;
}

/** What a PROXY header says. */
export interface ProxyHeader {
  readonly version: ProxyVersion;
  /** The sender made the connection for itself: what else is in the header means nothing. */
  readonly isLocal: boolean;
  /** Null where the sender does not know them, or they are not of TCP or a unix socket. */
  readonly addresses: ProxyAddresses | null;
  /** In their order, without what is for the header alone: padding, and the checksum. */
  readonly tlvs: readonly ProxyTlv[];
}

/** Types of {@link ProxyTlv}s (PROXY protocol specification, section 2.2.1). */
export const TlvType = {
  alpn: 0x01,
  authority: 0x02,
  crc32c: 0x03,
  noop: 0x04,
  uniqueId: 0x05,
  ssl: 0x20,
} as const;

/** A header of version 2 begins with so many bytes, of which the last two are the length of what follows. */
export const V2_HEAD_BYTES = 16;

/** Bytes of the addresses of a family, by its number: none, IPv4, IPv6, unix. */
export const ADDRESS_BYTES = [0, 12, 36, 216] as const;

/** Bytes of the path of a unix socket. */
export const UNIX_BYTES = 108;

/** Longest `unique_id`. */
export const MAX_UNIQUE_ID_BYTES = 128;
