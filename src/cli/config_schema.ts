import * as z from "zod";
import { configSchema } from "../model/config.ts";

/** A JSON Schema, as far as the generator makes use of it. */
export interface JsonSchema {
  readonly type?: string;
  readonly pattern?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly required?: readonly string[];
  readonly definitions?: Readonly<Record<string, JsonSchema>>;
}

/** The JSON Schema of the config as it is written, in draft 7, which editors know best. */
export function configJsonSchema(): JsonSchema {
  const { $schema, ...schema } = z.toJSONSchema(configSchema, { io: "input", target: "draft-7" });
  return {
    $schema,
    title: "fproxy config",
    description: "Apps, their listeners and targets, and the settings of the fproxy load balancer.",
    ...flat(schema as JsonSchema),
  } as JsonSchema;
}

/** Alternatives within alternatives stand beside the others, as those who read the schema expect them. */
function flat(value: JsonSchema): JsonSchema {
  return JSON.parse(JSON.stringify(value), (_, part) => {
    if (!Array.isArray(part?.anyOf)) return part;
    return { ...part, anyOf: part.anyOf.flatMap((one: { oneOf?: JsonSchema[] }) => one.oneOf ?? [one]) };
  });
}

/** As {@link configJsonSchema}, for editors: where the type is not text, an environment variable may stand as well. */
export function editorJsonSchema(): JsonSchema {
  return allowReferences(configJsonSchema());
}

const REFERENCE: JsonSchema = {
  type: "string",
  pattern: String.raw`\$\{`,
  description: "An environment variable.",
};

function allowReferences(schema: JsonSchema): JsonSchema {
  if (schema.enum !== undefined || ["integer", "number", "boolean"].includes(schema.type ?? "")) {
    const { description, default: value, ...type } = schema;
    return {
      ...(description === undefined ? {} : { description }),
      ...(value === undefined ? {} : { default: value }),
      anyOf: [type, REFERENCE],
    };
  }
  const { items, anyOf, properties, definitions } = schema;
  return {
    ...schema,
    ...(items === undefined ? {} : { items: allowReferences(items) }),
    ...(anyOf === undefined ? {} : { anyOf: anyOf.map(allowReferences) }),
    ...(properties === undefined ? {} : { properties: mapValues(properties, allowReferences) }),
    ...(definitions === undefined ? {} : { definitions: mapValues(definitions, allowReferences) }),
  };
}

function mapValues<T>(record: Readonly<Record<string, T>>, change: (value: T) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
