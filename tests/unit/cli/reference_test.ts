import assert from "node:assert/strict";
import { parse } from "yaml";
import { configJsonSchema, type JsonSchema } from "../../../src/cli/config_schema.ts";
import { referenceFiles } from "../../../src/cli/reference.ts";

const ROOT = new URL("../../../", import.meta.url);

const FILES = await referenceFiles();

for (const [path, text] of FILES) {
  Deno.test(`${path} is what \`deno task schema\` writes`, () => {
    assert.equal(Deno.readTextFileSync(new URL(path, ROOT)), text);
  });
}

/** Every key of the schema with its path and itself: `apps.targets.weight`. */
function keys(schema: JsonSchema, path: string): [string, JsonSchema][] {
  const objects = [schema, ...schema.anyOf ?? [], schema.items ?? {}, ...schema.items?.anyOf ?? []];
  return objects.flatMap(({ properties }) => Object.entries(properties ?? {})).flatMap(([key, inner]) => {
    const innerPath = path === "" ? key : `${path}.${key}`;
    return [[innerPath, inner], ...keys(inner, innerPath)];
  });
}

const ALL_KEYS = keys(configJsonSchema(), "");

Deno.test("every key of the schema says what it means", () => {
  assert.ok(ALL_KEYS.length > 60, `${ALL_KEYS.length} keys`);
  for (const [path, { description }] of ALL_KEYS) assert.ok(description !== undefined, path);
});

Deno.test("every link of the reference page has a heading", () => {
  const page = FILES.get("docs/configuration.md") ?? "";
  const anchors = new Set(
    [...page.matchAll(/^#+ (.+)$/gm)].map(([, title]) => title?.toLowerCase().replaceAll(" ", "-")),
  );
  const links = [...page.matchAll(/\]\(#([^)]*)\)/g)];
  assert.ok(links.length > 20);
  for (const [, anchor] of links) assert.ok(anchors.has(anchor), anchor);
});

Deno.test("config.example.yaml shows every key, and the default values", () => {
  const text = Deno.readTextFileSync(new URL("config.example.yaml", ROOT));
  assert.ok(text.startsWith("# yaml-language-server: $schema=./config.schema.json\n"));
  const example: unknown = parse(text);
  for (const [path, schema] of ALL_KEYS) {
    if (path === "$schema" || /^apps\./.test(path) && isSetting(path)) continue;
    if (/^(apps\.tls|admin\.tls|admin\.tokens\.)|health_check\.|access\.rules\./.test(path)) {
      // Files would have to exist; targets would be probed; tokens would be asked for; clients would be denied.
      assert.match(text, new RegExp(`# .*\\b${path.split(".").at(-1)}: `), path);
      continue;
    }
    if (/^region(\.|$)/.test(path)) {
      // The example runs without a region.
      assert.match(text, new RegExp(`^#(?: .*)? ${path.split(".").at(-1)}:`, "m"), path);
      continue;
    }
    if (/^(log\.levels|(access_)?log\.to)\./.test(path)) {
      // Each part and each kind of place has its own.
      assert.match(text, new RegExp(`# .*\\b${path.split(".").at(-1)}: `), path);
      continue;
    }
    if (/\bstrategy\./.test(path)) {
      // One strategy has not the options of all: they are shown in the comment on it.
      const word = path.endsWith(".type") || schema.default === undefined ? "" : String(schema.default);
      assert.match(text, new RegExp(`# .*\\b${path.split(".").at(-1)}: ${word}`), path);
      continue;
    }
    const values = valuesAt([example], path.split("."));
    assert.ok(values.length > 0, `${path} is missing in config.example.yaml`);
    const isOwn = path.startsWith("apps") || path === "admin.token" || typeof schema.default === "object";
    if (!isOwn && schema.default !== undefined) assert.deepEqual(values, [schema.default], path);
  }
});

/** What `defaults` shows already. */
function isSetting(path: string): boolean {
  return ALL_KEYS.some(([other]) => other === path.replace(/^apps/, "defaults"));
}

function valuesAt(values: readonly unknown[], keys: readonly string[]): unknown[] {
  const [key, ...rest] = keys;
  if (key === undefined) return [...values];
  const inner = values.flat().filter((value) => typeof value === "object" && value !== null && key in value)
    .map((value) => (value as Record<string, unknown>)[key]);
  return valuesAt(inner, rest);
}
