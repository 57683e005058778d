/**
 * The condition of a rule, as control hands it to data threads: plain data, checked and with all types known. It is a part
 * of the Common Expression Language; what its values are written as stands in `docs/rules.md`.
 */
export type RuleNode =
  | { readonly op: "value"; readonly value: string | number | boolean }
  | { readonly op: "variable"; readonly name: RuleVariable }
  | { readonly op: "not" | "negate" | "size" | "lower" | "upper"; readonly of: RuleNode }
  | { readonly op: "and" | "or"; readonly left: RuleNode; readonly right: RuleNode }
  | { readonly op: RuleBinary; readonly left: RuleNode; readonly right: RuleNode }
  | { readonly op: "choose"; readonly test: RuleNode; readonly yes: RuleNode; readonly no: RuleNode }
  | { readonly op: "in_list"; readonly item: RuleNode; readonly list: readonly RuleNode[] }
  | { readonly op: "in_cidr"; readonly ip: RuleNode; readonly range: CidrRange }
  | { readonly op: "field" | "has_field"; readonly of: FieldSource; readonly name: RuleNode }
  | { readonly op: "bucket"; readonly key: RuleNode; readonly count: RuleNode }
  | { readonly op: "matches"; readonly text: RuleNode; readonly program: PatternProgram };

/** What a rule may look at, by the name that it has in the config. `app` is known before and no variable here. */
export const RULE_VARIABLES = [
  "client.ip",
  "client.port",
  "listener.address",
  "listener.port",
  "time.hour",
  "time.weekday",
  "targets.available",
  "request.method",
  "request.path",
  "request.host",
] as const;

/** One of {@link RULE_VARIABLES}. */
export type RuleVariable = typeof RULE_VARIABLES[number];

/** Operations on two values of one type. */
export type RuleBinary =
  | "equal"
  | "unequal"
  | "less"
  | "at_most"
  | "more"
  | "at_least"
  | "add"
  | "join"
  | "subtract"
  | "multiply"
  | "divide"
  | "remainder"
  | "starts_with"
  | "ends_with"
  | "contains";

/** Maps of names to values that a request has. */
export type FieldSource = "request.headers" | "request.query";

/** A range of addresses. Those of IPv4 are those of `::ffff:0:0/96` at the same time. */
export interface CidrRange {
  /** The first address, as four words of 32 bits. */
  readonly words: readonly [number, number, number, number];
  /** How many bits of it count, 0 to 128. */
  readonly bits: number;
}

/**
 * A regular expression as the program of a machine that reads the text once, whatever the expression is (Thompson 1968;
 * Cox 2007). Steps are numbered from 0.
 */
export interface PatternProgram {
  readonly start: number;
  readonly steps: readonly PatternStep[];
}

/** One step of a {@link PatternProgram}. */
export type PatternStep =
  | { readonly op: "fail" | "match" }
  | { readonly op: "jump"; readonly next: number }
  | { readonly op: "split"; readonly next: number; readonly other: number }
  /** Goes on where all of these hold: bits of {@link PatternPlace}. */
  | { readonly op: "at"; readonly places: number; readonly next: number }
  /** Takes one character of these ranges: first and last of each, ascending. */
  | { readonly op: "take"; readonly ranges: readonly number[]; readonly next: number };

/** Bits of a place between two characters. */
export const PatternPlace = {
  lineStart: 1,
  lineEnd: 2,
  textStart: 4,
  textEnd: 8,
  wordBoundary: 16,
  noWordBoundary: 32,
} as const;
