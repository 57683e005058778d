import type { Random } from "../../base/random.ts";

/** 32 random bits, never zero: an id of zeros alone would mean that there is none. */
export function idWord(random: Random): number {
  return Math.floor(random() * 4_294_967_295) + 1;
}

/** A new trace's id: 32 hexadecimal digits. @param third its third word, by which it is sampled. */
export function newTraceId(random: Random, third: number): string {
  return hex(idWord(random)) + hex(idWord(random)) + hex(third) + hex(idWord(random));
}

/** A new span's id: 16 hexadecimal digits. */
export function newSpanId(random: Random): string {
  return hex(idWord(random)) + hex(idWord(random));
}

function hex(word: number): string {
  return word.toString(16).padStart(8, "0");
}
