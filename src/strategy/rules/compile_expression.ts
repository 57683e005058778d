import type { CidrRange, FieldSource, RuleBinary, RuleNode } from "../../model/rule_expression.ts";
import { hashText } from "../hash.ts";
import { CidrMatcher } from "./cidr_matcher.ts";
import { readIpWords } from "./ip_words.ts";
import { MAX_PATTERN_TEXT, PatternMatcher } from "./pattern_matcher.ts";
import { RuleFailure } from "./rule_failure.ts";
import { type RuleScope, type RuleValue, VARIABLES } from "./rule_scope.ts";

/** Works out an expression. */
export type Evaluate = (scope: RuleScope) => RuleValue;

/** Keeps clients from falling into buckets as they fall into tables of `source_hash`. */
const BUCKET_SALT = "bucket ";

const MISTYPED = new RuleFailure("a value of another type was wanted");
const NO_KEY = new RuleFailure("no such key");
const OVERFLOW = new RuleFailure("integer overflow");
const BY_ZERO = new RuleFailure("division by zero");
const NO_ADDRESS = new RuleFailure("no IP address");
const NO_BUCKETS = new RuleFailure("bucket() needs at least one bucket");
const LONG_TEXT = new RuleFailure(`matches() looks at ${MAX_PATTERN_TEXT} characters at most`);

/** Turns a checked expression into a function. Once a snapshot: what is constant is prepared here. */
export function compileExpression(node: RuleNode): Evaluate {
  switch (node.op) {
    case "value":
      return () => node.value;
    case "variable":
      return VARIABLES[node.name];
    case "not":
    case "negate":
    case "size":
    case "lower":
    case "upper":
      return unary(compileExpression(node.of), UNARY[node.op]);
    case "and":
      return logical(compileExpression(node.left), compileExpression(node.right), false);
    case "or":
      return logical(compileExpression(node.left), compileExpression(node.right), true);
    case "choose":
      return choose(compileExpression(node.test), compileExpression(node.yes), compileExpression(node.no));
    case "in_list":
      return inList(compileExpression(node.item), node.list);
    case "in_cidr":
      return inCidr(compileExpression(node.ip), node.range);
    case "field":
    case "has_field":
      return field(node.op === "has_field", node.of, compileExpression(node.name));
    case "bucket":
      return binary(compileExpression(node.key), compileExpression(node.count), bucket);
    case "matches":
      return matches(compileExpression(node.text), new PatternMatcher(node.program));
    default:
      return binary(compileExpression(node.left), compileExpression(node.right), BINARY[node.op]);
  }
}

type Plain = Exclude<RuleValue, RuleFailure>;

const UNARY: Readonly<Record<"not" | "negate" | "size" | "lower" | "upper", (value: Plain) => RuleValue>> = {
  not: (value) => typeof value === "boolean" ? !value : MISTYPED,
  negate: (value) => typeof value === "number" ? whole(-value) : MISTYPED,
  size: (value) => typeof value === "string" ? codePoints(value) : MISTYPED,
  lower: (value) => typeof value === "string" ? value.toLowerCase() : MISTYPED,
  upper: (value) => typeof value === "string" ? value.toUpperCase() : MISTYPED,
};

const BINARY: Readonly<Record<RuleBinary, (left: Plain, right: Plain) => RuleValue>> = {
  equal: (left, right) => left === right,
  unequal: (left, right) => left !== right,
  less: (left, right) => left < right,
  at_most: (left, right) => left <= right,
  more: (left, right) => left > right,
  at_least: (left, right) => left >= right,
  join: (left, right) => `${left}${right}`,
  add: numbers((left, right) => left + right),
  subtract: numbers((left, right) => left - right),
  multiply: numbers((left, right) => left * right),
  // Both round towards zero, as CEL does; adding 0 makes 0 of -0.
  divide: numbers((left, right) => right === 0 ? NaN : Math.trunc(left / right) + 0),
  remainder: numbers((left, right) => right === 0 ? NaN : left % right + 0),
  starts_with: texts((left, right) => left.startsWith(right)),
  ends_with: texts((left, right) => left.endsWith(right)),
  contains: texts((left, right) => left.includes(right)),
};

