import { localProxyHeader } from "../../../model/proxy_protocol.ts";
import type { ProbeSubject } from "./probe.ts";

/** What a probe's connection begins with where the target expects PROXY headers: that no client is behind it. Null for nothing. */
export function prologueOf({ sendProxy }: Pick<ProbeSubject, "sendProxy">): Uint8Array | null {
  return sendProxy === null ? null : localProxyHeader(sendProxy);
}
