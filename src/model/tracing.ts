import { Header } from "./board.ts";

/** Which sessions and requests are traced. */
export interface TraceSampling {
  /** The parent decides where there is one: what it says of itself, its `sampled` flag, is obeyed. */
  readonly followsParent: boolean;
  /** Share of the others that are traced, by their trace id: 0 to 1. */
  readonly share: number;
}

/** Values of the word `Header.tracing`. */
const Mode = { off: 0, byShare: 1, byParent: 2 } as const;

/** A share of 1: a word of the board holds 2^31 as well, read without its sign. */
const WHOLE = 2 ** 31;

/** Says on the board how data threads that start from now on trace. @param words the board's. */
export function writeTraceSampling(words: Int32Array, { followsParent, share }: TraceSampling): void {
  words[Header.tracedShare] = Math.round(share * WHOLE);
  Atomics.store(words, Header.tracing, followsParent ? Mode.byParent : Mode.byShare);
}

/** What the board says; null where nothing is traced. */
export function readTraceSampling(words: Int32Array): TraceSampling | null {
  const mode = Atomics.load(words, Header.tracing);
  if (mode === Mode.off) return null;
  return { followsParent: mode === Mode.byParent, share: ((words[Header.tracedShare] ?? 0) >>> 0) / WHOLE };
}
