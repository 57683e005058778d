import ipaddr from "ipaddr.js";

/** What a range of addresses looks like, for messages. */
export const CIDR_FORMS =
  'an address with a number of bits, such as "10.0.0.0/8" or "2001:db8::/32", or an address alone';

/**
 * Reads a range of addresses.
 * @returns it in canonical form, as `10.0.0.0/8`; an address alone is a range of one.
 * @throws {RangeError} saying what is allowed. One with bits behind its length is refused: either was not meant.
 */
export function parseCidr(text: string): string {
  const [literal = "", bits, ...more] = text.split("/");
  const address = parseAddress(literal);
  if (address === null || more.length > 0) throw new RangeError(`"${text}" is no range: write ${CIDR_FORMS}`);
  const most = address.kind() === "ipv4" ? 32 : 128;
  if (bits === undefined) return `${address.toString()}/${most}`;
  if (!/^\d{1,3}$/.test(bits) || Number(bits) > most) {
    throw new RangeError(`"${text}" is no range: behind "/" come 0 to ${most} bits`);
  }
  const start = firstOf(address.toByteArray(), Number(bits));
  const canonical = `${ipaddr.fromByteArray(start).toString()}/${Number(bits)}`;
  if (`${address.toString()}/${Number(bits)}` !== canonical) {
    throw new RangeError(
      `"${text}" has bits set behind the first ${Number(bits)}: write "${canonical}" or "${literal}"`,
    );
  }
  return canonical;
}

/** IPv4-mapped ones are as they are written: with a length of their own they are ranges of IPv6. */
function parseAddress(literal: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  if (ipaddr.IPv4.isValidFourPartDecimal(literal)) return ipaddr.IPv4.parse(literal);
  return literal.includes("%") || !ipaddr.IPv6.isValid(literal) ? null : ipaddr.IPv6.parse(literal);
}

function firstOf(bytes: readonly number[], bits: number): number[] {
  return bytes.map((byte, at) => {
    const ones = Math.min(8, Math.max(0, bits - 8 * at));
    return byte & (0xff00 >>> ones) & 0xff;
  });
}
