import type { Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { FproxyError } from "../../../base/errors.ts";
import { ADMIN_BODY_MAX_BYTES } from "../../../base/limits.ts";
import { strategies } from "../../../strategy/mod.ts";
import type { AppStatus, TargetStatus } from "../../daemon/status.ts";
import { OVERRIDE_PARTS, type OverridePart } from "../../overrides/override.ts";
import { overrideRequest } from "../../overrides/override_json.ts";
import { apiError } from "./api_error.ts";
import type { ApiSource } from "./api_source.ts";
import { remoteIp } from "./guard_changes.ts";
import { findApp, findTarget } from "./find_target.ts";
import { readBody } from "./read_body.ts";
import { type TargetView, targetView } from "./targets.ts";

const PATH = "/api/v1/apps/:app/targets/:target/override";

/** Body of the answer to a change. */
export interface OverrideAnswer {
  readonly app: string;
  /** The target as it is by now, null where the config has it no more. */
  readonly target: TargetView | null;
  /** Whether anything was changed. */
  readonly changed: boolean;
  /** What the operator may not expect, a sentence each. */
  readonly warnings: readonly string[];
}

/** The resource of what an operator says of one target. */
export function targetOverrideResource(api: Hono, source: ApiSource): void {
  const limit = bodyLimit({
    maxSize: ADMIN_BODY_MAX_BYTES,
    onError: (context) =>
      apiError(context, 413, {
        code: "too_large",
        message: `The body has more than ${ADMIN_BODY_MAX_BYTES} bytes`,
      }),
  });
  api.put(PATH, limit, (context) => {
    const { app, target } = context.req.param();
    return put(context, source, app, target);
  });
  api.delete(PATH, (context) => {
    const { app, target } = context.req.param();
    return remove(context, source, app, target);
  });
}

async function put(context: Context, source: ApiSource, name: string, key: string): Promise<Response> {
  const app = findApp(context, source, name);
  if (app instanceof Response) return app;
  const target = findTarget(context, app, key);
  if (target instanceof Response) return target;
  const read = await readBody(context, overrideRequest);
  if (read instanceof Response) return read;
  const { state, weight, reason, by, for: forMs } = read.body;
  if (state === undefined && weight === undefined) {
    return apiError(context, 400, {
      code: "invalid",
      message: 'Nothing to do: give "state", "weight", or both',
    });
  }
  try {
    await source.overrides.set(name, key, {
      state,
      weight,
      reason,
      by: by ?? whoAsks(context),
      forMs: forMs ?? null,
    });
  } catch (error) {
    if (!(error instanceof FproxyError)) throw error;
    return apiError(context, error.code === "unknown_target" ? 404 : 409, error);
  }
  return answer(context, source, name, key, true);
}

async function remove(context: Context, source: ApiSource, name: string, key: string): Promise<Response> {
  const parts = partsOf(context.req.query("part"));
  if (parts === null) {
    return apiError(context, 400, {
      code: "invalid",
      message: `"${context.req.query("part")}" is no part of an override`,
      hint: `part is one of ${OVERRIDE_PARTS.join(", ")}; without it all of it is taken back`,
    });
  }
  if (source.overrides.get(name, key) === undefined) {
    const app = findApp(context, source, name);
    if (app instanceof Response) return app;
    const target = findTarget(context, app, key);
    if (target instanceof Response) return target;
  }
  const cleared = source.overrides.clear(name, key, parts, context.req.query("by") ?? whoAsks(context));
  await cleared;
  return answer(context, source, name, key, cleared !== null);
}

function partsOf(text: string | undefined): readonly OverridePart[] | null {
  if (text === undefined) return OVERRIDE_PARTS;
  const part = OVERRIDE_PARTS.find((one) => one === text);
  return part === undefined ? null : [part];
}

function answer(context: Context, source: ApiSource, name: string, key: string, changed: boolean): Response {
  const app = source.app(name);
  const target = app?.targets.find((one) => one.target === key);
  const { error } = source.overrides.store;
  const warnings = [
    ...(app === undefined || target === undefined ? [] : warningsOf(app, target)),
    ...(error === null ? [] : [`it is lost at a restart: ${error}`]),
  ];
  const body: OverrideAnswer = {
    app: name,
    target: target === undefined ? null : targetView(target),
    changed,
    warnings,
  };
  return context.json(body);
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

function whoAsks(context: Context): string {
  return remoteIp(context) || "unknown";
}