function numbers(compute: (left: number, right: number) => number): (left: Plain, right: Plain) => RuleValue {
  return (left, right) =>
    typeof left === "number" && typeof right === "number" ? whole(compute(left, right)) : MISTYPED;
}

function texts(compute: (left: string, right: string) => boolean): (left: Plain, right: Plain) => RuleValue {
  return (left, right) =>
    typeof left === "string" && typeof right === "string" ? compute(left, right) : MISTYPED;
}

/** Whole numbers are exact up to 2^53. */
function whole(value: number): RuleValue {
  if (Number.isNaN(value)) return BY_ZERO;
  return Number.isSafeInteger(value) ? value : OVERFLOW;
}

function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

function unary(of: Evaluate, compute: (value: Plain) => RuleValue): Evaluate {
  return (scope) => {
    const value = of(scope);
    return value instanceof RuleFailure ? value : compute(value);
  };
}

function binary(
  left: Evaluate,
  right: Evaluate,
  compute: (left: Plain, right: Plain) => RuleValue,
): Evaluate {
  return (scope) => {
    const one = left(scope);
    if (one instanceof RuleFailure) return one;
    const other = right(scope);
    return other instanceof RuleFailure ? other : compute(one, other);
  };
}

/** A side that decides hides a failure of the other, whichever comes first: so has CEL it. */
function logical(left: Evaluate, right: Evaluate, deciding: boolean): Evaluate {
  return (scope) => {
    const one = left(scope);
    if (one === deciding) return deciding;
    const other = right(scope);
    if (other === deciding) return deciding;
    return one instanceof RuleFailure ? one : other;
  };
}

function choose(test: Evaluate, yes: Evaluate, no: Evaluate): Evaluate {
  return (scope) => {
    const found = test(scope);
    if (found instanceof RuleFailure) return found;
    return found === true ? yes(scope) : no(scope);
  };
}

function inList(item: Evaluate, list: readonly RuleNode[]): Evaluate {
  if (list.every(({ op }) => op === "value")) {
    const values = new Set<RuleValue>(list.map((one) => one.op === "value" ? one.value : false));
    return unary(item, (value) => values.has(value));
  }
  const all = list.map(compileExpression);
  return (scope) => {
    const wanted = item(scope);
    if (wanted instanceof RuleFailure) return wanted;
    let isFound = false;
    // Lists are worked out whole, and fail as a whole.
    for (const one of all) {
      const value = one(scope);
      if (value instanceof RuleFailure) return value;
      isFound ||= value === wanted;
    }
    return isFound;
  };
}

function inCidr(ip: Evaluate, range: CidrRange): Evaluate {
  const own = new Uint32Array(4);
  const matcher = new CidrMatcher(range);
  return unary(ip, (text) => {
    if (typeof text !== "string" || !readIpWords(text, own)) return NO_ADDRESS;
    return matcher.has(own);
  });
}

function field(asks: boolean, of: FieldSource, name: Evaluate): Evaluate {
  return (scope) => {
    const key = name(scope);
    if (typeof key !== "string") return key instanceof RuleFailure ? key : MISTYPED;
    const value = scope.field(of, key);
    return asks ? value !== null : value ?? NO_KEY;
  };
}

function bucket(key: Plain, count: Plain): RuleValue {
  if (typeof key !== "string" || typeof count !== "number") return MISTYPED;
  return count < 1 ? NO_BUCKETS : hashText(BUCKET_SALT + key) % count;
}

function matches(text: Evaluate, matcher: PatternMatcher): Evaluate {
  return unary(text, (value) => {
    if (typeof value !== "string") return MISTYPED;
    return value.length > MAX_PATTERN_TEXT ? LONG_TEXT : matcher.matches(value);
  });
}
