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
const NO_RULE = Infinity;

/** Ranges of one family, in the order of their first addresses; those that contain others come before them. */
interface Sorted {
  /** Words of an address: 1 or 4. */
  readonly width: number;
  readonly words: Uint32Array;
  readonly bits: Uint8Array;
  readonly rules: Uint32Array;
  readonly order: Uint32Array;
}

/** Where ranges end that the sweep is within, the innermost last. */
interface Within {
  /** First address after it; null where there is none. */
  readonly end: readonly number[] | null;
  /** The first of the rules of this range and of all around it. */
  readonly rule: number;
}

/**
 * Works ordered rules out to bounds between what is allowed and what is not. An IPv6 range that lies within `::ffff:0:0/96`
 * is one of IPv4 addresses; others are about IPv6 addresses alone.
 */
export function accessBounds(rules: readonly AccessRule[], isAllowedByDefault: boolean): AccessBounds {
  const isAllowed = (rule: number): boolean => rules[rule]?.isAllowed ?? isAllowedByDefault;
  return {
    ipv4: boundsOf(sorted(rules, true), isAllowed),
    ipv6: boundsOf(sorted(rules, false), isAllowed),
    allowsFirst: isAllowedByDefault,
  };
}

/** The ranges of one family. */
function sorted(rules: readonly AccessRule[], isIpv4: boolean): Sorted {
  const width = isIpv4 ? 1 : 4;
  const found: [rule: number, range: number][] = [];
  for (const [rule, { ranges }] of rules.entries()) {
    for (let range = 0; range < ranges.bits.length; range++) {
      if (isMapped(ranges, range) === isIpv4) found.push([rule, range]);
    }
  }
  const words = new Uint32Array(width * found.length);
  const bits = new Uint8Array(found.length);
  for (const [at, [rule, range]] of found.entries()) {
    const { ranges } = rules[rule]!;
    bits[at] = ranges.bits[range]! - (isIpv4 ? MAPPED_BITS : 0);
    words.set(ranges.words.subarray(4 * range + 4 - width, 4 * range + 4), width * at);
  }
  const own = Uint32Array.from(found, ([rule]) => rule);
  const order = Uint32Array.from(found.keys());
  order.sort((a, b) => compare(words, width * a, words, width * b, width) || bits[a]! - bits[b]!);
  return { width, words, bits, rules: own, order };
}

function isMapped({ words, bits }: AddressRanges, range: number): boolean {
  const at = 4 * range;
  return bits[range]! >= MAPPED_BITS && words[at] === 0 && words[at + 1] === 0 &&
    words[at + 2] === MAPPED_WORD;
}

/** Goes through all addresses once: ranges lie beside or within each other, so those around a place are a stack. */
function boundsOf(
  { width, words, bits, rules, order }: Sorted,
  isAllowed: (rule: number) => boolean,
): Uint32Array {
  const bounds = new Bounds(width, isAllowed(NO_RULE));
  const within: Within[] = [];
  const leave = (): void => {
    const end = within.pop()?.end ?? null;
    if (end !== null) bounds.add(end, isAllowed(within.at(-1)?.rule ?? NO_RULE));
  };
  for (const at of order) {
    const start = [...words.subarray(width * at, width * (at + 1))];
    while (isOver(within.at(-1), start)) leave();
    const rule = Math.min(rules[at]!, within.at(-1)?.rule ?? NO_RULE);
    within.push({ end: endOf(start, bits[at]!), rule });
    bounds.add(start, isAllowed(rule));
  }
  while (within.length > 0) leave();
  return bounds.alternating;
}

function isOver(innermost: Within | undefined, start: readonly number[]): boolean {
  if (innermost === undefined || innermost.end === null) return false;
  return compare(innermost.end, 0, start, 0, start.length) <= 0;
}

/** First address after a range; null where there is none. */
function endOf(start: readonly number[], bits: number): readonly number[] | null {
  const end = [...start];
  let word = Math.ceil(bits / 32) - 1;
  let step = 2 ** (32 * (word + 1) - bits);
  for (; word >= 0; word--) {
    const sum = end[word]! + step;
    end[word] = sum % 2 ** 32;
    if (sum < 2 ** 32) return end;
    step = 1;
  }
  return null;
}

/** Below 0 where the first address is below the second one. */
function compare(
  a: ArrayLike<number>,
  atA: number,
  b: ArrayLike<number>,
  atB: number,
  width: number,
): number {
  for (let word = 0; word < width; word++) {
    const difference = a[atA + word]! - b[atB + word]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Collects what is allowed from which address on. */
class Bounds {
  readonly #words: number[] = [];
  readonly #isAllowed: boolean[] = [];

  constructor(private readonly width: number, private readonly isAllowedFirst: boolean) {}

  /** From this address on; not below the last one. Of several at one address the last counts. */
  add(address: readonly number[], isAllowed: boolean): void {
    const last = this.#words.length - this.width;
    if (last >= 0 && compare(this.#words, last, address, 0, this.width) === 0) {
      this.#isAllowed[this.#isAllowed.length - 1] = isAllowed;
      return;
    }
    this.#words.push(...address);
    this.#isAllowed.push(isAllowed);
  }

  /** Those at which it changes. */
  get alternating(): Uint32Array {
    const found: number[] = [];
    let before = this.isAllowedFirst;
    for (const [at, isAllowed] of this.#isAllowed.entries()) {
      if (isAllowed === before) continue;
      for (let word = 0; word < this.width; word++) found.push(this.#words[this.width * at + word]!);
      before = isAllowed;
    }
    return Uint32Array.from(found);
  }
}
