/** What is wrong with a condition, and where in its text: offsets in UTF-16 units. */
export class RuleProblem extends Error {
  constructor(
    message: string,
    readonly start: number,
    readonly end: number,
    /** What is allowed, or was probably meant. */
    readonly hints: readonly string[] = [],
  ) {
    super(message);
  }
}
