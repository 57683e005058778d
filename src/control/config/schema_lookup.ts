import type * as z from "zod";
import type { Path } from "./locate.ts";

/**
 * The keys that the schema allows in the object at a path, in the schema's order; empty where any key is allowed.
 * @param value of the object: of alternatives that go by a word in it, only the one that has this word counts; all of them
 * where none has.
 */
export function schemaKeys(schema: z.core.$ZodType, path: Path, value?: unknown): string[] {
  const objects = schemasAt(schema, path).filter((one) => isKind(one, "object"));
  const fitting = objects.filter((one) => !isOther(one, value));
  const shown = fitting.length > 0 ? fitting : objects;
  return [...new Set(shown.flatMap((one) => Object.keys(one._zod.def.shape)))];
}

function isOther(schema: z.core.$ZodObject, value: unknown): boolean {
  const type = schema._zod.def.shape["type"];
  if (type === undefined || typeof value !== "object" || value === null || !("type" in value)) return false;
  return !unwrap(type).flatMap(words).includes(String(value.type));
}

/** The fixed words that the schema allows as value at a path, such as those of an enumeration. */
export function schemaWords(schema: z.core.$ZodType, path: Path): string[] {
  return [...new Set(schemasAt(schema, path).flatMap(words))];
}

function words(schema: z.core.$ZodType): string[] {
  if (isKind(schema, "enum")) return Object.values(schema._zod.def.entries).map(String);
  return isKind(schema, "literal") ? schema._zod.def.values.map(String) : [];
}

function schemasAt(schema: z.core.$ZodType, path: Path): z.core.$ZodType[] {
  let found = unwrap(schema);
  for (const segment of path) found = found.flatMap((one) => child(one, segment)).flatMap(unwrap);
  return found;
}

/** The schemas behind defaults, transforms and alternatives. */
function unwrap(schema: z.core.$ZodType): z.core.$ZodType[] {
  if (isKind(schema, "prefault") || isKind(schema, "optional") || isKind(schema, "nullable")) {
    return unwrap(schema._zod.def.innerType);
  }
  if (isKind(schema, "union")) return schema._zod.def.options.flatMap(unwrap);
  if (isKind(schema, "pipe")) {
    const { in: input, out } = schema._zod.def;
    return unwrap(isKind(input, "transform") ? out : input);
  }
  return [schema];
}

function child(schema: z.core.$ZodType, segment: PropertyKey): z.core.$ZodType[] {
  if (isKind(schema, "array")) return [schema._zod.def.element];
  const found = isKind(schema, "object") ? schema._zod.def.shape[String(segment)] : undefined;
  return found === undefined ? [] : [found];
}

interface Kinds {
  enum: z.core.$ZodEnum;
  literal: z.core.$ZodLiteral;
  object: z.core.$ZodObject;
  array: z.core.$ZodArray;
  union: z.core.$ZodUnion;
  prefault: z.core.$ZodPrefault;
  optional: z.core.$ZodOptional;
  nullable: z.core.$ZodNullable;
  pipe: z.core.$ZodPipe;
  transform: z.core.$ZodTransform;
}

function isKind<K extends keyof Kinds>(schema: z.core.$ZodType, kind: K): schema is Kinds[K] {
  return schema._zod.def.type === kind;
}
