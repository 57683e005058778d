import type { AppSnapshot, StrategySnapshot, TargetSnapshot } from "../../model/snapshot.ts";
import { DENIED } from "../../strategy/mod.ts";
import type { Chosen } from "./chosen.ts";

/** A target, and what became of it. */
export interface ExplainedTarget {
  readonly target: string;
  readonly outcome: string;
}

/** Why a strategy did not choose a target that it could have. */
const REASONS: Readonly<Record<string, string>> = {
  round_robin: "targets take turns, and this is another's",
  first: "it comes later in the list",
  least_connections: "it has as few sessions as the chosen one here, and equals take turns",
  random: "it was not drawn this time",
  random_two_choices: "it was not drawn this time, or the other one drawn had fewer sessions",
  least_latency: "it was not drawn this time, or the other one drawn is quicker",
  source_hash: "what the client is told apart by belongs to the chosen one",
  script: "it is not what the script picked",
};

/** Why each target was passed over, and by which strategy the other was chosen. */
export function explainTargets(app: AppSnapshot, chosen: Chosen): ExplainedTarget[] {
  const { targets } = app;
  return targets.map((target, at): ExplainedTarget => ({
    target: target.key,
    outcome: at === chosen.index
      ? `chosen by ${nameOf(strategyOf(app, chosen))}`
      : `passed over: ${reason(app, chosen, at)}`,
  }));
}

/** The strategy that chose: that of the rule, where one settled it. */
function strategyOf({ strategy }: AppSnapshot, { ruleSlot }: Chosen): StrategySnapshot {
  if (strategy.rules === undefined) return strategy;
  return strategy.rules.find(({ slot }) => slot === ruleSlot)?.strategy ?? { type: "round_robin" };
}

function nameOf({ type, strategy }: StrategySnapshot): string {
  return strategy === undefined ? type : `${type}, ${strategy.type}`;
}

function reason(app: AppSnapshot, chosen: Chosen, at: number): string {
  const { targets, strategy: { rules = [] } } = app;
  const [target, winner] = [targets[at], targets[chosen.index]];
  const rule = rules.find(({ slot }) => slot === chosen.ruleSlot);
  if (chosen.index === DENIED) return "the client is turned away";
  if (target === undefined || target.weight === 0) return "its weight is 0";
  if (rule !== undefined && rule.targets?.includes(at) !== true) {
    return `it is no target of the rule ${rule.key}`;
  }
  if (winner === undefined) return "it is no target of a rule that holds";
  if (target.backup && !winner.backup) return "it is a backup, used when no other target is left";
  return notChosen(strategyOf(app, chosen), target, winner);
}

function notChosen(
  { type, strategy, zone }: StrategySnapshot,
  target: TargetSnapshot,
  winner: TargetSnapshot,
): string {
  if (type === "priority" && target.priority !== winner.priority) {
    return `its priority is ${target.priority}, and those with ${winner.priority} are well`;
  }
  if (type === "prefer_zone" && target.zone !== zone && winner.zone === zone) {
    return `its zone is "${target.zone}", and those of "${zone}" are well`;
  }
  return REASONS[strategy?.type ?? type] ?? "the strategy chose another one";
}
