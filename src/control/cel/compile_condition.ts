import {
  type Environment,
  EvaluationError,
  ParseError,
  TypeError as CelTypeError,
} from "@marcbachmann/cel-js";
import type { RuleNode } from "../../model/rule_expression.ts";
import { ruleEnvironment } from "./environment.ts";
import { RuleProblem } from "./rule_problem.ts";
import { type RuleSurroundings, Translator } from "./translate.ts";

let environment: Environment | undefined;

/**
 * Parses, checks and translates the condition of a rule.
 * @throws {RuleProblem} saying what is wrong with it, and where.
 */
export function compileCondition(text: string, surroundings: RuleSurroundings): RuleNode {
  environment ??= ruleEnvironment();
  try {
    const parsed = environment.parse(text);
    const checked = parsed.check();
    if (!checked.valid) throw checked.error;
    if (checked.type !== "bool") {
      throw new RuleProblem(`a condition is true or false, and this is ${checked.type}`, 0, text.length);
    }
    return new Translator(surroundings).translate(parsed.ast);
  } catch (error) {
    const isTheirs = error instanceof ParseError || error instanceof CelTypeError ||
      error instanceof EvaluationError;
    if (!isTheirs) throw error;
    const { start, end } = error.range ?? { start: 0, end: text.length };
    throw new RuleProblem(inOurWords(error.summary), start, end);
  }
}

/** As the other diagnostics are written. */
function inOurWords(summary: string): string {
  return (summary.charAt(0).toLowerCase() + summary.slice(1)).replace(
    "found no matching overload for",
    "no such function:",
  )
    .replace("unexpected token: EOF", "the condition ends too early");
}
