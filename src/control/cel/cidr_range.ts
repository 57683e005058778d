import type { CidrRange } from "../../model/rule_expression.ts";
import { readIpWords } from "../../strategy/rules/ip_words.ts";

const IPV4_BITS = 96;

/**
 * Reads `10.0.0.0/8`, `2001:db8::/32`, or one address.
 * @throws {RangeError} saying what is wrong with it.
 */
export function parseCidrRange(text: string): CidrRange {
  const [address = "", length, ...more] = text.split("/");
  const words = new Uint32Array(4);
  const isRange = more.length === 0 && (length === undefined || /^\d{1,3}$/.test(length));
  if (!isRange || address.includes("%") || !readIpWords(address, words)) {
    throw new RangeError(`"${text}" is no range of addresses`);
  }
  const most = address.includes(":") ? 128 : 32;
  const bits = length === undefined ? most : Number(length);
  if (bits > most) throw new RangeError(`"${text}" has more than ${most} bits`);
  const all = most === 32 ? bits + IPV4_BITS : bits;
  if (!isStart(words, all)) {
    throw new RangeError(`"${text}" is no range: bits after the first ${bits} are set`);
  }
  const [one = 0, two = 0, three = 0, four = 0] = words;
  return { words: [one, two, three, four], bits: all };
}

/** Whether all bits behind the first ones are 0: an address within a range is probably not what was meant. */
function isStart(words: Uint32Array, bits: number): boolean {
  return words.every((word, at) => {
    const ones = Math.min(32, Math.max(0, bits - 32 * at));
    return ones === 32 || word % 2 ** (32 - ones) === 0;
  });
}
