import type { AppConfig, Config } from "../../../model/config.ts";
import type { ServerCertificate } from "../../../model/http_policy.ts";
import type { ReadTextFile } from "../../files/read_text_file.ts";
import type { ScriptSubject } from "../../scripts/try_script.ts";
import type { AppView } from "./app_view.ts";
import type { Problem } from "../diagnostic.ts";
import type { Locator } from "../locate.ts";

/** What a rule looks at. */
export interface RuleInput {
  /** The config as written. */
  readonly value: unknown;
  /** The config with everything applied, undefined where the schema found something. */
  readonly config: Config | undefined;
  readonly apps: readonly AppView[];
  /** Apps of the config that stand in parts of the text which are not read; none unless given. */
  readonly otherApps?: readonly AppConfig[];
  /** Whether each app may run on a machine of its own; no unless given. */
  readonly isSpread?: boolean;
  readonly locator: Locator;
  /** Nodes whose value is not known, since an environment variable is missing. */
  readonly unresolved: ReadonlySet<unknown>;
  /** Names of the strategies that exist. */
  readonly strategies: readonly string[];
  /** Folder at which relative paths of scripts and access lists start; empty for the current one. */
  readonly folder: string;
  /** Reads the files that the config names. */
  readonly readFile: ReadTextFile;
  /** Why a certificate does not work with its key; null where that is not so, or not known. */
  failedPair(pair: ServerCertificate): string | null;
  /** Why a script does not work for its app; null where that is not so, or not known. */
  failedScript(subject: ScriptSubject): string | null;
  /** Why no log file of that path can be made; null where that is not so, or not known. */
  logFileProblem(path: string): string | null;
  /** Now, since the Unix epoch. */
  readonly wallTimeMs: number;
}

/** A check of several values against each other. */
export type Rule = (input: RuleInput) => Problem[];
