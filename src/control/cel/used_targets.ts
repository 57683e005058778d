import type { AppConfig } from "../../model/config.ts";
import type { RuleConfig } from "../../model/config_strategy.ts";
import { asEndpoint, formatTarget, type TargetAddress } from "../../model/endpoint_url.ts";

/** Indices of the app's targets that a rule uses, in its config. */
export function usedTargets(
  use: RuleConfig["use"],
  app: Pick<AppConfig, "mode" | "targets">,
): ReadonlySet<number> {
  const { targets, labels } = use ?? {};
  if (targets === "all") return new Set(app.targets.keys());
  const wanted = new Set((targets ?? []).map((target) => targetKey(target, app)));
  const pairs = Object.entries(labels ?? {});
  const found = app.targets.flatMap((target, index) => {
    const isNamed = wanted.has(formatTarget(target));
    const isLabelled = pairs.length > 0 && pairs.every(([name, value]) => target.labels[name] === value);
    return isNamed || isLabelled ? [index] : [];
  });
  return new Set(found);
}

/** How a target of that address is called in the app. */
export function targetKey(target: TargetAddress, { mode }: Pick<AppConfig, "mode">): string {
  return formatTarget(mode === "http" ? asEndpoint(target) : target);
}
