import type { Context } from "hono";
import { didYouMean } from "../../config/did_you_mean.ts";
import type { AppStatus, TargetStatus } from "../../daemon/status.ts";
import { apiError } from "./api_error.ts";
import type { ApiSource } from "./api_source.ts";

/** Most names that an answer lists. */
const MAX_LISTED = 20;

/** The app that the path names, or the answer 404. */
export function findApp(context: Context, source: ApiSource, name: string): AppStatus | Response {
  return source.app(name) ?? notFound(context, "app", name, source.appNames());
}

/** The target that the path names, or the answer 404. */
export function findTarget(context: Context, app: AppStatus, key: string): TargetStatus | Response {
  return app.targets.find(({ target }) => target === key) ??
    notFound(context, "target", key, app.targets.map(({ target }) => target), ` of app ${app.name}`);
}

function notFound(
  context: Context,
  what: string,
  name: string,
  known: readonly string[],
  where = "",
): Response {
  const near = didYouMean(name, known);
  const more = known.length > MAX_LISTED ? `, and ${known.length - MAX_LISTED} more` : "";
  return apiError(context, 404, {
    code: `unknown_${what}`,
    message: `There is no ${what} ${name}${where}`,
    hint: near === undefined
      ? known.length === 0
        ? "there is none at all"
        : `there are: ${known.slice(0, MAX_LISTED).join(", ")}${more}`
      : `did you mean ${near}?`,
  });
}
