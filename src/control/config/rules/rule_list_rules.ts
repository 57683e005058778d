import { ruleKey } from "../../../model/config_strategy.ts";
import { parseTarget, type TargetAddress } from "../../../model/endpoint_url.ts";
import { compileCondition } from "../../cel/compile_condition.ts";
import { RuleProblem } from "../../cel/rule_problem.ts";
import { targetKey } from "../../cel/used_targets.ts";
import { didYouMean } from "../did_you_mean.ts";
import type { Problem } from "../diagnostic.ts";
import type { Path } from "../locate.ts";
import { type AppView, field, list } from "./app_view.ts";
import type { RuleInput } from "./rule.ts";
import { writtenStrategy } from "./strategy_rules.ts";

/** A rule of an app, as it is written. */
interface WrittenRule {
  readonly app: AppView;
  readonly rule: unknown;
  readonly path: Path;
  readonly index: number;
  readonly isLast: boolean;
}

const NO_TARGET_HINTS = [
  'write "use: { targets: [...] }", "use: { labels: {...} }", "use: { targets: all }" or "deny: true"',
];

/** The conditions of rules, and what they do. */
export function userRules(input: RuleInput): Problem[] {
  const { value, apps, locator, unresolved } = input;
  return apps.flatMap((app): Problem[] => {
    const { strategy, path } = writtenStrategy(value, app.index);
    const isNamed = strategy === "rules";
    if (!isNamed && field(strategy, "type") !== "rules") return [];
    const rules = list(field(strategy, "rules"));
    if (rules.length === 0) return [emptyList(path, input)];
    const all = rules.map((rule, index): WrittenRule => (
      { app, rule, index, path: [...path, "rules", index], isLast: index === rules.length - 1 }
    ));
    return [
      ...sameNames(all, input),
      ...all.filter(({ path }) => !unresolved.has(locator.node(path))).flatMap((one) => [
        ...wrongCondition(one, input),
        ...unreached(one, input),
        ...wrongUse(one, input),
      ]),
    ];
  });
}

function emptyList(path: Path, { locator }: RuleInput): Problem {
  return {
    code: "strategy",
    message: "the strategy rules needs a list of rules",
    span: locator.value(path),
    hints: ['write "strategy: { type: rules, rules: [{ when: ..., use: ... }] }"'],
  };
}

function sameNames(all: readonly WrittenRule[], { locator }: RuleInput): Problem[] {
  const first = new Map<string, WrittenRule>();
  return all.flatMap((one): Problem[] => {
    const name = field(one.rule, "name");
    const key = ruleKey(typeof name === "string" ? { name } : {}, one.index);
    const other = first.get(key);
    if (other === undefined) {
      first.set(key, one);
      return [];
    }
    return [{
      code: "rule",
      message: `two rules of this app are called "${key}"`,
      span: locator.value([...one.path, "name"]),
      related: [{ message: "first used here", span: locator.value([...other.path, "name"]) }],
    }];
  });
}

function wrongCondition({ app, rule, path }: WrittenRule, { locator, unresolved }: RuleInput): Problem[] {
  const when = field(rule, "when");
  const at = [...path, "when"];
  if (typeof when !== "string" || app.mode === undefined || unresolved.has(locator.node(at))) return [];
  try {
    compileCondition(when, { app: app.name ?? "", isHttp: app.mode === "http" });
    return [];
  } catch (error) {
    if (!(error instanceof RuleProblem)) throw error;
    const { message, start, end, hints } = error;
    return [{ code: "rule", message: `when: ${message}`, span: locator.within(at, start, end), hints }];
  }
}

/** A rule for everybody leaves nobody for those after it. */
function unreached({ rule, path, isLast }: WrittenRule, { locator }: RuleInput): Problem[] {
  if (isLast || typeof rule !== "object" || rule === null || field(rule, "when") !== undefined) return [];
  return [{
    code: "rule",
    message: "only the last rule may have no condition: those after this one are never reached",
    span: locator.value([...path, "when"]),
    hints: ['write "when: ...", or put it last'],
  }];
}

