import { latin1 } from "./latin1.ts";

/** Methods of RFC 9110 section 9 and RFC 5789, by their length. */
const KNOWN: readonly (readonly string[])[] = [
  [],
  [],
  [],
  ["GET", "PUT"],
  ["POST", "HEAD"],
  ["PATCH", "TRACE"],
  ["DELETE"],
  ["OPTIONS", "CONNECT"],
];

/** The method at `start` (included) to `end` (excluded), without making a string for the usual ones. */
export function methodOf(bytes: Uint8Array, start: number, end: number): string {
  const candidates = KNOWN[end - start];
  if (candidates !== undefined) {
    for (const method of candidates) {
      let at = 0;
      while (at < method.length && bytes[start + at] === method.charCodeAt(at)) at++;
      if (at === method.length) return method;
    }
  }
  return latin1(bytes, start, end);
}
