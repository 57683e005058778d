import type { CidrRange } from "../../model/rule_expression.ts";
import { readIpWords } from "../../strategy/rules/ip_words.ts";

const IPV4_BITS = 96;

/** A range as it is written. */
export interface WrittenRange extends CidrRange {
  /** Bits that are written after the slash, or those of one address. */
  readonly length: number;
  /** An address within the range is written rather than its first one: bits after those that count are set. */
  readonly hasMore: boolean;
}

/**
 * Reads `10.0.0.0/8`, `2001:db8::/32`, or one address.
 * @throws {RangeError} saying what is wrong with it, also when bits after those that count are set.
 */
export function parseCidrRange(text: string): CidrRange {
  const { words, bits, length, hasMore } = readCidrRange(text);
  if (hasMore) throw new RangeError(`"${text}" is no range: bits after the first ${length} are set`);
  return { words, bits };
}

/**
 * As {@link parseCidrRange}, but any address of the range may stand for it; the words are those that are written.
 * @throws {RangeError} saying what is wrong with it.
 */
export function readCidrRange(text: string): WrittenRange {
  const [address = "", written, ...more] = text.split("/");
  const words = new Uint32Array(4);
  const isRange = more.length === 0 && (written === undefined || /^\d{1,3}$/.test(written));
  if (!isRange || address.includes("%") || !readIpWords(address, words)) {
    throw new RangeError(`"${text}" is no range of addresses`);
  }
  const most = address.includes(":") ? 128 : 32;
  const length = written === undefined ? most : Number(written);
  if (length > most) throw new RangeError(`"${text}" has more than ${most} bits`);
  const bits = most === 32 ? length + IPV4_BITS : length;
  const [one = 0, two = 0, three = 0, four = 0] = words;
  return { words: [one, two, three, four], bits, length, hasMore: !isStart(words, bits) };
}

/** Whether all bits behind the first ones are 0: an address within a range is probably not what was meant. */
function isStart(words: Uint32Array, bits: number): boolean {
  return words.every((word, at) => {
    const ones = Math.min(32, Math.max(0, bits - 32 * at));
    return ones === 32 || word % 2 ** (32 - ones) === 0;
  });
}
