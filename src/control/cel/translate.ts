import type { ASTNode } from "@marcbachmann/cel-js";
import { errorMessage } from "../../base/errors.ts";
import {
  type FieldSource,
  RULE_VARIABLES,
  type RuleBinary,
  type RuleNode,
  type RuleVariable,
} from "../../model/rule_expression.ts";
import { parseCidrRange } from "./cidr_range.ts";
import { compilePatternProgram } from "./pattern_program.ts";
import { RuleProblem } from "./rule_problem.ts";

/** What of the surroundings a condition is bound to. */
export interface RuleSurroundings {
  /** Name of the app, which is a constant to it. */
  readonly app: string;
  /** Whether there are requests to look at. */
  readonly isHttp: boolean;
}

/** Nodes that a condition may come to, with `exists` and `all` written out. */
const MAX_NODES = 2000;
const MAPS: ReadonlySet<string> = new Set(["request.headers", "request.query"]);
const VARIABLES: ReadonlySet<string> = new Set(RULE_VARIABLES);
const OPERATORS: Readonly<Record<string, RuleBinary>> = {
  "==": "equal",
  "!=": "unequal",
  "<": "less",
  "<=": "at_most",
  ">": "more",
  ">=": "at_least",
  "+": "add",
  "-": "subtract",
  "*": "multiply",
  "/": "divide",
  "%": "remainder",
};
const OF_TEXTS: Readonly<Record<string, RuleBinary>> = {
  startsWith: "starts_with",
  endsWith: "ends_with",
  contains: "contains",
};
const OF_TEXT: Readonly<Record<string, "lower" | "upper" | "size">> = {
  lowerAscii: "lower",
  upperAscii: "upper",
  size: "size",
};
const KNOWN =
  "known are: bucket, cidr, contains, endsWith, has, lowerAscii, matches, size, startsWith, upperAscii; " +
  "and exists, all of lists";

/** Names that stand for elements of a list, within `exists` and `all`. */
type Locals = ReadonlyMap<string, RuleNode>;

/** Turns a condition that was checked into what data threads evaluate. @throws {RuleProblem} where it has no such form. */
export class Translator {
  #nodes = 0;

  constructor(private readonly surroundings: RuleSurroundings) {}

  /** The whole condition. */
  translate(ast: ASTNode): RuleNode {
    return this.#node(ast, new Map());
  }

  #node(ast: ASTNode, locals: Locals): RuleNode {
    if (++this.#nodes > MAX_NODES) {
      throw problem(ast, `the condition is too long: at most ${MAX_NODES} parts`);
    }
    switch (ast.op) {
      case "value":
        return { op: "value", value: constant(ast) };
      case "id":
      case ".":
        return this.#variable(ast, locals);
      case "[]":
        return { op: "field", of: this.#map(ast.args[0]), name: this.#node(ast.args[1], locals) };
      case "!_":
        return { op: "not", of: this.#node(ast.args, locals) };
      case "-_":
        return { op: "negate", of: this.#node(ast.args, locals) };
      case "&&":
      case "||":
        return {
          op: ast.op === "&&" ? "and" : "or",
          left: this.#node(ast.args[0], locals),
          right: this.#node(ast.args[1], locals),
        };
      case "?:": {
        const [test, yes, no] = ast.args;
        return {
          op: "choose",
          test: this.#node(test, locals),
          yes: this.#node(yes, locals),
          no: this.#node(no, locals),
        };
      }
      case "in":
        return this.#membership(ast.args[0], ast.args[1], locals);
      case "call":
        return this.#call(ast, ast.args[0], ast.args[1], locals);
      case "rcall":
        return this.#method(ast, ast.args[0], ast.args[1], ast.args[2], locals);
      case "list":
        throw problem(ast, "a list stands for no single value", "lists are for in, exists and all");
      case "map":
        throw problem(ast, "maps cannot be written in rules");
      default:
        return this.#binary(ast, locals);
    }
  }

  #variable(ast: ASTNode, locals: Locals): RuleNode {
    const name = pathOf(ast) ?? "";
    const local = locals.get(name);
    if (local !== undefined) return local;
    if (name === "app") return { op: "value", value: this.surroundings.app };
    this.#needRequest(ast, name);
    if (VARIABLES.has(name)) return { op: "variable", name: name as RuleVariable };
    const map = ast.op === "." ? pathOf(ast.args[0]) ?? "" : "";
    if (ast.op === "." && MAPS.has(map)) {
      return { op: "field", of: map as FieldSource, name: { op: "value", value: ast.args[1] } };
    }
    if (MAPS.has(name)) {
      throw problem(
        ast,
        `${name} is a map and stands for no single value`,
        `write ${name}["name"], or "name" in ${name}`,
      );
    }
    throw problem(ast, `${ast.input.slice(ast.start, ast.end)} stands for no single value`);
  }

  #needRequest(ast: ASTNode, name: string): void {
    if (this.surroundings.isHttp || !/^request(\.|$)/.test(name)) return;
    throw problem(
      ast,
      `${name} is of requests, and this app is in mode tcp`,
      'write "mode: http" if it carries HTTP',
    );
  }

