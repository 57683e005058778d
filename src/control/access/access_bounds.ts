import type { AccessBounds } from "../../model/access_table.ts";
import type { AddressRanges } from "./address_ranges.ts";

/** A rule: of an address in several of them the first counts. */
export interface AccessRule {
  readonly isAllowed: boolean;
  readonly ranges: AddressRanges;
}

/** Bits before an IPv4 address that is written as `::ffff:a.b.c.d`, and its third word. */
const MAPPED_BITS = 96;
const MAPPED_WORD = 0xffff;

/** No rule: what is allowed by default counts. */
const NO_RULE = 0xffffffff;
/** Of a range that ends with the last address. */
const NO_END = -1;

/** Ranges of one family. */
interface Family {
  /** Words of an address: 1 or 4. */
  readonly width: number;
  /** First address of each. */
  readonly words: Uint32Array;
  readonly bits: Uint8Array;
  readonly rules: Uint32Array;
}

/**
 * Works ordered rules out to bounds between what is allowed and what is not. An IPv6 range that lies within `::ffff:0:0/96`
 * is one of IPv4 addresses; others are about IPv6 addresses alone.
 */
export function accessBounds(rules: readonly AccessRule[], isAllowedByDefault: boolean): AccessBounds {
  const isAllowed = (rule: number): boolean => rules[rule]?.isAllowed ?? isAllowedByDefault;
  return {
    ipv4: boundsOf(familyOf(rules, true), isAllowed),
    ipv6: boundsOf(familyOf(rules, false), isAllowed),
    allowsFirst: isAllowedByDefault,
  };
}

function familyOf(rules: readonly AccessRule[], isIpv4: boolean): Family {
  const width = isIpv4 ? 1 : 4;
  const most = rules.reduce((sum, { ranges: { bits } }) => sum + bits.length, 0);
  const words = new Uint32Array(width * most);
  const bits = new Uint8Array(most);
  const own = new Uint32Array(most);
  let count = 0;
  for (const [rule, { ranges }] of rules.entries()) {
    for (let range = 0; range < ranges.bits.length; range++) {
      if (isMapped(ranges, range) !== isIpv4) continue;
      bits[count] = ranges.bits[range]! - (isIpv4 ? MAPPED_BITS : 0);
      own[count] = rule;
      for (let word = 0; word < width; word++) {
        words[width * count + word] = ranges.words[4 * range + 4 - width + word]!;
      }
      count++;
    }
  }
  return { width, words, bits: bits.subarray(0, count), rules: own };
}

function isMapped({ words, bits }: AddressRanges, range: number): boolean {
  const at = 4 * range;
  return bits[range]! >= MAPPED_BITS && words[at] === 0 && words[at + 1] === 0 &&
    words[at + 2] === MAPPED_WORD;
}

/** Goes through all addresses once: ranges lie beside or within each other, so those around a place are a stack. */
function boundsOf(family: Family, isAllowed: (rule: number) => boolean): Uint32Array {
  const { width, words, bits, rules } = family;
  const ends = new Uint32Array(words.length);
  const bounds = new Bounds(width, bits.length, isAllowed(NO_RULE));
  /** Ranges around the place, the innermost last, and the first of the rules of each and of all around it. */
  const within: number[] = [];
  const first: number[] = [NO_RULE];
  const leave = (): void => {
    const end = within.pop()!;
    first.pop();
    if (end !== NO_END) bounds.add(ends, width * end, isAllowed(first.at(-1)!));
  };
  const isOver = (start: number): boolean => {
    const innermost = within.at(-1) ?? NO_END;
    return innermost !== NO_END && compare(ends, width * innermost, words, width * start, width) <= 0;
  };
  for (const range of inOrder(family)) {
    while (isOver(range)) leave();
    const rule = Math.min(rules[range]!, first.at(-1)!);
    within.push(writeEnd(family, range, ends) ? range : NO_END);
    first.push(rule);
    bounds.add(words, width * range, isAllowed(rule));
  }
  while (within.length > 0) leave();
  return bounds.alternating;
}

/** The ranges by their first addresses; those that contain others come before them. */
function inOrder({ width, words, bits }: Family): Uint32Array {
  // Most addresses differ in so many bits as a number has.
  const keys = Float64Array.from(bits, (_, range) => {
    const at = width * range;
    return width === 1 ? words[at]! : words[at]! * 2 ** 21 + (words[at + 1]! >>> 11);
  });
  return Uint32Array.from(bits.keys()).sort((a, b) =>
    keys[a]! - keys[b]! || compare(words, width * a, words, width * b, width) || bits[a]! - bits[b]!
  );
}

/** Writes the first address after a range. @returns false where there is none. */
function writeEnd({ width, words, bits }: Family, range: number, ends: Uint32Array): boolean {
  const at = width * range;
  for (let word = 0; word < width; word++) ends[at + word] = words[at + word]!;
  let word = Math.ceil(bits[range]! / 32) - 1;
  let step = 2 ** (32 * (word + 1) - bits[range]!);
  for (; word >= 0; word--) {
    const sum = ends[at + word]! + step;
    ends[at + word] = sum;
    if (sum < 2 ** 32) return true;
    step = 1;
  }
  return false;
}

/** Below 0 where the first address is below the second one. */
function compare(a: Uint32Array, atA: number, b: Uint32Array, atB: number, width: number): number {
  for (let word = 0; word < width; word++) {
    const difference = a[atA + word]! - b[atB + word]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Collects what is allowed from which address on. */
class Bounds {
  readonly #words: Uint32Array;
  readonly #isAllowed: boolean[] = [];

  /** @param ranges each has a start and an end. */
  constructor(private readonly width: number, ranges: number, private readonly isAllowedFirst: boolean) {
    this.#words = new Uint32Array(2 * width * ranges);
  }

  /** From this address on; not below the last one. Of several at one address the last counts. */
  add(words: Uint32Array, at: number, isAllowed: boolean): void {
    const { width } = this;
    const count = this.#isAllowed.length;
    if (count > 0 && compare(this.#words, width * (count - 1), words, at, width) === 0) {
      this.#isAllowed[count - 1] = isAllowed;
      return;
    }
    for (let word = 0; word < width; word++) this.#words[width * count + word] = words[at + word]!;
    this.#isAllowed.push(isAllowed);
  }

  /** Those at which it changes. */
  get alternating(): Uint32Array {
    const { width } = this;
    const found = new Uint32Array(width * this.#isAllowed.length);
    let length = 0;
    let before = this.isAllowedFirst;
    for (const [at, isAllowed] of this.#isAllowed.entries()) {
      if (isAllowed === before) continue;
      for (let word = 0; word < width; word++) found[length++] = this.#words[width * at + word]!;
      before = isAllowed;
    }
    return found.slice(0, length);
  }
}
