import { didYouMean } from "../did_you_mean.ts";
import type { Problem } from "../diagnostic.ts";
import type { Path } from "../locate.ts";
import { field, list } from "./app_view.ts";
import type { RuleInput } from "./rule.ts";

/** A strategy as it is written, and where. */
export interface Written {
  readonly strategy: unknown;
  readonly path: Path;
}

/** Keys of `source_hash` that only requests have. */
const OF_REQUESTS = /^(header:.|cookie:.|path$)/;

/** Every strategy has a name that exists. Those within others are the schema's matter. */
export function unknownStrategies({ value, locator, unresolved, strategies }: RuleInput): Problem[] {
  const owners: [unknown, Path][] = [
    [field(value, "defaults"), ["defaults"]],
    ...list(field(value, "apps")).map((app, index): [unknown, Path] => [app, ["apps", index]]),
  ];
  return owners.flatMap(([owner, path]): Problem[] => {
    const strategy = field(owner, "strategy");
    const [name, at] = typeof strategy === "string"
      ? [strategy, [...path, "strategy"]]
      : [field(strategy, "type"), [...path, "strategy", "type"]];
    if (typeof name !== "string" || strategies.includes(name) || unresolved.has(locator.node(at))) return [];
    const near = didYouMean(name, strategies);
    return [{
      code: "strategy",
      message: `unknown strategy "${name}"`,
      span: locator.value(at),
      hints: [near === undefined ? `known are: ${strategies.join(", ")}` : `did you mean "${near}"?`],
    }];
  });
}

/** What an app in mode `tcp` carries has no header, cookie or path. */
export function requestKeysInTcp({ value, locator, apps, unresolved }: RuleInput): Problem[] {
  return apps.filter(({ mode }) => mode === "tcp").flatMap(({ index }): Problem[] => {
    const outer = writtenStrategy(value, index);
    const inner = { strategy: field(outer.strategy, "strategy"), path: [...outer.path, "strategy"] };
    const ofRules = list(field(outer.strategy, "rules")).map((rule, at): Written => (
      { strategy: field(rule, "strategy"), path: [...outer.path, "rules", at, "strategy"] }
    ));
    return [outer, inner, ...ofRules].flatMap(({ strategy, path }): Problem[] => {
      const key = field(strategy, "key");
      const at = [...path, "key"];
      if (typeof key !== "string" || !OF_REQUESTS.test(key) || unresolved.has(locator.node(at))) return [];
      return [{
        code: "mode",
        message: `the key "${key}" is of requests, and this app is in mode tcp`,
        span: locator.value(at),
        hints: ['write "client_ip" or "client_ip_port", or "mode: http" if the app carries HTTP'],
        ...(path[0] === "apps"
          ? {}
          : { related: [{ message: "the app", span: locator.value(["apps", index, "name"]) }] }),
      }];
    });
  });
}

/** Who prefers targets of its own zone has to know it. */
export function zonelessPreference({ config, value, locator }: RuleInput): Problem[] {
  if (config === undefined || config.zone !== "") return [];
  return config.apps.flatMap(({ strategy: { type } }, index): Problem[] => {
    if (type !== "prefer_zone") return [];
    return [{
      code: "strategy",
      message: "the strategy prefer_zone needs the zone of this proxy",
      span: locator.value(writtenStrategy(value, index).path),
      hints: ['write "zone: ..." at the top of the file, such as "${FPROXY_ZONE}"'],
    }];
  });
}

/** The strategy that counts for an app. */
export function writtenStrategy(value: unknown, index: number): Written {
  const own = field(list(field(value, "apps"))[index], "strategy");
  return own === undefined
    ? { strategy: field(field(value, "defaults"), "strategy"), path: ["defaults", "strategy"] }
    : { strategy: own, path: ["apps", index, "strategy"] };
}
