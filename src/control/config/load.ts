import { dirname } from "node:path";
import { errorMessage } from "../../base/errors.ts";
import type { Config } from "../../model/config.ts";
import type { ServerCertificate } from "../../model/http_policy.ts";
import { type PairTrials, pairTrials } from "../certificates/pair_trials.ts";
import type { Trials } from "../files/trials.ts";
import { type ScriptTrials, scriptTrials } from "../scripts/script_trials.ts";
import type { ScriptSubject } from "../scripts/try_script.ts";
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

/** What is known of what files hold from trying it. */
export type Verdicts = Required<Pick<ValidateOptions, "failedPair" | "failedScript">>;

/** Where that is remembered. */
export interface AllTrials {
  readonly pairs: PairTrials;
  readonly scripts: ScriptTrials;
}

const processTrials: AllTrials = { pairs: pairTrials, scripts: scriptTrials };

/** What loading came to. */
export type LoadResult = Loaded | Refused;

/** What loading needs to know from outside. */
export interface LoadOptions extends Omit<ValidateOptions, "folder"> {
  /** Path of the file, which messages name. */
  readonly file: string;
}

/** What reading a config from that file needs to know. */
export function readingOptions(options: LoadOptions): ValidateOptions {
  const folder = dirname(options.file);
  return { ...options, folder: folder === "." ? "" : folder };
}

/** Text of a config (YAML or JSON) to a config. Bad input never throws: it is refused, with every mistake in it. */
export function loadConfig(input: string | Uint8Array, env: Environment, options: LoadOptions): LoadResult {
  const decoded = decode(input, options.file);
  if (!decoded.ok) return decoded;
  return toResult(readSource(decoded.source, env, readingOptions(options)), decoded.source);
}

/** What a reading of the whole text comes to. */
export function toResult(reading: SourceReading, source: SourceText): LoadResult {
  if (!reading.ok) return reading;
  const { config, problems } = reading;
  const diagnostics = toDiagnostics(problems, source);
  return config === null ? { ok: false, diagnostics } : { ok: true, config, warnings: diagnostics };
}

/**
 * As {@link loadConfig}, and certificates and scripts are tried as well.
 * @param trials what is known of them.
 */
export function loadTriedConfig(
  input: string | Uint8Array,
  env: Environment,
  options: LoadOptions,
  trials: AllTrials = processTrials,
): Promise<LoadResult> {
  return tried((verdicts) => loadConfig(input, env, { ...options, ...verdicts }), trials);
}

/**
 * Loads by the given function, and tries the certificates and scripts that it comes across, each pair of certificate and
 * key, and each script with its app, once in the life of the process. It is called again only when one does not work.
 */
export async function tried(
  load: (verdicts: Verdicts) => LoadResult,
  { pairs, scripts }: AllTrials = processTrials,
): Promise<LoadResult> {
  const untriedPairs: ServerCertificate[] = [];
  const untriedScripts: ScriptSubject[] = [];
  const verdicts: Verdicts = {
    failedPair: (pair) => verdictOf(pair, pairs, untriedPairs),
    failedScript: (subject) => verdictOf(subject, scripts, untriedScripts),
  };
  const result = load(verdicts);
  const isAnyBad = [await pairs.settle(untriedPairs), await scripts.settle(untriedScripts)].includes(true);
  return isAnyBad ? load(verdicts) : result;
}

/** Null also where it is not known. */
function verdictOf<T>(subject: T, trials: Trials<T>, untried: T[]): string | null {
  const failure = trials.failure(subject);
  if (failure === undefined) untried.push(subject);
  return failure ?? null;
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
