import { xxHash64 } from "../base/xxhash64.ts";

/** A target in a table. */
export interface MaglevEntry {
  /** What its places follow from: the same target has the same ones in every table of a size. */
  readonly key: string;
  /** Above 0. */
  readonly weight: number;
  /** What stands in the table for it, 0 to 65,535. */
  readonly index: number;
}

/**
 * Entries that a target of average weight has at least: so shares are exact to 0.5 %, and of 100 targets one that is
 * removed moves about 1 % of the entries of the others (1.5 % with half as many, 0.6 % with twice as many).
 */
const ENTRIES_A_TARGET = 200;
const LEAST_SIZE = 1_009;

/** Size of the table for so many targets: a prime. */
export function maglevSize(targets: number): number {
  let size = Math.max(LEAST_SIZE, targets * ENTRIES_A_TARGET) | 1;
  while (!isPrime(size)) size += 2;
  return size;
}

/**
 * A table of Maglev hashing (Eisenbud et al., "Maglev: A Fast and Reliable Software Network Load Balancer", 2016, section
 * 3.4), with weights as Envoy has them: each target in turn takes the next free place of its own order of places, those
 * with less than the largest weight in fewer turns. Targets that are added or go move few entries of the others.
 * @param size a prime, not below the number of entries.
 */
export function maglevTable(entries: readonly MaglevEntry[], size: number): Uint16Array {
  const table = new Uint16Array(size);
  const isTaken = new Uint8Array(size);
  const sorted = entries.toSorted((a, b) => a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
  const most = Math.max(...sorted.map(({ weight }) => weight));
  const places = Int32Array.from(sorted, ({ key }) => Number(xxHash64(key) % BigInt(size)));
  const steps = Int32Array.from(sorted, ({ key }) => Number(xxHash64(key, 1n) % BigInt(size - 1)) + 1);
  const due = new Float64Array(sorted.length);
  for (let round = 1, left = size; left > 0; round++) {
    for (let at = 0; at < sorted.length && left > 0; at++) {
      const { weight, index } = sorted[at]!;
      if (round * weight < due[at]!) continue;
      due[at]! += most;
      let place = places[at]!;
      while (isTaken[place] === 1) place = next(place, steps[at]!, size);
      table[place] = index;
      isTaken[place] = 1;
      places[at] = next(place, steps[at]!, size);
      left--;
    }
  }
  return table;
}

function next(place: number, step: number, size: number): number {
  const sum = place + step;
  return sum < size ? sum : sum - size;
}

function isPrime(odd: number): boolean {
  for (let divisor = 3; divisor * divisor <= odd; divisor += 2) {
    if (odd % divisor === 0) return false;
  }
  return true;
}
