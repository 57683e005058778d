import type { ScriptSnapshot } from "../../model/snapshot.ts";
import { type FileKind, FileStore, type FileStoreOptions } from "../files/file_store.ts";
import { type ReadTextFile, readTextFile } from "../files/read_text_file.ts";
import { scriptPath, scriptSubject } from "./app_scripts.ts";
import { failedScript, prepareScript, readScript } from "./script_file.ts";
import { type ScriptTrials, scriptTrials } from "./script_trials.ts";
import type { ScriptSubject } from "./try_script.ts";

/** What a store is made from. */
export interface ScriptStoreOptions extends FileStoreOptions {
  /** Reads files; from the disk unless given. */
  readonly read?: ReadTextFile;
  /** Tries scripts; those of the process unless given. */
  readonly trials?: ScriptTrials;
}

/** Holds the scripts of the apps, null for those without, and looks after their files. */
export class ScriptStore extends FileStore<ScriptSnapshot | null, ScriptSubject> {
  constructor(options: ScriptStoreOptions) {
    super(scriptKind(options), options);
  }
}

function scriptKind(
  { read = readTextFile, trials = scriptTrials }: ScriptStoreOptions,
): FileKind<ScriptSnapshot | null, ScriptSubject> {
  return {
    none: null,
    code: "script",
    words: {
      replaced: "scripts_replaced",
      restored: "script_restored",
      doubtful: "script_doubtful",
      unusable: "script_refused",
      restless: "Scripts change all the time",
    },
    paths: ({ strategy }) => {
      const path = scriptPath(strategy);
      return path === null ? [] : [path];
    },
    reader: () => (app, untried) => {
      const found = readScript(scriptPath(app.strategy) ?? "", read);
      if (!found.ok) return found;
      const subject = scriptSubject(app, found.value);
      const failure = trials.failure(subject);
      if (typeof failure === "string") return { ok: false, problems: [failedScript(found.value, failure)] };
      if (failure === undefined) {
        untried.push(subject);
        // It counts for nothing until it was tried.
        return { ok: true, value: null, warnings: [] };
      }
      return prepareScript(found.value);
    },
    settle: (untried) => trials.settle(untried),
    isSame: (a, b) => a?.hash === b?.hash,
  };
}
