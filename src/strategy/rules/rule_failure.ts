/** Why a condition has no value. Not an error: on the way of a connection nothing is thrown. */
export class RuleFailure {
  /** @param reason ends the sentence "the rule failed: ...". */
  constructor(readonly reason: string) {}
}
