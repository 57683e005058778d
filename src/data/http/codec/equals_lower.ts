/**
 * True when the bytes from `start` to `end` are `lower` in any case of letters.
 * @param lower lower-case letters, digits and `-` alone: setting bit 5 makes no other token byte one of these.
 */
export function equalsLower(bytes: Uint8Array, start: number, end: number, lower: Uint8Array): boolean {
  if (end - start !== lower.length) return false;
  for (let at = 0; at < lower.length; at++) {
    if ((bytes[start + at]! | 0x20) !== lower[at]) return false;
  }
  return true;
}