function wrongUse(one: WrittenRule, input: RuleInput): Problem[] {
  const { rule, path } = one;
  const { locator } = input;
  const use = field(rule, "use");
  if (typeof rule !== "object" || rule === null) return [];
  if (field(rule, "deny") === true) {
    return ["use", "strategy"].filter((key) => field(rule, key) !== undefined).map((key): Problem => ({
      code: "rule",
      message: `a rule that denies has no use for "${key}"`,
      span: locator.key(path, key) ?? locator.value(path),
    }));
  }
  const [targets, labels] = [field(use, "targets"), field(use, "labels")];
  const isEmpty = isNothing(targets) && isNothing(labels);
  if (isEmpty) {
    return [{
      code: "rule",
      message: "this rule names no target",
      span: (use === undefined ? undefined : locator.key(path, "use")) ?? locator.value(path),
      hints: NO_TARGET_HINTS,
    }];
  }
  if (targets !== undefined && labels !== undefined) {
    return [{
      code: "rule",
      message: "a rule names its targets either by address or by labels",
      span: locator.value([...path, "use", "labels"]),
    }];
  }
  return targets === undefined ? wrongLabels(one, labels, input) : wrongTargets(one, targets, input);
}

/** An empty list or object, or none. */
function isNothing(value: unknown): boolean {
  return value === undefined || value === null ||
    (typeof value === "object" && Object.keys(value).length === 0);
}

function wrongTargets({ app, path }: WrittenRule, targets: unknown, input: RuleInput): Problem[] {
  const { locator, unresolved } = input;
  const { mode } = app;
  if (mode === undefined || app.targets.some((target) => target === undefined)) return [];
  const known = app.targets.flatMap((target) => target === undefined ? [] : [targetKey(target, { mode })]);
  const named = list(targets).flatMap((text, at) => {
    const address = addressOf(text);
    const where = [...path, "use", "targets", at];
    return address === null || unresolved.has(locator.node(where))
      ? []
      : [{ key: targetKey(address, { mode }), where }];
  });
  const problems = named.filter(({ key }) => !known.includes(key)).map(({ key, where }): Problem => {
    const near = didYouMean(key, known);
    return {
      code: "rule",
      message: `${key} is no target of this app`,
      span: locator.value(where),
      hints: near === undefined ? [] : [`did you mean "${near}"?`],
    };
  });
  const used = app.targets.filter((target) =>
    target !== undefined && named.some(({ key }) => key === targetKey(target, { mode }))
  );
  return problems.length > 0 ? problems : onlyBackups(used, [...path, "use", "targets"], input);
}

/** The schema tells what is no address. */
function addressOf(text: unknown): TargetAddress | null {
  try {
    return typeof text === "string" ? parseTarget(text) : null;
  } catch {
    return null;
  }
}

function wrongLabels({ app, path }: WrittenRule, labels: unknown, input: RuleInput): Problem[] {
  const at = [...path, "use", "labels"];
  if (app.targets.some((target) => target === undefined) || typeof labels !== "object" || labels === null) {
    return [];
  }
  const used = app.targets.filter((target) =>
    Object.entries(labels).every(([name, value]) => target?.labels[name] === value)
  );
  if (used.length > 0) return onlyBackups(used, at, input);
  const hasNumbers = Object.values(labels).some((value) => typeof value !== "string");
  return hasNumbers ? [] : [{
    code: "rule",
    message: "no target of this app has these labels",
    span: input.locator.key([...path, "use"], "labels") ?? input.locator.value(at),
    hints: labelsOf(app),
  }];
}

/** What there is instead. */
function labelsOf({ targets }: AppView): string[] {
  const pairs = targets.flatMap((target) =>
    Object.entries(target?.labels ?? {}).map(([name, value]) => `${name}: ${value}`)
  );
  return [pairs.length === 0 ? "none of them has any" : `there are: ${[...new Set(pairs)].join(", ")}`];
}

/** Backups are asked for when no other target is left, so other rules and targets come before them. */
function onlyBackups(
  used: readonly AppView["targets"][number][],
  at: Path,
  { locator }: RuleInput,
): Problem[] {
  if (used.length === 0 || used.some((target) => target?.backup !== true)) return [];
  return [{
    severity: "warning",
    code: "rule",
    message:
      "all targets of this rule are backups, which are used only when no other target of the app is left",
    span: locator.value(at),
    hints: ['leave out "backup" where the rule alone decides'],
  }];
}
