/** What an IPv4 address has before it as an IPv6 address (RFC 4291 section 2.5.5.2). */
const MAPPED = 0xffff;

/**
 * Reads an address literal into four words of 32 bits; IPv4 as `::ffff:a.b.c.d`. A zone (`%eth0`) is passed over.
 * @param out at least four words.
 * @returns false when it is no address.
 */
export function readIpWords(text: string, out: Uint32Array): boolean {
  if (!text.includes(":")) {
    const word = ipv4Word(text);
    out.fill(0, 0, 2);
    out[2] = MAPPED;
    out[3] = word;
    return word >= 0;
  }
  const zone = text.indexOf("%");
  const [head = "", tail, ...more] = (zone < 0 ? text : text.slice(0, zone)).split("::");
  const first = groups(head);
  const last = tail === undefined ? [] : groups(tail);
  if (first === null || last === null || more.length > 0) return false;
  const missing = 8 - first.length - last.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return false;
  const all = [...first, ...Array<number>(missing).fill(0), ...last];
  for (let word = 0; word < 4; word++) out[word] = all[2 * word]! * 0x10000 + all[2 * word + 1]!;
  return true;
}

/** Groups of 16 bits, null where some are none. */
function groups(text: string): number[] | null {
  if (text === "") return [];
  const parts = text.split(":");
  const all: number[] = [];
  for (const [at, part] of parts.entries()) {
    if (at === parts.length - 1 && part.includes(".")) {
      const word = ipv4Word(part);
      if (word < 0) return null;
      all.push(word >>> 16, word & 0xffff);
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) all.push(Number.parseInt(part, 16));
    else return null;
  }
  return all;
}

const ZERO = 48;
const NINE = 57;
const DOT = 46;

/** An IPv4 address as a number, -1 where it is none. */
function ipv4Word(text: string): number {
  let word = 0;
  let part = -1;
  let dots = 0;
  for (let at = 0; at < text.length; at++) {
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
