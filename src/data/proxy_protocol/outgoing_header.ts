import type { Connection, ConnectionHandler } from "../../engine/engine.ts";
import type { ProxyVersion } from "../../model/proxy_protocol.ts";
import { encodeProxyHeader } from "./encode_proxy_header.ts";
import type { ProxiedClient } from "./proxied_client.ts";
import { type ProxyTlv, TlvType } from "./proxy_header.ts";

/** What is passed on of an accepted header. Others are the sender's and ours alone. */
const PASSED: ReadonlySet<number> = new Set([TlvType.alpn, TlvType.authority, TlvType.uniqueId, TlvType.ssl]);

/**
 * The header by which a target is told of a client.
 * @param proxied what we were told of it ourselves, null where it came directly.
 * @param id of its session, for the unique id where it has none yet.
 */
export function outgoingHeader(
  version: ProxyVersion,
  client: Pick<Connection, "remote" | "local">,
  proxied: ProxiedClient | null,
  id: string,
): Uint8Array<ArrayBuffer> {
  const told = proxied?.header.addresses;
  const addresses = told?.kind === "unix"
    ? told
    : { kind: "inet", source: client.remote, destination: client.local } as const;
  const tlvs = version === "v1" ? [] : passedTlvs(proxied, id);
  return encodeProxyHeader(version, { isLocal: false, addresses, tlvs });
}

/** Sends the header on a connection to a target that a relay takes over next. */
export function sendBeforeRelay(target: Connection, header: Uint8Array): void {
  target.handler = NOBODY;
  target.write(header);
}

function passedTlvs(proxied: ProxiedClient | null, id: string): readonly ProxyTlv[] {
  const passed = (proxied?.header.tlvs ?? []).filter(({ type }) => PASSED.has(type));
  if (passed.some(({ type }) => type === TlvType.uniqueId)) return passed;
  return [...passed, { type: TlvType.uniqueId, value: new TextEncoder().encode(id) }];
}

const NOTHING = (): void => {};
const NOBODY: ConnectionHandler = { onData: NOTHING, onDrain: NOTHING, onEnd: NOTHING, onClose: NOTHING };
