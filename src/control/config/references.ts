import { REFERENCE_DEPTH_MAX } from "../../base/limits.ts";

/** `${NAME}` or `${NAME:-default}` in a value. Offsets count UTF-16 units of the value. */
export interface Reference {
  readonly name: string;
  /** What stands in for a variable that is unset or empty; null where nothing does. */
  readonly fallback: readonly Part[] | null;
  readonly start: number;
  readonly end: number;
}

/** Text as it is meant, or a reference. */
export type Part = string | Reference;

/** What begins like a reference and is none. */
export interface BrokenReference {
  readonly reason: "form" | "unclosed" | "nesting";
  readonly start: number;
  readonly end: number;
}

/** A value taken apart. */
export interface References {
  readonly parts: readonly Part[];
  /** After one that is not closed, or nested too deep, nothing is looked at. */
  readonly broken: readonly BrokenReference[];
}

/**
 * Finds the references in a value. `$$` is a dollar, any other dollar stays. A default ends at the first `}` that closes
 * no reference in it, and may hold references itself, up to {@link REFERENCE_DEPTH_MAX} within each other (POSIX.1-2017,
 * XCU 2.6.2). Takes linear time.
 */
export function findReferences(value: string): References {
  const finder = new Finder(value);
  return { parts: finder.parts(0), broken: finder.broken };
}

const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
/** What ends a piece of text. */
const SPECIAL = /\$\$|\$\{|\}/g;

class Finder {
  readonly broken: BrokenReference[] = [];
  #at = 0;
  /** Where the references end belongs to a mistake: the rest cannot be told apart. */
  #isLost = false;

  constructor(private readonly value: string) {}

  /** Reads to the end, or within a default to the brace that closes it. @param depth references that are open here. */
  parts(depth: number): Part[] {
    const { value } = this;
    const parts: Part[] = [];
    while (!this.#isLost) {
      SPECIAL.lastIndex = this.#at;
      const special = SPECIAL.exec(value);
      parts.push(value.slice(this.#at, special?.index));
      if (special === null) {
        this.#at = value.length;
        break;
      }
      this.#at = special.index;
      const [text] = special;
      if (text === "}" && depth > 0) break;
      if (text === "${") {
        const reference = this.#reference(depth);
        if (reference !== null) parts.push(reference);
      } else {
        parts.push(text.slice(0, 1));
        this.#at += text.length;
      }
    }
    return parts;
  }

  #reference(depth: number): Reference | null {
    const { value } = this;
    const start = this.#at;
    NAME.lastIndex = start + 2;
    const name = NAME.exec(value)?.[0] ?? "";
    this.#at = start + 2 + name.length;
    const hasDefault = name !== "" && value.startsWith(":-", this.#at);
    if (hasDefault && depth >= REFERENCE_DEPTH_MAX) return this.#lose("nesting", start, this.#at);
    if (hasDefault) this.#at += 2;
    const fallback = hasDefault ? this.parts(depth + 1) : null;
    if (this.#isLost) return null;
    if (this.#at >= value.length) return this.#lose("unclosed", start, value.length);
    if (name === "" || value[this.#at] !== "}") return this.#skip(start);
    return { name, fallback, start, end: ++this.#at };
  }

  #lose(reason: BrokenReference["reason"], start: number, end: number): null {
    this.#isLost = true;
    this.broken.push({ reason, start, end });
    return null;
  }

  /** Goes on behind the next brace that closes. */
  #skip(start: number): null {
    const closing = this.value.indexOf("}", start);
    this.#at = closing < 0 ? this.value.length : closing + 1;
    this.broken.push({ reason: "form", start, end: this.#at });
    return null;
  }
}
