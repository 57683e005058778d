import { isService } from "../../../model/endpoint_url.ts";
import type { Problem } from "../diagnostic.ts";
import { field, list } from "./app_view.ts";
import type { RuleInput } from "./rule.ts";

/**
 * Some target takes sessions. An operator could give one of them a weight at runtime, but no app should need a command, which
 * a restart forgets, to serve at all; and who takes all targets out for a while has `maint`.
 */
export function noWeight({ apps, locator }: RuleInput): Problem[] {
  return apps.filter(({ targets }) => targets.length > 0 && targets.every((target) => target?.weight === 0))
    .map(({ index }) => ({
      code: "no_weight",
      message: "all targets have weight 0: none takes sessions",
      span: locator.key(["apps", index], "targets") ?? locator.value(["apps", index]),
      hints: [
        "give one of them a weight; `fproxy maint APP TARGET` takes targets out while the program runs",
      ],
    }));
}

/** An app can be ready. How many targets a service is only its records say. */
export function tooFewTargets({ config, value, locator }: RuleInput): Problem[] {
  return config?.apps.flatMap(({ targets, min_available }, index): Problem[] => {
    if (min_available <= targets.length || targets.length === 0 || targets.some(isService)) return [];
    const isOwn = field(list(field(value, "apps"))[index], "min_available") !== undefined;
    const count = targets.length === 1 ? "1 target" : `${targets.length} targets`;
    return [{
      code: "value",
      message: `min_available is ${min_available}, and this app has ${count}: it would never be ready`,
      span: isOwn
        ? locator.value(["apps", index, "min_available"])
        : locator.key(["apps", index], "targets") ?? locator.value(["apps", index]),
      ...(isOwn ? {} : {
        related: [{ message: "min_available", span: locator.value(["defaults", "min_available"]) }],
      }),
    }];
  }) ?? [];
}
