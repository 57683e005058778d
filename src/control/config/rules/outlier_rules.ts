import { formatDuration } from "../../../base/duration.ts";
import { field, list } from "./app_view.ts";
import type { Problem } from "../diagnostic.ts";
import type { Path } from "../locate.ts";
import type { RuleInput } from "./rule.ts";

/** The longest time out is not shorter than the first one; told where one of the two is written. */
export function ejectionTimes({ config, value, locator }: RuleInput): Problem[] {
  if (config === undefined) return [];
  const written = list(field(value, "apps"));
  return [
    { parsed: config.defaults, own: field(value, "defaults"), path: ["defaults"] },
    ...config.apps.map((parsed, index) => ({ parsed, own: written[index], path: ["apps", index] })),
  ].flatMap(({ parsed: { outlier_detection: parsed }, own, path }): Problem[] => {
    if (parsed === undefined || parsed === false || parsed.base_ejection_time <= parsed.max_ejection_time) {
      return [];
    }
    const at: Path = [...path, "outlier_detection"];
    const [base, most] = ["base_ejection_time", "max_ejection_time"].map((key) =>
      field(field(own, "outlier_detection"), key) === undefined ? null : locator.value([...at, key])
    );
    const span = base ?? most;
    if (span === null || span === undefined) return [];
    const [other, ms] = base
      ? ["max_ejection_time", parsed.max_ejection_time] as const
      : ["base_ejection_time", parsed.base_ejection_time] as const;
    return [{
      code: "value",
      message: "base_ejection_time is longer than max_ejection_time",
      span,
      ...(base && most
        ? { related: [{ message: "the longest time", span: most }] }
        : { hints: [`${other} is ${formatDuration(ms)} here`] }),
    }];
  });
}
