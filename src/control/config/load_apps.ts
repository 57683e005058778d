import * as z from "zod";
import { type AppConfig, completeApps, type Config } from "../../model/config.ts";
import { decode } from "./decode.ts";
import { type Diagnostic, type Problem, toDiagnostics } from "./diagnostic.ts";
import type { Environment } from "./interpolate.ts";
import { interpolate } from "./interpolate.ts";
import { type LoadOptions, readingOptions, type Refused, tried } from "./load.ts";
import { Locator } from "./locate.ts";
import { parse } from "./parse.ts";
import { parseBy, type Written } from "./parse_by.ts";
import { plainValue } from "./plain_value.ts";
import { validate } from "./validate.ts";

/** An app of a file that holds nothing else. */
export interface LoadedApp {
  readonly config: AppConfig;
  /** As it is written, with what `defaults` has and with the environment's values: a config with it alone is the same. */
  readonly written: Readonly<Record<string, unknown>>;
  /** What is written under the further keys. */
  readonly extras: Readonly<Record<string, unknown>>;
}

/** What loading apps came to. */
export type AppsResult = {
  readonly ok: true;
  readonly apps: readonly LoadedApp[];
  readonly warnings: readonly Diagnostic[];
} | Refused;

/** What a file of apps may hold besides. */
const AROUND: ReadonlySet<string> = new Set(["apps", "defaults", "$schema"]);

/**
 * Text of a config that says nothing but `apps` and `defaults`, for apps that run on machines of their own: they do not have
 * to fit beside each other. Bad input never throws.
 * @param extras further keys that an app may have, and their schemas.
 */
export async function loadApps(
  input: string | Uint8Array,
  env: Environment,
  options: LoadOptions,
  extras: Readonly<Record<string, z.ZodType>>,
): Promise<AppsResult> {
  let apps: readonly LoadedApp[] = [];
  // What files hold is tried as for any config; only the last reading counts.
  const result = await tried((verdicts) => {
    const reading = readApps(input, env, { ...options, ...verdicts }, extras);
    if (!reading.ok) return reading;
    apps = reading.apps;
    return { ok: true, config: reading.config, warnings: reading.warnings };
  });
  return result.ok ? { ok: true, apps, warnings: result.warnings } : result;
}

function readApps(
  input: string | Uint8Array,
  env: Environment,
  options: LoadOptions,
  extras: Readonly<Record<string, z.ZodType>>,
): (AppsResult & { readonly ok: false }) | (AppsResult & { readonly ok: true; readonly config: Config }) {
  const decoded = decode(input, options.file);
  if (!decoded.ok) return decoded;
  const { source } = decoded;
  const parsed = parse(source);
  if (!parsed.ok) return parsed;
  const { problems: envProblems, ...interpolation } = interpolate(parsed.document, source.text, env);
  const { value, aliases, incomplete, problems: plainProblems } = plainValue(parsed.document);
  const early = [...envProblems, ...plainProblems];
  if (incomplete) return { ok: false, diagnostics: toDiagnostics(early, source) };
  const written = {
    value,
    locator: new Locator(parsed.document.contents, aliases, source.text),
    ...interpolation,
  };
  const extraProblems = extraProblemsOf(written, extras);
  const taken = takeExtras(value, Object.keys(extras));
  const { config, problems } = validate(written, { ...readingOptions(options), isSpread: true });
  const all = [...early, ...foreignKeys(written), ...extraProblems, ...problems];
  const diagnostics = toDiagnostics(all, source);
  const isWrong = config === null || all.some(({ severity }) => severity !== "warning");
  if (isWrong) return { ok: false, diagnostics };
  const complete = completeApps(value) as readonly Record<string, unknown>[];
  const apps = config.apps.map((app, index) => ({
    config: app,
    written: complete[index]!,
    extras: taken[index] ?? {},
  }));
  return { ok: true, config, apps, warnings: diagnostics };
}

/** Parses the further keys of apps; whatever else is wrong is told by the config's own schema. */
function extraProblemsOf(written: Written, extras: Readonly<Record<string, z.ZodType>>): readonly Problem[] {
  const optional = Object.entries(extras).map(([key, schema]) => [key, schema.optional()] as const);
  const schema = z.object({ apps: z.array(z.object(Object.fromEntries(optional))) });
  const apps = appsOf(written.value).map((app) =>
    isObject(app)
      ? Object.fromEntries(
        Object.keys(extras).filter((key) => Object.hasOwn(app, key)).map((key) => [key, app[key]]),
      )
      : {}
  );
  return parseBy(schema, { ...written, value: { apps } }).problems;
}

/** Takes the further keys out of the apps, and gives what each had. */
function takeExtras(value: unknown, keys: readonly string[]): Record<string, unknown>[] {
  return appsOf(value).map((app) => {
    const taken: Record<string, unknown> = {};
    if (!isObject(app)) return taken;
    for (const key of keys) {
      if (!Object.hasOwn(app, key)) continue;
      taken[key] = app[key];
      delete app[key];
    }
    return taken;
  });
}

function appsOf(value: unknown): readonly unknown[] {
  return isObject(value) && Array.isArray(value.apps) ? value.apps : [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function foreignKeys({ value, locator }: Written): Problem[] {
  if (!isObject(value)) return [];
  return Object.keys(value).filter((key) => !AROUND.has(key)).map((key) => ({
    code: "unknown_key",
    message: `\`${key}\` has no place in a file of apps`,
    span: locator.key([], key) ?? locator.value([key]),
    hints: ["it is for the config of one proxy; here are `apps` and `defaults`"],
  }));
}
