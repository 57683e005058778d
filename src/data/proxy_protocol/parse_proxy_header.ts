import { PROXY_SIGNATURES } from "../../model/proxy_protocol.ts";
import { parseV1 } from "./parse_v1.ts";
import { parseV2 } from "./parse_v2.ts";
import { MORE_SIGNATURE, NO_HEADER, type ProxyParse } from "./proxy_parse.ts";

const { v1: SIGNATURE_V1, v2: SIGNATURE_V2 } = PROXY_SIGNATURES;

/**
 * Reads the PROXY header at the beginning of a connection, of either version; strictly, since what is believed here decides
 * who the client is (PROXY protocol specification, section 2). Does no I/O and keeps nothing: it is called again, with more
 * bytes, for as long as it asks for more, which is at most until there are `MAX_PROXY_HEADER_BYTES`.
 * @param bytes all that came so far. What is kept of them is copied.
 */
export function parseProxyHeader(bytes: Uint8Array): ProxyParse {
  const isV2 = bytes[0] === SIGNATURE_V2[0];
  const signature = isV2 ? SIGNATURE_V2 : SIGNATURE_V1;
  const known = Math.min(bytes.length, signature.length);
  for (let at = 0; at < known; at++) {
    if (bytes[at] !== signature[at]) return NO_HEADER;
  }
  if (known < signature.length) return MORE_SIGNATURE;
  return isV2 ? parseV2(bytes) : parseV1(bytes);
}
