import { configSubscribers } from "../control/config/mod.ts";
import { strategies } from "../strategy/mod.ts";
import { commandReference } from "./command_reference.ts";
import { configJsonSchema, type JsonSchema } from "./config_schema.ts";
import { eventsReference } from "./events_reference.ts";
import { markdownCode, markdownTable } from "./markdown.ts";
import { REFERENCE_INTRODUCTION } from "./reference_introduction.ts";
import { schemaText, typesText } from "./schema.ts";

/** The generated files: path under the root of the repository, and text. */
export async function referenceFiles(): Promise<ReadonlyMap<string, string>> {
  return new Map([
    ["config.schema.json", schemaText()],
    ["docs/configuration.md", referencePage()],
    ["types/strategy.ts", typesText()],
    ["docs/commands.md", await commandReference()],
    ["docs/events.md", eventsReference()],
  ]);
}

/** Writes the generated files. @param root directory of the repository. */
export async function writeReference(root: string): Promise<void> {
  for (const [path, text] of await referenceFiles()) await Deno.writeTextFile(`${root}/${path}`, text);
}

/** An object of the schema and where it stands: `apps[].retry`. */
interface Section {
  readonly path: string;
  readonly object: JsonSchema;
}

function referencePage(): string {
  const schema = configJsonSchema();
  const named = (parts: readonly { readonly name: string; readonly summary: string }[]): string[][] =>
    parts.map(({ name, summary }) => [markdownCode(name), summary]);
  return [
    REFERENCE_INTRODUCTION,
    "## Keys\n",
    ...sections(schema, "").map(formatSection),
    "## Kinds of value\n",
    ...Object.entries(schema.definitions ?? {}).map(([name, { description }]) =>
      `### ${name}\n\n${description}\n`
    ),
    "## Strategies\n",
    markdownTable(["Name", "What it does"], named(strategies.parts)),
    "## Sources of configs\n",
    markdownTable(["Name", "What it is"], named(configSubscribers.parts)),
  ].join("\n").trimEnd() + "\n";
}

/** The object itself, then those in it, in the order of the schema. The keys of `defaults` are shown with the apps. */
function sections(object: JsonSchema, path: string): Section[] {
  const inner = Object.entries(object.properties ?? {}).flatMap(([key, schema]) => {
    const innerPath = path === "" ? key : `${path}.${key}`;
    const listed = objectsIn(schema).flatMap((one) => sections(one, innerPath));
    const items = objectsIn(schema.items ?? {}).flatMap((one) => sections(one, `${innerPath}[]`));
    return key === "defaults" ? [] : [...listed, ...items];
  });
  return [{ path, object }, ...inner];
}

function objectsIn(schema: JsonSchema): JsonSchema[] {
  const found = [schema, ...schema.anyOf ?? []].filter(({ properties }) => properties !== undefined);
  return found.length < 2 ? found : [merged(found)];
}

/** Alternatives that go by their `type` as one object: the reference shows all of their keys in one table. */
function merged(alternatives: readonly JsonSchema[]): JsonSchema {
  const types = alternatives.flatMap(({ properties }) => {
    const { enum: words, const: word } = properties?.["type"] ?? {};
    return words ?? [word];
  });
  const [first] = alternatives;
  const properties = Object.assign({}, ...alternatives.map((one) => one.properties));
  return {
    ...first,
    properties: { ...properties, type: { ...first?.properties?.["type"], const: undefined, enum: types } },
  };
}

function formatSection({ path, object }: Section): string {
  const rows = Object.entries(object.properties ?? {}).map(([key, schema]) => [
    markdownCode(key),
    formatType(schema, key === "defaults" ? "apps[]" : path === "" ? key : `${path}.${key}`),
    formatDefault(schema, object.required?.includes(key) ?? false),
    schema.description ?? "",
  ]);
  const heading = path === "" ? "### Top level" : `### ${anchorable(path)}`;
  return `${heading}\n\n${markdownTable(["Key", "Type", "Default", "Meaning"], rows)}`;
}

/** A heading whose anchor is easy to guess: `apps[].retry` is `#apps-retry`. */
function anchorable(path: string): string {
  return path.replaceAll("[]", "").replaceAll(".", " ");
}

function link(text: string, path: string): string {
  return `[${text}](#${anchorable(path).toLowerCase().replaceAll(" ", "-")})`;
}

function formatType(schema: JsonSchema, path: string): string {
  const definition = (schema.$ref ?? schema.allOf?.[0]?.$ref)?.split("/").at(-1);
  if (definition !== undefined) return link(definition, definition);
  if (schema.anyOf !== undefined) {
    return [...new Set(schema.anyOf.map((one) => formatType(one, path)))].join(" or ");
  }
  if (schema.enum !== undefined) return schema.enum.map((word) => markdownCode(String(word))).join(", ");
  if (schema.const !== undefined) return markdownCode(String(schema.const));
  if (schema.items !== undefined) return `list of ${formatType(schema.items, `${path}[]`)}`;
  if (schema.properties !== undefined) return link("object", path);
  switch (schema.type) {
    case "integer":
      return `${schema.minimum} to ${schema.maximum}`;
    case "number":
      return `number, ${schema.minimum} to ${schema.maximum}`;
    case "boolean":
      return "`true` or `false`";
    case "object":
      return "object of text";
    default:
      return "text";
  }
}

function formatDefault(schema: JsonSchema, required: boolean): string {
  if (required) return "required";
  const value = schema.default;
  if (value === undefined) return "none";
  if (Array.isArray(value)) return value.length === 0 ? "empty" : markdownCode(`[${value.join(", ")}]`);
  if (typeof value === "object") return "";
  return value === "" ? "empty" : markdownCode(String(value));
}
