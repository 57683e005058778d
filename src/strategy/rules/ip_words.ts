/** What an IPv4 address has before it as an IPv6 address (RFC 4291 section 2.5.5.2). */
const MAPPED = 0xffff;

/**
 * Reads an address literal into four words of 32 bits; IPv4 as `::ffff:a.b.c.d`. A zone (`%eth0`) is passed over.
 * @param out at least four words.
 * @returns false when it is no address.
 */
export function readIpWords(text: string, out: Uint32Array): boolean {
  if (!text.includes(":")) {
    const word = ipv4Word(text, 0, text.length);
    out.fill(0, 0, 2);
    out[2] = MAPPED;
    out[3] = word;
    return word >= 0;
  }
  const zone = text.indexOf("%");
  const end = zone < 0 ? text.length : zone;
  const gap = text.indexOf("::");
  if (gap < 0 || gap >= end) return readGroups(text, 0, end) === GROUPS && copy(0, GROUPS, out);
  const before = gap === 0 ? 0 : readGroups(text, 0, gap);
  if (before < 0) return false;
  out.fill(0, 0, 4);
  copy(0, before, out);
  const after = gap + 2 === end ? 0 : readGroups(text, gap + 2, end);
  return after >= 0 && before + after < GROUPS && copy(GROUPS - after, after, out);
}

/** Groups of 16 bits of an IPv6 address, ... */
const GROUPS = 8;
/** ... those that were read last. */
const groups = new Uint16Array(GROUPS);

/** Puts the groups that were read last to their place in an address. */
function copy(at: number, count: number, out: Uint32Array): true {
  for (let group = 0; group < count; group++) {
    const place = at + group;
    const word = place >>> 1;
    const value = groups[group]!;
    out[word] = place % 2 === 0 ? value << 16 | out[word]! & 0xffff : out[word]! & 0xffff0000 | value;
  }
  return true;
}

const COLON = 58;

/** Reads groups between colons; the last two may be written as IPv4. @returns how many, -1 where some are none. */
function readGroups(text: string, start: number, end: number): number {
  let count = 0;
  let value = 0;
  let from = start;
  for (let at = start; at <= end; at++) {
    const code = at === end ? COLON : text.charCodeAt(at);
    if (code === COLON) {
      if (at === from || count === GROUPS) return -1;
      groups[count++] = value;
      value = 0;
      from = at + 1;
      continue;
    }
    if (code === DOT) return readLastGroups(text, from, end, count);
    const digit = hexDigit(code);
    if (digit < 0 || at - from === 4) return -1;
    value = value * 16 + digit;
  }
  return count;
}

/** The end of an address that is written as IPv4. @param count groups before it. */
function readLastGroups(text: string, from: number, end: number, count: number): number {
  const word = ipv4Word(text, from, end);
  if (word < 0 || count > GROUPS - 2) return -1;
  groups[count] = word >>> 16;
  groups[count + 1] = word & 0xffff;
  return count + 2;
}

const ZERO = 48;
const NINE = 57;
const DOT = 46;
const LOWER_A = 97;
const LOWER_F = 102;

/** -1 where it is none. */
function hexDigit(code: number): number {
  if (code >= ZERO && code <= NINE) return code - ZERO;
  const lower = code | 32;
  return lower >= LOWER_A && lower <= LOWER_F ? lower - LOWER_A + 10 : -1;
}

/** An IPv4 address as a number, -1 where it is none. */
function ipv4Word(text: string, start: number, end: number): number {
  let word = 0;
  let part = -1;
  let dots = 0;
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code >= ZERO && code <= NINE) {
      part = Math.max(0, part) * 10 + code - ZERO;
      if (part > 255) return -1;
    } else if (code === DOT && part >= 0 && dots < 3) {
      word = word * 256 + part;
      part = -1;
      dots++;
    } else return -1;
  }
  return dots === 3 && part >= 0 ? word * 256 + part : -1;
}
