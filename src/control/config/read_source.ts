import type { Document } from "yaml";
import type { Config } from "../../model/config.ts";
import type { Undecoded } from "./decode.ts";
import { type Problem, toDiagnostics } from "./diagnostic.ts";
import { type Environment, interpolate } from "./interpolate.ts";
import { Locator } from "./locate.ts";
import { parse } from "./parse.ts";
import { plainValue } from "./plain_value.ts";
import { renameSeedKeys } from "./seed_format.ts";
import type { SourceText } from "./source_text.ts";
import { validate, type ValidateOptions } from "./validate.ts";

/** All that is known of a config after it was read. */
export interface Read {
  readonly ok: true;
  /** Null where there is an error among the problems. */
  readonly config: Config | null;
  /** What is wrong or doubtful, in no order. */
  readonly problems: readonly Problem[];
  /** The config as written, as plain values. */
  readonly value: unknown;
  readonly document: Document.Parsed;
}

/** What {@link readSource} came to: a text of which nothing can be read has diagnostics at once. */
export type SourceReading = Read | Undecoded;

/** Text of a config to a config, and to every mistake in it. */
export function readSource(source: SourceText, env: Environment, options: ValidateOptions): SourceReading {
  const parsed = parse(source);
  if (!parsed.ok) return parsed;
  const { document } = parsed;
  renameSeedKeys(document);
  const { problems: envProblems, ...interpolation } = interpolate(document, source.text, env);
  const plain = plainValue(document);
  const { value } = plain;
  const problems = [...envProblems, ...plain.problems];
  if (plain.incomplete) return { ok: false, diagnostics: toDiagnostics(problems, source) };
  const locator = new Locator(document.contents, plain.aliases, source.text);
  const { config, problems: found } = validate({ value, locator, ...interpolation }, options);
  return {
    ok: true,
    config: problems.length > 0 ? null : config,
    problems: [...problems, ...found],
    value,
    document,
  };
}
