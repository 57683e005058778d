import { COLON, HOST_NAME, IPV6_LITERAL } from "./chars.ts";

const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const MAX_PORT = 65_535;

/**
 * True when the bytes are a host with an optional port, as in `Host` and in an absolute request target (RFC 9110
 * section 7.2). No user information, no empty host (RFC 9110 section 4.2); an empty port is allowed.
 */
export function isAuthority(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  if (bytes[at] === OPEN_BRACKET && at < end) {
    at++;
    const literal = at;
    while (at < end && IPV6_LITERAL[bytes[at]!] === 1) at++;
    if (at - literal < 2 || at === end || bytes[at] !== CLOSE_BRACKET) return false;
    at++;
  } else {
    while (at < end && HOST_NAME[bytes[at]!] === 1) at++;
    if (at === start) return false;
  }
  return at === end || (bytes[at] === COLON && isPort(bytes, at + 1, end));
}

function isPort(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > 5) return false;
  let port = 0;
  for (let at = start; at < end; at++) {
    const digit = bytes[at]! - 0x30;
    if (digit < 0 || digit > 9) return false;
    port = port * 10 + digit;
  }
  return port <= MAX_PORT;
}
