import type { CidrRange } from "../../model/rule_expression.ts";

/** Tells whether addresses are in a range. */
export class CidrMatcher {
  readonly #words: CidrRange["words"];
  readonly #masks: Uint32Array;

  constructor({ words, bits }: CidrRange) {
    this.#words = words;
    this.#masks = Uint32Array.from(words, (_, at) => {
      const ones = Math.min(32, Math.max(0, bits - 32 * at));
      return ones === 0 ? 0 : 0xffffffff << (32 - ones);
    });
  }

  /** @param ip four words, as `readIpWords` gives them. */
  has(ip: Uint32Array): boolean {
    for (let at = 0; at < 4; at++) {
      if (((ip[at]! ^ this.#words[at]!) & this.#masks[at]!) !== 0) return false;
    }
    return true;
  }
}
