import { RE2JS } from "re2js";
import { errorMessage } from "../../base/errors.ts";
import { PatternPlace, type PatternProgram, type PatternStep } from "../../model/rule_expression.ts";

/** Steps that a program may have. With the longest text it bounds the time of a search. */
export const MAX_PATTERN_STEPS = 256;

/** The machine's program inside of a compiled expression; the package's types do not show it. */
interface InnerProgram {
  readonly start: number;
  readonly inst: readonly InnerStep[];
}

interface InnerStep {
  readonly op: number;
  readonly out: number;
  readonly arg: number;
  readonly runes: ArrayLike<number>;
  matchRune(rune: number): boolean;
}

/** Operations of the package's programs, as RE2 and Go number them. */
const Inner = {
  alt: 1,
  altMatch: 2,
  capture: 3,
  emptyWidth: 4,
  fail: 5,
  match: 6,
  nop: 7,
  rune: 8,
  rune1: 9,
  runeAny: 10,
  runeAnyNotNewline: 11,
} as const;

const FOLD_CASE = 1;
const LAST_CHAR = 0x10ffff;
/** Above it no character has another case. */
const LAST_CASED = 0x1ffff;
const ALL_PLACES = Object.values(PatternPlace).reduce((all, bit) => all | bit, 0);

/**
 * The program of a regular expression in the syntax of RE2: what would need backtracking is no part of it.
 * @throws {RangeError} saying what is wrong with it.
 */
export function compilePatternProgram(source: string): PatternProgram {
  const { start, inst } = innerProgram(source);
  if (inst.length > MAX_PATTERN_STEPS) {
    throw new RangeError(`it takes ${inst.length} steps, at most ${MAX_PATTERN_STEPS} are allowed`);
  }
  return { start, steps: inst.map((step) => translate(step, source)) };
}

function innerProgram(source: string): InnerProgram {
  try {
    const pattern = RE2JS.compile(source) as unknown as {
      readonly re2Input: { readonly prog: InnerProgram };
    };
    return pattern.re2Input.prog;
  } catch (error) {
    throw new RangeError(errorMessage(error).replace(/^error parsing regexp: /, ""));
  }
}

function translate(step: InnerStep, source: string): PatternStep {
  const { op, out, arg } = step;
  switch (op) {
    case Inner.alt:
    case Inner.altMatch:
      return { op: "split", next: out, other: arg };
    case Inner.capture:
    case Inner.nop:
      return { op: "jump", next: out };
    case Inner.emptyWidth:
      if ((arg & ~ALL_PLACES) === 0) return { op: "at", places: arg, next: out };
      break;
    case Inner.fail:
      return { op: "fail" };
    case Inner.match:
      return { op: "match" };
    case Inner.rune:
    case Inner.rune1:
      return { op: "take", ranges: rangesOf(step), next: out };
    case Inner.runeAny:
      return { op: "take", ranges: [0, LAST_CHAR], next: out };
    case Inner.runeAnyNotNewline:
      return { op: "take", ranges: [0, 9, 11, LAST_CHAR], next: out };
  }
  throw new RangeError(`"${source}" has something that rules do not know`);
}

/** A single character may stand for its other cases, too; classes have theirs written out. */
function rangesOf(step: InnerStep): number[] {
  const runes = [...Array.from(step.runes)];
  const [rune = 0] = runes;
  if (runes.length > 1) return runes;
  if ((step.arg & FOLD_CASE) === 0) return [rune, rune];
  let cases = foldedCases.get(rune);
  if (cases === undefined) {
    cases = [];
    for (let char = 0; char <= LAST_CASED; char++) if (step.matchRune(char)) cases.push(char, char);
    foldedCases.set(rune, cases);
  }
  return cases;
}

/** Looking through all characters takes a millisecond. */
const foldedCases = new Map<number, number[]>();
