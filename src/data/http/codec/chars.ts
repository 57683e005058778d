/** `\t`. */
export const HTAB = 0x09;
/** `\n`. */
export const LF = 0x0a;
/** `\r`. */
export const CR = 0x0d;
/** A space. */
export const SP = 0x20;
/** `:`. */
export const COLON = 0x3a;
/** `;`. */
export const SEMICOLON = 0x3b;

const ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

function table(chars: string): Uint8Array {
  const marks = new Uint8Array(256);
  for (const char of chars) marks[char.charCodeAt(0)] = 1;
  return marks;
}

/** 1 at each byte that may stand in a token: methods, field names (RFC 9110 section 5.6.2). */
export const TOKEN: Uint8Array = table("!#$%&'*+-.^_`|~" + ALPHANUMERIC);

/**
 * 1 at each byte that is taken in a request target: visible ASCII except `#`, which no target may hold. Wider than
 * RFC 3986, since browsers send `|`, `"`, `{` and the like unescaped in queries and none of them delimits anything.
 */
export const TARGET: Uint8Array = new Uint8Array(256).fill(1, 0x21, 0x7f).fill(0, 0x23, 0x24);

/**
 * 1 at each byte of a host that is not an IP literal in brackets. Narrower than reg-name of RFC 3986 section 3.2.2: no
 * name that resolves holds more, and `,`, `;` and `%` mean something in the fields that a host is copied into.
 */
export const HOST_NAME: Uint8Array = table("-._~" + ALPHANUMERIC);

/** 1 at each byte that may stand inside the brackets of an IPv6 literal. */
export const IPV6_LITERAL: Uint8Array = table("0123456789abcdefABCDEF:.");

/** Value of a hexadecimal digit, -1 at every other byte. */
export const HEX: Int8Array = new Int8Array(256).fill(-1);
for (let value = 0; value < 16; value++) {
  HEX[value.toString(16).charCodeAt(0)] = value;
  HEX[value.toString(16).toUpperCase().charCodeAt(0)] = value;
}
