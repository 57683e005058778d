/** 0 (included) to 1 (excluded). */
export type Random = () => number;

/** The machine's own generator; not for secrets. */
export const systemRandom: Random = Math.random;

/**
 * A generator whose sequence is fixed by a 32-bit seed (Mulberry32, public domain, by Tommy Ettinger), for tests and
 * simulations that print their seed.
 */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A number from 0 to 65535 that nobody can guess. */
export function unguessableId(): number {
  return crypto.getRandomValues(new Uint16Array(1))[0] ?? 0;
}
