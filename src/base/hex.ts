/** What bytes in hexadecimal look like: pairs of digits, with or without spaces between them. */
const HEX = /^(?:[0-9a-f]{2} *)*$/i;

/**
 * Reads bytes written in hexadecimal, such as `50 49 4e 47`.
 * @throws {RangeError} for anything else.
 */
export function parseHex(text: string): number[] {
  if (!HEX.test(text)) {
    throw new RangeError(`"${text}" is not hexadecimal: write pairs of digits such as "50 49"`);
  }
  return (text.match(/[0-9a-f]{2}/gi) ?? []).map((pair) => Number.parseInt(pair, 16));
}
