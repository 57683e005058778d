/** Dotted form of an IPv4 address held in a number, most significant byte first; its sign does not matter. */
export function formatIPv4(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}

/** RFC 5952: lower case, the longest run of zeros (two groups at least) shortened. @param groups eight, of 16 bits. */
export function formatIPv6(groups: readonly number[]): string {
  let bestStart = -1;
  let bestLength = 1;
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (groups[start + length] === 0) length++;
    if (length > bestLength) [bestStart, bestLength] = [start, length];
  }
  const hex = groups.map((group) => group.toString(16));
  if (bestStart < 0) return hex.join(":");
  return `${hex.slice(0, bestStart).join(":")}::${hex.slice(bestStart + bestLength).join(":")}`;
}

/** What an IPv4 address has before it as an IPv6 address (RFC 4291 section 2.5.5.2). */
const MAPPED = 0xffff;

/** An address of four words of 32 bits, most significant first: `::ffff:a.b.c.d` is written as IPv4. */
export function formatIpWords(words: ArrayLike<number>): string {
  const [one, two, three, four] = [words[0] ?? 0, words[1] ?? 0, words[2] ?? 0, words[3] ?? 0];
  if (one === 0 && two === 0 && three === MAPPED) return formatIPv4(four);
  return formatIPv6([one, two, three, four].flatMap((word) => [word >>> 16, word & 0xffff]));
}
