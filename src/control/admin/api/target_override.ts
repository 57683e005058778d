import * as z from "zod";
import { FproxyError } from "../../../base/errors.ts";
import { ADMIN_BODY_MAX_BYTES } from "../../../base/limits.ts";
import { strategies } from "../../../strategy/mod.ts";
import type { AppStatus, TargetStatus } from "../../daemon/status.ts";
import { OVERRIDE_PARTS } from "../../overrides/override.ts";
import { overrideRequest } from "../../overrides/override_json.ts";
import type { ApiSource } from "./api_source.ts";
import { findApp, findTarget } from "./find_target.ts";
import { ApiProblem } from "./problem.ts";
import { type ApiAnswer, type Route, route } from "./route.ts";
import { targetView, viewTarget } from "./schemas/target.ts";
import { whoAsks } from "./who_asks.ts";

const overrideAnswer = z.strictObject({
  app: z.string(),
  target: targetView.nullable().describe("As it is by now, null where the config has it no more."),
  changed: z.boolean(),
  warnings: z.array(z.string()).describe("What the operator may not expect, a sentence each."),
});

/** Body of the answer to a change. */
export type OverrideAnswer = z.output<typeof overrideAnswer>;

const shared = {
  path: "/api/v1/apps/{app}/targets/{target}/override",
  role: "write",
  params: z.strictObject({
    app: z.string(),
    target: z.string().describe("URL-encoded: `http%3A%2F%2Fapi.example%2Fv1`."),
  }),
  answer: overrideAnswer,
} as const;

/** What an operator says of one target. */
export function targetOverrideRoutes(source: ApiSource): Route[] {
  return [
    route({
      ...shared,
      method: "PUT",
      summary: "Changes what an operator says of a target",
      description: "What is not named stays as it is; null takes it back.",
      body: { schema: overrideRequest, as: "json", maxBytes: ADMIN_BODY_MAX_BYTES },
      handle: async (request) => {
        const { params: { app: name, target: key }, body: { state, weight, reason, by, for: forMs } } =
          request;
        findTarget(findApp(source, name), key);
        if (state === undefined && weight === undefined) {
          throw new ApiProblem("invalid", { detail: 'Nothing to do: give "state", "weight", or both' });
        }
        const change = { state, weight, reason, by: by ?? whoAsks(request), forMs: forMs ?? null };
        await set(source, name, key, change);
        return answer(source, name, key, true);
      },
    }),
    route({
      ...shared,
      method: "DELETE",
      summary: "Takes back what an operator said",
      query: z.strictObject({
        part: z.enum(OVERRIDE_PARTS).optional().describe("Only this; all of it unless given."),
        by: z.string().max(128).optional().describe("Who it is."),
      }),
      handle: async (request) => {
        const { params: { app: name, target: key }, query: { part, by } } = request;
        if (source.overrides.get(name, key) === undefined) findTarget(findApp(source, name), key);
        const parts = part === undefined ? OVERRIDE_PARTS : [part];
        const cleared = source.overrides.clear(name, key, parts, by ?? whoAsks(request));
        await cleared;
        return answer(source, name, key, cleared !== null);
      },
    }),
  ];
}

async function set(
  source: ApiSource,
  app: string,
  target: string,
  change: Parameters<ApiSource["overrides"]["set"]>[2],
): Promise<void> {
  try {
    await source.overrides.set(app, target, change);
  } catch (error) {
    if (!(error instanceof FproxyError)) throw error;
    throw new ApiProblem(error.code === "unknown_target" ? "unknown_target" : "conflict", {
      detail: error.message,
    });
  }
}

function answer(
  source: ApiSource,
  name: string,
  key: string,
  changed: boolean,
): ApiAnswer<z.input<typeof overrideAnswer>> {
  const app = source.app(name);
  const target = app?.targets.find((one) => one.target === key);
  const { error } = source.overrides.store;
  const warnings = [
    ...(app === undefined || target === undefined ? [] : warningsOf(app, target)),
    ...(error === null ? [] : [`it is lost at a restart: ${error}`]),
  ];
  return { body: { app: name, target: target === undefined ? null : viewTarget(target), changed, warnings } };
}

function warningsOf(app: AppStatus, target: TargetStatus): string[] {
  const weight = target.override?.weight ?? null;
  const isIdle = weight !== null && target.effective_weight > 0 &&
    strategies.parts.find(({ name }) => name === app.strategy)?.isWeighted === false;
  return [
    ...(isIdle ? [`the strategy ${app.strategy} looks at no weights: only 0 has an effect`] : []),
    ...(app.targets.some(({ available }) => available)
      ? []
      : [`app ${app.name} has no target left that takes sessions`]),
  ];
}
