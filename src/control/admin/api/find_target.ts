import { didYouMean } from "../../config/did_you_mean.ts";
import type { AppStatus, TargetStatus } from "../../daemon/status.ts";
import type { ApiSource } from "./api_source.ts";
import { ApiProblem } from "./problem.ts";

/** Most names that an answer lists. */
const MAX_LISTED = 20;

/** The app that the path names. @throws {ApiProblem} where there is none. */
export function findApp(source: ApiSource, name: string): AppStatus {
  const app = source.app(name);
  if (app === undefined) throw unknown("app", name, source.appNames());
  return app;
}

/** The target that the path names. @throws {ApiProblem} where there is none. */
export function findTarget(app: AppStatus, key: string): TargetStatus {
  const target = app.targets.find(({ target }) => target === key);
  if (target !== undefined) return target;
  throw unknown("target", key, app.targets.map(({ target }) => target), ` of app ${app.name}`);
}

function unknown(
  what: "app" | "target",
  name: string,
  known: readonly string[],
  where = "",
): ApiProblem {
  const near = didYouMean(name, known);
  const more = known.length > MAX_LISTED ? `, and ${known.length - MAX_LISTED} more` : "";
  return new ApiProblem(`unknown_${what}`, {
    detail: `There is no ${what} ${name}${where}`,
    hint: near === undefined
      ? known.length === 0
        ? "there is none at all"
        : `there are: ${known.slice(0, MAX_LISTED).join(", ")}${more}`
      : `did you mean ${near}?`,
  });
}
