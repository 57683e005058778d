import type * as z from "zod";
import { decode } from "./decode.ts";
import { type Diagnostic, toDiagnostics } from "./diagnostic.ts";
import { type Environment, interpolate } from "./interpolate.ts";
import { unreadable } from "./load.ts";
import { Locator } from "./locate.ts";
import { parse } from "./parse.ts";
import { parseBy } from "./parse_by.ts";
import { plainValue } from "./plain_value.ts";
import { readConfigFile } from "./read_file.ts";

/** Reads a small file of YAML or JSON by a schema, with the diagnostics of a config. Bad input never throws. */
export async function loadValues<S extends z.ZodType>(
  path: string,
  env: Environment,
  schema: S,
): Promise<
  { readonly ok: true; readonly value: z.output<S> } | {
    readonly ok: false;
    readonly diagnostics: readonly Diagnostic[];
  }
> {
  let bytes: Uint8Array;
  try {
    bytes = await readConfigFile(path);
  } catch (error) {
    return { ok: false, diagnostics: [unreadable(path, error)] };
  }
  const decoded = decode(bytes, path);
  if (!decoded.ok) return decoded;
  const { source } = decoded;
  const parsed = parse(source);
  if (!parsed.ok) return parsed;
  const { problems: envProblems, ...interpolation } = interpolate(parsed.document, source.text, env);
  const { value, aliases, problems } = plainValue(parsed.document);
  const locator = new Locator(parsed.document.contents, aliases, source.text);
  const found = parseBy(schema, { value, locator, ...interpolation });
  const all = [...envProblems, ...problems, ...found.problems];
  if (all.length > 0 || found.data === undefined) {
    return { ok: false, diagnostics: toDiagnostics(all, source) };
  }
  return { ok: true, value: found.data };
}