  /** A map of the request. */
  #map(ast: ASTNode): FieldSource {
    const name = pathOf(ast) ?? "";
    this.#needRequest(ast, name);
    if (MAPS.has(name)) return name as FieldSource;
    throw problem(
      ast,
      "only request.headers and request.query are maps",
      "write variables with a dot, as in client.ip",
    );
  }

  #membership(item: ASTNode, of: ASTNode, locals: Locals): RuleNode {
    const wanted = this.#node(item, locals);
    if (of.op === "list") {
      return {
        op: "in_list",
        item: wanted,
        list: of.args.map((one) => this.#node(one, locals)),
      };
    }
    if (of.op === "call" && of.args[0] === "cidr") return inCidr(wanted, of);
    return { op: "has_field", of: this.#map(of), name: wanted };
  }

  #call(ast: ASTNode, name: string, args: readonly ASTNode[], locals: Locals): RuleNode {
    const [first, second] = args;
    if (name === "has" && first?.op === ".") {
      return { op: "has_field", of: this.#map(first.args[0]), name: { op: "value", value: first.args[1] } };
    }
    if (name === "size" && first !== undefined) return { op: "size", of: this.#node(first, locals) };
    if (name === "bucket" && first !== undefined && second !== undefined) {
      const count = this.#node(second, locals);
      if (count.op === "value" && Number(count.value) < 1) {
        throw problem(second, "bucket() needs at least one bucket", "as in bucket(client.ip, 100) < 5");
      }
      return { op: "bucket", key: this.#node(first, locals), count };
    }
    if (name === "cidr") {
      throw problem(ast, "cidr() stands for no single value", 'write client.ip in cidr("10.0.0.0/8")');
    }
    throw problem(ast, `rules have no function ${name}`, KNOWN);
  }

  #method(ast: ASTNode, name: string, of: ASTNode, args: readonly ASTNode[], locals: Locals): RuleNode {
    const [first, second] = args;
    if ((name === "exists" || name === "all") && first?.op === "id" && second !== undefined) {
      return this.#unrolled(name, of, first.args, second, locals);
    }
    if (name === "contains" && of.op === "call" && of.args[0] === "cidr" && first !== undefined) {
      return inCidr(this.#node(first, locals), of);
    }
    const unary = OF_TEXT[name];
    if (unary !== undefined && first === undefined) return { op: unary, of: this.#node(of, locals) };
    const binary = OF_TEXTS[name];
    if (binary !== undefined && first !== undefined) {
      return { op: binary, left: this.#node(of, locals), right: this.#node(first, locals) };
    }
    if (name === "matches" && first !== undefined) {
      return { op: "matches", text: this.#node(of, locals), program: patternOf(first) };
    }
    throw problem(ast, `rules have no function ${name}`, KNOWN);
  }

  /** Lists are written out, so what is said of each element can be, too. */
  #unrolled(name: "exists" | "all", list: ASTNode, local: string, body: ASTNode, locals: Locals): RuleNode {
    if (list.op !== "list") {
      throw problem(
        list,
        `${name} is for lists that are written out`,
        'as in ["/a", "/b"].exists(p, request.path.startsWith(p))',
      );
    }
    const parts = list.args.map((one) => {
      const element = this.#node(one, locals);
      // A list that fails has to fail as a whole, which what it is written out to does not.
      if (element.op !== "value") throw problem(one, `${name} is for lists of constants`);
      return this.#node(body, new Map([...locals, [local, element]]));
    });
    const neutral: RuleNode = { op: "value", value: name === "all" };
    return parts.reduceRight<RuleNode>(
      (right, left) => right === neutral ? left : { op: name === "all" ? "and" : "or", left, right },
      neutral,
    );
  }

  #binary(ast: ASTNode, locals: Locals): RuleNode {
    const op = OPERATORS[ast.op];
    if (op === undefined) throw problem(ast, `rules have no "${ast.op}"`);
    const [left, right] = ast.args as readonly [ASTNode, ASTNode];
    const isText = op === "add" && typeNameOf(ast) === "string";
    return { op: isText ? "join" : op, left: this.#node(left, locals), right: this.#node(right, locals) };
  }
}

/** `a.b.c`, undefined for anything else. */
function pathOf(ast: ASTNode): string | undefined {
  if (ast.op === "id") return ast.args;
  if (ast.op !== ".") return undefined;
  const before = pathOf(ast.args[0]);
  return before === undefined ? undefined : `${before}.${ast.args[1]}`;
}

/** The type that the check found; its name is not in the package's types. */
function typeNameOf(ast: ASTNode): string | undefined {
  return (ast as { readonly checkedType?: { readonly name: string } }).checkedType?.name;
}

function constant(ast: ASTNode & { readonly op: "value" }): string | number | boolean {
  const { args: value } = ast;
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "bigint" && Number.isSafeInteger(Number(value))) return Number(value);
  if (typeof value === "bigint") throw problem(ast, `${value} is too large: numbers have at most 53 bits`);
  throw problem(ast, "rules have text, whole numbers, true and false only");
}

function inCidr(ip: RuleNode, call: ASTNode & { readonly op: "call" }): RuleNode {
  const [text] = call.args[1];
  try {
    return { op: "in_cidr", ip, range: parseCidrRange(literal(text ?? call)) };
  } catch (error) {
    if (error instanceof RuleProblem) throw error;
    throw problem(
      text ?? call,
      errorMessage(error),
      'write it as in cidr("10.0.0.0/8") or cidr("2001:db8::/32")',
    );
  }
}

function patternOf(ast: ASTNode): Extract<RuleNode, { op: "matches" }>["program"] {
  try {
    return compilePatternProgram(literal(ast));
  } catch (error) {
    if (error instanceof RuleProblem) throw error;
    throw problem(
      ast,
      `not a regular expression for rules: ${errorMessage(error)}`,
      "the syntax is that of RE2",
    );
  }
}

/** Text that is known now. */
function literal(ast: ASTNode): string {
  if (ast.op === "value" && typeof ast.args === "string") return ast.args;
  throw problem(ast, "a text in quotes is wanted here: it is prepared when the config is read");
}

function problem(ast: ASTNode, message: string, ...hints: string[]): RuleProblem {
  return new RuleProblem(message, ast.start, ast.end, hints);
}
