import { errorMessage } from "../../base/errors.ts";
import type { Config } from "../../model/config.ts";
import type { ServerCertificate } from "../../model/http_policy.ts";
import { type PairTrials, pairTrials } from "../certificates/pair_trials.ts";
import { decode } from "./decode.ts";
import { type Diagnostic, placeless, toDiagnostics } from "./diagnostic.ts";
import type { Environment } from "./interpolate.ts";
import { readConfigFile } from "./read_file.ts";
import { readSource, type SourceReading } from "./read_source.ts";
import type { SourceText } from "./source_text.ts";
import type { ValidateOptions } from "./validate.ts";

/** A config that may be used. */
export interface Loaded {
  readonly ok: true;
  readonly config: Config;
  /** What is allowed but doubtful, sorted by position. */
  readonly warnings: readonly Diagnostic[];
}

/** A config that may not be used. */
export interface Refused {
  readonly ok: false;
  /** Errors and warnings, sorted by position; at least one error. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Says why a pair of certificate and key does not work, null where it does as far as is known. */
export type FailedPair = NonNullable<ValidateOptions["failedPair"]>;

/** What loading came to. */
export type LoadResult = Loaded | Refused;

/** What loading needs to know from outside. */
export interface LoadOptions extends ValidateOptions {
  /** Name of the file in messages. */
  readonly file: string;
}

/** Text of a config (YAML or JSON) to a config. Bad input never throws: it is refused, with every mistake in it. */
export function loadConfig(input: string | Uint8Array, env: Environment, options: LoadOptions): LoadResult {
  const decoded = decode(input, options.file);
  if (!decoded.ok) return decoded;
  return toResult(readSource(decoded.source, env, options), decoded.source);
}

/** What a reading of the whole text comes to. */
export function toResult(reading: SourceReading, source: SourceText): LoadResult {
  if (!reading.ok) return reading;
  const { config, problems } = reading;
  const diagnostics = toDiagnostics(problems, source);
  return config === null ? { ok: false, diagnostics } : { ok: true, config, warnings: diagnostics };
}

/**
 * As {@link loadConfig}, and certificates are tried as well.
 * @param trials what is known of pairs of certificate and key.
 */
export function loadTriedConfig(
  input: string | Uint8Array,
  env: Environment,
  options: LoadOptions,
  trials: PairTrials = pairTrials,
): Promise<LoadResult> {
  return tried((failedPair) => loadConfig(input, env, { ...options, failedPair }), trials);
}

/**
 * Loads by the given function, and tries the certificates that it comes across, each pair of certificate and key once in
 * the life of the process. It is called again only when one of them does not work.
 */
export async function tried(
  load: (failedPair: FailedPair) => LoadResult,
  trials: PairTrials = pairTrials,
): Promise<LoadResult> {
  const untried: ServerCertificate[] = [];
  const failedPair: FailedPair = (pair) => {
    const failure = trials.failure(pair);
    if (failure === undefined) untried.push(pair);
    return failure ?? null;
  };
  const result = load(failedPair);
  return await trials.settle(untried) ? load(failedPair) : result;
}

/** As {@link loadTriedConfig}, from a file; one that cannot be read is refused like one that is wrong. */
export async function loadConfigFile(
  path: string,
  env: Environment,
  options: ValidateOptions,
): Promise<LoadResult> {
  let bytes: Uint8Array;
  try {
    bytes = await readConfigFile(path);
  } catch (error) {
    return { ok: false, diagnostics: [unreadable(path, error)] };
  }
  return await loadTriedConfig(bytes, env, { ...options, file: path });
}

/** What to tell about a config file that cannot be read. */
export function unreadable(path: string, error: unknown): Diagnostic {
  if (error instanceof Deno.errors.NotFound) return placeless("unreadable", `${path} does not exist`);
  if (error instanceof Deno.errors.PermissionDenied) {
    return placeless("unreadable", `${path} may not be read`, [
      "check the permissions of the file and its folders",
    ]);
  }
  return placeless("unreadable", `Cannot read ${path}: ${errorMessage(error)}`);
}
