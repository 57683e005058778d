const MASK = (1n << 64n) - 1n;
const PRIME_1 = 0x9e3779b185ebca87n;
const PRIME_2 = 0xc2b2ae3d27d4eb4fn;
const PRIME_3 = 0x165667b19e3779f9n;
const PRIME_4 = 0x85ebca77c2b2ae63n;
const PRIME_5 = 0x27d4eb2f165667c5n;

/** XXH64 of a text's UTF-8 bytes (xxHash's specification, section "XXH64 Algorithm Description"); some microseconds. */
export function xxHash64(text: string, seed = 0n): bigint {
  const bytes = new TextEncoder().encode(text);
  const view = new DataView(bytes.buffer);
  const { length } = bytes;
  let at = 0;
  let hash = (seed + PRIME_5) & MASK;
  if (length >= 32) {
    const lanes = [seed + PRIME_1 + PRIME_2, seed + PRIME_2, seed, seed - PRIME_1].map((one) => one & MASK);
    for (; at + 32 <= length; at += 32) {
      for (let lane = 0; lane < 4; lane++) {
        lanes[lane] = round(lanes[lane]!, view.getBigUint64(at + 8 * lane, true));
      }
    }
    hash = 0n;
    for (const [lane, turns] of [1n, 7n, 12n, 18n].entries()) hash += rotate(lanes[lane]!, turns);
    for (const lane of lanes) hash = ((hash & MASK) ^ round(0n, lane)) * PRIME_1 + PRIME_4 & MASK;
  }
  hash = (hash + BigInt(length)) & MASK;
  for (; at + 8 <= length; at += 8) {
    hash = rotate(hash ^ round(0n, view.getBigUint64(at, true)), 27n) * PRIME_1 + PRIME_4 & MASK;
  }
  if (at + 4 <= length) {
    hash = rotate(hash ^ (BigInt(view.getUint32(at, true)) * PRIME_1 & MASK), 23n) * PRIME_2 + PRIME_3 & MASK;
    at += 4;
  }
  for (; at < length; at++) hash = rotate(hash ^ (BigInt(bytes[at]!) * PRIME_5 & MASK), 11n) * PRIME_1 & MASK;
  hash = (hash ^ (hash >> 33n)) * PRIME_2 & MASK;
  hash = (hash ^ (hash >> 29n)) * PRIME_3 & MASK;
  return hash ^ (hash >> 32n);
}

function round(lane: bigint, input: bigint): bigint {
  return rotate((lane + input * PRIME_2) & MASK, 31n) * PRIME_1 & MASK;
}

function rotate(value: bigint, by: bigint): bigint {
  return (value << by | value >> (64n - by)) & MASK;
}
