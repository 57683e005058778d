import { systemClock } from "../../base/clock.ts";
import { type AppConfig, type Config, configSchema } from "../../model/config.ts";
import type { ServerCertificate } from "../../model/http_policy.ts";
import { logFileProblem } from "../files/log_file_problem.ts";
import { type ReadTextFile, readTextFile } from "../files/read_text_file.ts";
import type { ScriptSubject } from "../scripts/try_script.ts";
import { withAccessPaths } from "../access/app_access.ts";
import { withScriptPaths } from "../scripts/script_paths.ts";
import type { Problem } from "./diagnostic.ts";
import { parseBy, type Written } from "./parse_by.ts";
import { checkRules } from "./rules/rules.ts";

/** What validation needs to know from outside. */
export interface ValidateOptions {
  /** Names of the strategies that exist. */
  readonly strategies: readonly string[];
  /** Folder at which relative paths of scripts and access lists start; the current one unless given. */
  readonly folder?: string;
  /** Reads the files that the config names; from the disk unless given. */
  readonly readFile?: ReadTextFile;
  /** Why a certificate does not work with its key, where it was tried; null where that is not so, or not known. */
  failedPair?(pair: ServerCertificate): string | null;
  /** Why a script does not work for its app, as `failedPair`. */
  failedScript?(subject: ScriptSubject): string | null;
  /** Why no log file of that path can be made; looked up on the disk unless given. */
  logFileProblem?(path: string): string | null;
  /** Now, since the Unix epoch; the machine's time unless given. */
  readonly wallTimeMs?: number;
  /** Apps of the config that stand in parts of the text which are not read; none unless given. */
  readonly otherApps?: readonly AppConfig[];
  /** Whether each app may run on a machine of its own, so that they need not fit beside each other; no unless given. */
  readonly isSpread?: boolean;
}

/** A checked config: null where there is an error among the problems. */
export interface Validated {
  readonly config: Config | null;
  readonly problems: readonly Problem[];
}

/** What is known of the rest of the world unless it is given. */
const OUTSIDE = {
  folder: "",
  readFile: readTextFile,
  failedPair: () => null,
  failedScript: () => null,
  logFileProblem,
};

/**
 * Last stage: the schema, then the rules that look at several values at once. The rules run even where the schema found
 * something, on what is valid, so that one run shows every mistake.
 */
export function validate(input: Written, options: ValidateOptions): Validated {
  const { data, problems: found } = parseBy(configSchema, input);
  const { folder = "" } = options;
  const config = data === undefined ? undefined : withAccessPaths(withScriptPaths(data, folder), folder);
  const problems = [
    ...found,
    ...checkRules({
      ...input,
      config,
      ...OUTSIDE,
      wallTimeMs: systemClock.wallTime(),
      ...options,
    }),
  ];
  const isWrong = problems.some((problem) => problem.severity !== "warning");
  return { config: config === undefined || isWrong ? null : config, problems };
}
