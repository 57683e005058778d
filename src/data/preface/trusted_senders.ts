import type { CidrRange } from "../../model/rule_expression.ts";
import { CidrMatcher } from "../../strategy/rules/cidr_matcher.ts";
import { readIpWords } from "../../strategy/rules/ip_words.ts";

/** Whose PROXY headers are believed. */
export class TrustedSenders {
  readonly #ranges: readonly CidrMatcher[];
  readonly #ip = new Uint32Array(4);

  constructor(ranges: readonly CidrRange[]) {
    this.#ranges = ranges.map((range) => new CidrMatcher(range));
  }

  /** @param ip literal. */
  has(ip: string): boolean {
    const words = this.#ip;
    return readIpWords(ip, words) && this.#ranges.some((range) => range.has(words));
  }
}
