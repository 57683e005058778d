import type { CidrRange } from "./rule_expression.ts";

/** Versions of the PROXY protocol that headers are sent in: a line of text, or binary. */
export const PROXY_VERSIONS = ["v1", "v2"] as const;

/** One of {@link PROXY_VERSIONS}. */
export type ProxyVersion = typeof PROXY_VERSIONS[number];

/** Whose PROXY headers an app takes. Plain data. */
export interface ProxyAccept {
  /** Who brings none is refused; else such a client is served as if the app took none. */
  readonly isRequired: boolean;
  /** Senders that are believed. */
  readonly trusted: readonly CidrRange[];
}

/** What headers begin with (PROXY protocol specification, sections 2.1 and 2.2). */
export const PROXY_SIGNATURES: Readonly<Record<ProxyVersion, Uint8Array<ArrayBuffer>>> = {
  v1: Uint8Array.from("PROXY ", (character) => character.charCodeAt(0)),
  v2: Uint8Array.from("\r\n\r\n\0\r\nQUIT\n", (character) => character.charCodeAt(0)),
};

/** Version 2, command LOCAL; no family, and nothing behind the header. */
const LOCAL = [0x20, 0x00, 0x00, 0x00];

/** The header of a connection that a proxy makes for itself, such as a health check: its addresses are the socket's own. */
export function localProxyHeader(version: ProxyVersion): Uint8Array<ArrayBuffer> {
  return version === "v1"
    ? new TextEncoder().encode("PROXY UNKNOWN\r\n")
    : Uint8Array.from([...PROXY_SIGNATURES.v2, ...LOCAL]);
}
