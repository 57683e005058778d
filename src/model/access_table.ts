import type { TableRef } from "./table_ref.ts";

/** Where an access table is, as plain data. */
export interface AccessTableRef extends TableRef {
  /** Bounds of IPv4 addresses, ... */
  readonly ipv4: number;
  /** ... and of IPv6 addresses. */
  readonly ipv6: number;
  /** Whether addresses below the first bound are allowed. */
  readonly allowsFirst: boolean;
}

/**
 * Bounds between addresses that are allowed and those that are not: ascending, and at each of them it becomes the other way
 * round.
 */
export interface AccessBounds {
  /** One word each. */
  readonly ipv4: Uint32Array;
  /** Four words each, the highest first. */
  readonly ipv6: Uint32Array;
  /** Whether addresses below the first bound are allowed. */
  readonly allowsFirst: boolean;
}

/** Bytes before the bounds: the version. */
const HEAD_BYTES = 4;
/** An IPv4 address as an IPv6 one (RFC 4291 section 2.5.5.2) has this as its third word, after two of 0. */
const MAPPED = 0xffff;
const IPV6_WORDS = 4;

/** Bytes that a table takes, a multiple of 4. */
export function accessTableBytes({ ipv4, ipv6 }: Pick<AccessBounds, "ipv4" | "ipv6">): number {
  return HEAD_BYTES + 4 * (ipv4.length + ipv6.length);
}

/** Says of each address whether it is allowed, in memory that all threads share. */
export class AccessTable {
  readonly #version: number;
  readonly #head: Int32Array;
  readonly #ipv4: Uint32Array;
  readonly #ipv6: Uint32Array;
  readonly #allowsFirst: boolean;

  constructor(memory: SharedArrayBuffer, { offset, version, ipv4, ipv6, allowsFirst }: AccessTableRef) {
    this.#version = version;
    this.#head = new Int32Array(memory, offset, 1);
    this.#ipv4 = new Uint32Array(memory, offset + HEAD_BYTES, ipv4);
    this.#ipv6 = new Uint32Array(memory, offset + HEAD_BYTES + 4 * ipv4, IPV6_WORDS * ipv6);
    this.#allowsFirst = allowsFirst;
  }

  /**
   * Whether an address is allowed; none is when the table was given up and its memory is another's.
   * @param words four, the highest first; an IPv4 address as `::ffff:a.b.c.d`.
   */
  allows(words: Uint32Array): boolean {
    if (this.#head[0] !== this.#version) return false;
    const isIpv4 = words[0] === 0 && words[1] === 0 && words[2] === MAPPED;
    const passed = isIpv4 ? passed4(this.#ipv4, words[3]!) : passed6(this.#ipv6, words);
    return this.#allowsFirst === (passed % 2 === 0);
  }

  /** Fills the table. Only control may. */
  fill({ ipv4, ipv6 }: Pick<AccessBounds, "ipv4" | "ipv6">): void {
    Atomics.store(this.#head, 0, 0);
    this.#ipv4.set(ipv4);
    this.#ipv6.set(ipv6);
    Atomics.store(this.#head, 0, this.#version);
  }
}

/** How many bounds are not above an address. */
function passed4(bounds: Uint32Array, address: number): number {
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = low + high >>> 1;
    if (bounds[middle]! <= address) low = middle + 1;
    else high = middle;
  }
  return low;
}

function passed6(bounds: Uint32Array, address: Uint32Array): number {
  let low = 0;
  let high = bounds.length / IPV6_WORDS;
  while (low < high) {
    const middle = low + high >>> 1;
    if (isAbove(bounds, middle * IPV6_WORDS, address)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function isAbove(bounds: Uint32Array, at: number, address: Uint32Array): boolean {
  for (let word = 0; word < IPV6_WORDS; word++) {
    const bound = bounds[at + word]!;
    const own = address[word]!;
    if (bound !== own) return bound > own;
  }
  return false;
}
