import { regionAppOf } from "../../../model/endpoint_url.ts";
import type { Problem } from "../diagnostic.ts";
import { field } from "./app_view.ts";
import type { RuleInput } from "./rule.ts";

/** Only a node of a region knows where its apps are. */
export function regionTargets({ value, apps, locator, isSpread }: RuleInput): Problem[] {
  if (field(value, "region") !== undefined) return [];
  return apps.flatMap((app) =>
    app.targets.flatMap((target, index): Problem[] => {
      if (target === undefined || regionAppOf(target.host) === null) return [];
      return [{
        code: "value",
        message: isSpread === true
          ? `${target.host} is an app of the region, and apps of the region cannot have others as targets`
          : `${target.host} is an app of a region, and this config has none`,
        span: locator.value(["apps", app.index, "targets", index]),
        ...(isSpread === true
          ? {}
          : { hints: ["write the key `region` at the top: servers, name, address"] }),
      }];
    })
  );
}
