import { readCidrRange, type WrittenRange } from "../cel/cidr_range.ts";

const WORDS = 4;

/** Ranges of addresses, many of them in little memory. */
export interface AddressRanges {
  /** First address of each, four words, the highest first; IPv4 as `::ffff:a.b.c.d`. */
  readonly words: Uint32Array;
  /** How many bits count of each, of 128. */
  readonly bits: Uint8Array;
}

/** What a list of ranges holds, and what is wrong with it. */
export interface ReadRanges {
  readonly ranges: AddressRanges;
  /** Lines that are no range: their numbers, from 1, and what is wrong. */
  readonly wrong: readonly { readonly line: number; readonly message: string }[];
  /** Lines with an address within a range rather than its first one. */
  readonly inexact: readonly number[];
}

/** Reads a list: one range or address a line; what follows `#` is a comment. */
export function readAddressRanges(text: string): ReadRanges {
  const found: WrittenRange[] = [];
  const wrong: { line: number; message: string }[] = [];
  const inexact: number[] = [];
  for (const [index, written] of text.split("\n").entries()) {
    const content = written.replace(/#.*/s, "").trim();
    if (content === "") continue;
    try {
      const range = readCidrRange(content);
      found.push(range);
      if (range.hasMore) inexact.push(index + 1);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      wrong.push({ line: index + 1, message: error.message });
    }
  }
  return { ranges: packRanges(found), wrong, inexact };
}

/** Packs ranges; of each its first address counts, whichever is written. */
export function packRanges(ranges: readonly Pick<WrittenRange, "words" | "bits">[]): AddressRanges {
  const words = new Uint32Array(WORDS * ranges.length);
  const bits = new Uint8Array(ranges.length);
  for (const [index, range] of ranges.entries()) {
    bits[index] = range.bits;
    for (const [at, word] of range.words.entries()) {
      const ones = Math.min(32, Math.max(0, range.bits - 32 * at));
      words[WORDS * index + at] = ones === 0 ? 0 : word & -1 << 32 - ones;
    }
  }
  return { words, bits };
}
