import * as z from "zod";
import { ADMIN_ROLLOUT_WAIT_MS } from "../../../base/limits.ts";
import { FproxyError } from "../../../base/errors.ts";
import { type ConfigDocument, MAX_CONFIG_BYTES } from "../../config/mod.ts";
import type { ApiSource } from "./api_source.ts";
import { planView } from "../../changes/change_schema.ts";
import { ApiProblem } from "./problem.ts";
import { redact } from "../../config/redact.ts";
import { wholeRollout } from "./rollouts.ts";
import { type ApiAnswer, type ApiRequest, type Route, route } from "./route.ts";
import { diagnosticView, viewDiagnostics } from "./schemas/diagnostic.ts";
import { type WholeRollout, wholeRolloutView } from "./schemas/rollout.ts";

const TEXT = { schema: z.string().describe("The text of a config, YAML or JSON."), as: "text" } as const;

const validation = z.strictObject({
  valid: z.boolean(),
  diagnostics: z.array(diagnosticView).describe("Errors and warnings, sorted by position."),
  plan: planView.nullable().describe("What a reload with it would touch; null where it is not valid."),
  plan_error: z.string().describe(
    "Why a valid config could not be taken over, so that there is no plan: no room, say.",
  ),
});

/** One of {@link validation}. */
export type Validation = z.output<typeof validation>;

const configView = z.strictObject({
  revision: z.int(),
  source: z.string().describe("Where it comes from, for people."),
  hash: z.string().describe("SHA-256 of its text, which is its ETag; empty where there is no text."),
  writable: z.boolean().describe("Whether `PUT` may replace it."),
  config: z.unknown().describe(
    "With every default written out, in milliseconds and bytes; secrets are redacted.",
  ),
});

/** The running config, and another one in its place. */
export function configRoutes(source: ApiSource): Route[] {
  const maxBytes = MAX_CONFIG_BYTES;
  return [
    route({
      method: "GET",
      path: "/api/v1/config",
      summary: "The config in force",
      role: "read",
      answer: configView,
      handle: () => {
        const running = runningOf(source);
        const { revision } = source.status();
        const { source: from, hash, config } = running;
        const writable = source.document !== null && config.admin.config_writes;
        const body = { revision, source: from, hash, writable, config: redact(config) };
        return { body, headers: hash === "" ? {} : { etag: etagOf(hash) } };
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/config/text",
      summary: "The text of the config as it stands in its source now, secrets included",
      role: "write",
      answer: z.string(),
      answerType: "text/plain; charset=utf-8",
      handle: async () => {
        const { text, hash } = await documentOf(source).read();
        return { body: text, headers: { etag: etagOf(hash) } };
      },
    }),
    route({
      method: "POST",
      path: "/api/v1/config/validate",
      summary:
        "Says what is wrong or doubtful in a config, and what a reload with it would touch, and changes nothing",
      description:
        "As `fproxy check` and `fproxy plan`. It is read as the running one is, in the environment of the proxy: messages " +
        "may show values of it.",
      role: "write",
      body: { ...TEXT, maxBytes },
      answer: validation,
      handle: async ({ body }) => ({ body: await validate(source, body) }),
    }),
    route({
      method: "PUT",
      path: "/api/v1/config",
      summary: "Puts another config in the place of the running one, where `admin.config_writes` allows it",
      description:
        "`If-Match` has the ETag of the config that it replaces. The file is replaced as a whole, and the " +
        "answer is the rollout; status 202 where that takes longer than 20 s.",
      role: "write",
      body: { ...TEXT, maxBytes },
      answer: wholeRolloutView.nullable(),
      handle: (request) => replace(source, request),
    }),
  ];
}

async function replace(
  source: ApiSource,
  { body: text, headers, bearer }: Pick<ApiRequest<unknown, unknown, string>, "body" | "headers" | "bearer">,
): Promise<ApiAnswer<WholeRollout | null>> {
  const ifMatch = headers.get("if-match");
  const running = runningOf(source);
  const { document } = source;
  if (document === null || !running.config.admin.config_writes) {
    throw new ApiProblem("method_not_allowed", {
      detail: document === null ? "This config stands in no file" : "The config does not allow it",
      hint: document === null ? undefined : "set admin.config_writes in the config",
      headers: { allow: "GET" },
    });
  }
  if (ifMatch === null) {
    throw new ApiProblem("precondition_needed", {
      detail: "The request does not say which config it replaces",
      hint: "send If-Match with the ETag of GET /api/v1/config",
    });
  }
  await mustBeValid(document, text, running.config.admin.allow_exec);
  const { hash } = await document.read();
  // The text may have been changed by others since it was rolled out, or have a mistake.
  if (!ifMatch.split(",").some((tag) => tag.trim() === etagOf(hash))) {
    throw new ApiProblem("changed", {
      detail: "The config was changed since",
      hint: "look at GET /api/v1/config/text, and change that",
      headers: { etag: etagOf(hash) },
    });
  }
  const bytes = new TextEncoder().encode(text);
  const wanted = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
  const ended = source.rollouts.next((entry) => entry.hash === wanted, ADMIN_ROLLOUT_WAIT_MS);
  try {
    await document.replace(text);
  } catch (error) {
    if (!(error instanceof FproxyError)) throw error;
    throw new ApiProblem("conflict", { detail: error.message });
  }
  source.refresh();
  const entry = await ended;
  return entry === null ? { status: 202, body: null } : { body: await wholeRollout(source, entry, bearer) };
}

/** @param allowsExec whether programs may be run already. */
async function mustBeValid(document: ConfigDocument, text: string, allowsExec: boolean): Promise<void> {
  const result = await document.validate(text);
  if (!result.ok) {
    throw new ApiProblem("invalid_config", {
      detail: "The config is not valid, nothing was changed",
      errors: result.diagnostics.map(({ message, place }) => ({
        path: place === null ? "" : `${place.line}:${place.column}`,
        message,
      })),
    });
  }
  if (result.config.admin.allow_exec && !allowsExec) {
    throw new ApiProblem("forbidden", {
      detail: "admin.allow_exec cannot be switched on by this API",
      hint: "write it to the file by hand",
    });
  }
}

async function validate(source: ApiSource, text: string): Promise<z.input<typeof validation>> {
  const result = await documentOf(source).validate(text);
  const diagnostics = viewDiagnostics(result.ok ? result.warnings : result.diagnostics);
  if (!result.ok) return { valid: false, diagnostics, plan: null, plan_error: "" };
  try {
    const plan = await source.plan(result.config);
    // Its lists are only read.
    return { valid: true, diagnostics, plan: plan as z.input<typeof planView>, plan_error: "" };
  } catch (error) {
    if (!(error instanceof FproxyError)) throw error;
    return { valid: true, diagnostics, plan: null, plan_error: error.message };
  }
}

function runningOf({ rollouts: { running } }: ApiSource): NonNullable<ApiSource["rollouts"]["running"]> {
  if (running === null) throw new ApiProblem("conflict", { detail: "No config is in force yet" });
  return running;
}

function documentOf({ document }: ApiSource): ConfigDocument {
  if (document === null) {
    throw new ApiProblem("not_found", {
      detail: "The config stands in no file: options of a command made it",
    });
  }
  return document;
}

function etagOf(hash: string): string {
  return `"${hash}"`;
}
