import assert from "node:assert/strict";
import { configJsonSchema, type JsonSchema } from "../../../../../src/cli/config_schema.ts";
import { loadConfig } from "../../../../../src/control/config/load.ts";
import {
  APP_OPTIONS,
  type OptionUse,
  ROOT_OPTIONS,
  TARGET_OPTIONS,
} from "../../../../../src/control/config/rules/option_table.ts";
import { testEnvironment } from "../test_environment.ts";
import {
  type AppInput,
  parsedApp,
  type Situation,
  SITUATIONS,
  withOption,
  withTargetOption,
} from "./situations.ts";

const ROOT = configJsonSchema();
const APP = itemOf(ROOT.properties?.["apps"]);
const TARGET = itemOf(APP.properties?.["targets"]);

function itemOf(list: JsonSchema | undefined): JsonSchema {
  const item = objects(list?.items ?? {})[0];
  assert.ok(item !== undefined);
  return item;
}

function objects(schema: JsonSchema): JsonSchema[] {
  return [schema, ...schema.anyOf ?? []].filter(({ properties }) => properties !== undefined);
}

/** Paths of everything that can be written, without what is in the lists of other tables; that of alternatives once. */
function leaves(object: JsonSchema, without: readonly string[], prefix = ""): string[] {
  const all = Object.entries(object.properties ?? {}).flatMap(([key, schema]) => {
    const path = `${prefix}${key}`;
    if (without.includes(path)) return [];
    const inner = objects(schema).flatMap((one) => leaves(one, without, `${path}.`));
    return schema.properties === undefined ? [path, ...inner] : inner;
  });
  return [...new Set(all)];
}

Deno.test("every option of the schema is in the table, and nothing else", () => {
  assert.deepEqual(Object.keys(APP_OPTIONS).sort(), leaves(APP, ["targets"]).sort());
  assert.deepEqual(Object.keys(TARGET_OPTIONS).sort(), leaves(TARGET, []).sort());
  assert.deepEqual(Object.keys(ROOT_OPTIONS).sort(), leaves(ROOT, ["apps", "defaults"]).sort());
});

Deno.test("defaults have the options of an app, but for what is its own", () => {
  const [defaults] = objects(ROOT.properties?.["defaults"] ?? {});
  assert.ok(defaults !== undefined);
  const own = ["name", "ports", "tls.cert_file", "tls.key_file"];
  assert.deepEqual(
    leaves(defaults, []).sort(),
    Object.keys(APP_OPTIONS).filter((key) => !own.includes(key)).sort(),
  );
});

/** What is said about the effect of options: the option, or the whole object that it is in; "refused" for mistakes. */
function said(app: AppInput): string[] {
  const result = loadConfig(JSON.stringify({ apps: [app] }), testEnvironment(), {
    file: "test.json",
    strategies: ["round_robin", "first"],
    // What is in the files is no matter here.
    readFile: () => "",
  });
  return (result.ok ? result.warnings : result.diagnostics)
    .filter(({ code }) => code === "no_effect" || code === "mode")
    .map(({ severity, message }) => {
      const key = /^"([a-z0-9_.]+)"/.exec(message)?.[1] ?? "";
      return severity === "error" ? `refused ${key}` : key;
    });
}

/** What is to be said of one option of an app. */
function expected(key: string, { needs, neutral }: OptionUse, app: AppInput, parsed: unknown): string[] {
  const need = needs.find((one) => !one.isMet(parsedApp(app)));
  if (need === undefined || neutral?.includes(valueAt(parsed, key)) === true) return [];
  return [need.isRefused === true ? `refused ${key}` : key];
}

/** An option is told by its own name, or by that of the object in which all are like it. */
function agrees(found: string, wanted: string): boolean {
  return found === wanted || wanted.startsWith(`${found}.`);
}

function valueAt(value: unknown, key: string): unknown {
  return key.split(".").reduce<unknown>((at, one) => (at as Record<string, unknown> | null)?.[one], value);
}

function check(situation: Situation, key: string, app: AppInput, wanted: readonly string[]): void {
  const found = said(app).filter((one) => agrees(one, key) || agrees(one, `refused ${key}`));
  const isRight = found.length === wanted.length && found.every((one) => agrees(one, wanted[0] ?? ""));
  assert.ok(isRight, `${situation.name}: ${key} gives [${found}], wanted [${wanted}]`);
}

for (const situation of SITUATIONS) {
  Deno.test(`options that do nothing are told, and no others: ${situation.name}`, () => {
    for (const [key, use] of Object.entries(APP_OPTIONS)) {
      // These say what the situation is: what another one makes of the rest is told there.
      if (key === "mode" || key === "engine") continue;
      const app = withOption(situation.app, key);
      check(situation, key, app, expected(key, use, app, parsedApp(app)));
    }
    for (const [key, use] of Object.entries(TARGET_OPTIONS)) {
      const app = withTargetOption(situation.app, key);
      check(situation, key, app, expected(key, use, app, parsedApp(app).targets[0]));
    }
  });
}
