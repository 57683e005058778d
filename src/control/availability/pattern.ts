import { RE2JS } from "re2js";
import { errorMessage } from "../../base/errors.ts";

/** Says whether some text has a match anywhere. */
export type Matches = (text: string) => boolean;

/**
 * A regular expression in the syntax of RE2, which takes time in proportion to the text whatever the expression is: what
 * would need backtracking (look-around, references to groups) is no part of it. The dot takes line ends, too.
 * @throws {RangeError} saying what is wrong with it.
 */
export function compilePattern(source: string): Matches {
  try {
    const pattern = RE2JS.compile(source, RE2JS.DOTALL);
    return (text) => pattern.matcher(text).find();
  } catch (error) {
    throw new RangeError(errorMessage(error).replace(/^error parsing regexp: /, "").replace("`(?s)", "`"));
  }
}
