import { PatternPlace, type PatternProgram, type PatternStep } from "../../model/rule_expression.ts";

/** Longest text that is looked at, UTF-16 units. With the limit of steps it bounds the time of a search. */
export const MAX_PATTERN_TEXT = 8192;

const NEWLINE = 10;
const END = -1;

/**
 * Looks for a match of a regular expression anywhere in a text. All ways through the program are followed at once, so that
 * the time is at most that of the text times that of the program: nothing is tried twice.
 */
export class PatternMatcher {
  readonly #steps: readonly PatternStep[];
  readonly #start: number;
  /** By step the number of the place at which it was last reached. */
  readonly #reached: Uint32Array;
  readonly #pending: Int32Array;
  #now: Int32Array;
  #next: Int32Array;
  #place = 0;

  constructor({ steps, start }: PatternProgram) {
    this.#steps = steps;
    this.#start = start;
    this.#reached = new Uint32Array(steps.length);
    this.#pending = new Int32Array(2 * steps.length + 1);
    this.#now = new Int32Array(steps.length);
    this.#next = new Int32Array(steps.length);
  }

  /** Whether there is a match; text above {@link MAX_PATTERN_TEXT} is not for it. */
  matches(text: string): boolean {
    let count = 0;
    let before = END;
    let at = 0;
    this.#newPlace();
    for (;;) {
      const char = text.codePointAt(at) ?? END;
      const places = placesBetween(before, char);
      // A match may begin anywhere.
      count = this.#follow(this.#start, places, this.#now, count);
      if (count < 0) return true;
      if (char === END) return false;
      const width = char > 0xffff ? 2 : 1;
      const after = placesBetween(char, text.codePointAt(at + width) ?? END);
      this.#newPlace();
      count = this.#take(char, after, count);
      if (count < 0) return true;
      [this.#now, this.#next] = [this.#next, this.#now];
      before = char;
      at += width;
    }
  }

  /** Takes a character at each of the steps. @returns how many there are then, -1 at a match. */
  #take(char: number, after: number, count: number): number {
    let taken = 0;
    for (let index = 0; index < count; index++) {
      const step = this.#steps[this.#now[index]!]!;
      if (step.op !== "take" || !isWithin(step.ranges, char)) continue;
      taken = this.#follow(step.next, after, this.#next, taken);
      if (taken < 0) return taken;
    }
    return taken;
  }

  /** Adds the steps that take a character and can be reached from one without any. @returns as {@link #take}. */
  #follow(from: number, places: number, list: Int32Array, count: number): number {
    const pending = this.#pending;
    let length = 0;
    pending[length++] = from;
    while (length > 0) {
      const number = pending[--length]!;
      if (this.#reached[number] === this.#place) continue;
      this.#reached[number] = this.#place;
      const step = this.#steps[number]!;
      switch (step.op) {
        case "match":
          return -1;
        case "take":
          list[count++] = number;
          break;
        case "jump":
          pending[length++] = step.next;
          break;
        case "split":
          pending[length++] = step.other;
          pending[length++] = step.next;
          break;
        case "at":
          if ((step.places & ~places) === 0) pending[length++] = step.next;
          break;
        case "fail":
          break;
      }
    }
    return count;
  }

  #newPlace(): void {
    this.#place = this.#place + 1 >>> 0;
    // The number of a place long ago would come again.
    if (this.#place > 0) return;
    this.#reached.fill(0);
    this.#place = 1;
  }
}

/** What holds between two characters; `END` stands for none. */
function placesBetween(before: number, after: number): number {
  let places = isWord(before) === isWord(after) ? PatternPlace.noWordBoundary : PatternPlace.wordBoundary;
  if (before === END) places |= PatternPlace.textStart | PatternPlace.lineStart;
  else if (before === NEWLINE) places |= PatternPlace.lineStart;
  if (after === END) places |= PatternPlace.textEnd | PatternPlace.lineEnd;
  else if (after === NEWLINE) places |= PatternPlace.lineEnd;
  return places;
}

/** Letters, digits and `_` of ASCII, as RE2 has it. */
function isWord(char: number): boolean {
  return (char >= 48 && char <= 57) || (char >= 65 && char <= 90) || char === 95 ||
    (char >= 97 && char <= 122);
}

function isWithin(ranges: readonly number[], char: number): boolean {
  let low = 0;
  let high = ranges.length / 2 - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (char < ranges[2 * middle]!) high = middle - 1;
    else if (char > ranges[2 * middle + 1]!) low = middle + 1;
    else return true;
  }
  return false;
}
