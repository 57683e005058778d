import { latin1Bytes } from "../codec/latin1.ts";

/** Our pseudonym in `Via`; every fproxy has the same, since its machine's name would be told to strangers. */
export const VIA_NAME = "fproxy";

/** Via lines by the minor version of the message as it was received (RFC 9110 section 7.6.3), each with its CRLF. */
export type ViaLines = readonly [http10: Uint8Array, http11: Uint8Array];

/**
 * The Via lines of a proxy. A line of its own at the end continues the list of those before it.
 * @param name pseudonym, a token.
 * @throws {TypeError} when it is not a token.
 */
export function viaLines(name: string): ViaLines {
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) {
    throw new TypeError(`Bad Via name: ${JSON.stringify(name)} is not a token`);
  }
  return [latin1Bytes(`Via: 1.0 ${name}\r\n`), latin1Bytes(`Via: 1.1 ${name}\r\n`)];
}
