import process from "node:process";
import { errorMessage } from "../../base/errors.ts";
import type { ScriptSnapshot } from "../../model/snapshot.ts";
import { compileScript } from "../../strategy/script/script_module.ts";
import type { ReadTextFile } from "../files/read_text_file.ts";

/** A script as it was read. */
export interface ScriptFile {
  readonly file: string;
  readonly text: string;
}

/** What is wrong with a script, as people are told. */
export interface ScriptProblem {
  /** The text is no TypeScript or JavaScript; where, is not known. */
  readonly isSyntax?: boolean;
  readonly message: string;
  readonly hints: readonly string[];
}

/** The script, or what is wrong with it. */
export type ScriptResult<T> =
  | { readonly ok: true; readonly value: T; readonly warnings: readonly [] }
  | { readonly ok: false; readonly problems: readonly ScriptProblem[] };

/** What of TypeScript is left after its types are taken away is JavaScript, at the same lines and columns. */
type StripTypes = (text: string) => string;

/** Reads a script. */
export function readScript(file: string, read: ReadTextFile): ScriptResult<ScriptFile> {
  if (!/\.m?[jt]s$/.test(file)) {
    return fail(`${file} is no script`, ["wanted is a file whose name ends in .ts, .mts, .js or .mjs"]);
  }
  try {
    return { ok: true, value: { file, text: read(file) }, warnings: [] };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      return fail(`${file} does not exist`, ["a relative path starts at the folder of the config"]);
    }
    if (error instanceof Deno.errors.PermissionDenied) {
      return fail(`${file} may not be read`, ["check the permissions of the file and its folders"]);
    }
    return fail(`Cannot read ${file}: ${errorMessage(error)}`, []);
  }
}

/** Compiles a script for the data threads, without running it. */
export function prepareScript(script: ScriptFile): ScriptResult<ScriptSnapshot> {
  const { file, text } = script;
  try {
    const snapshot = { file, code: isTypeScript(file) ? withoutTypes(text) : text, hash: hashOf(script) };
    compileScript(snapshot);
    return { ok: true, value: snapshot, warnings: [] };
  } catch (error) {
    const message = `${file}: ${describe(error)}`;
    const isSyntax = message.includes(SYNTAX_ERROR);
    return { ok: false, problems: [{ isSyntax, message, hints: hintsFor(error) }] };
  }
}

/** Whether the name of a file says that it has types. */
export function isTypeScript(file: string): boolean {
  return /\.m?ts$/.test(file);
}

/** As people are told of a trial that failed. */
export function failedScript({ file }: ScriptFile, failure: string): ScriptProblem {
  return { message: `${file}: ${failure}`, hints: [] };
}

/** @throws {SyntaxError} where the text is wrong, or has what is more than types; {TypeError} where this program cannot do it. */
function withoutTypes(text: string): string {
  const { stripTypeScriptTypes } = process.getBuiltinModule("node:module") as unknown as {
    readonly stripTypeScriptTypes?: StripTypes;
  };
  try {
    if (stripTypeScriptTypes === undefined) throw new TypeError("there is no such function");
    return stripTypeScriptTypes(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw error;
    throw new TypeError(NO_TYPESCRIPT, { cause: error });
  }
}

/** How a problem with the text itself begins. */
export const SYNTAX_ERROR = "it has a syntax error";
const NO_TYPESCRIPT = "this build of fproxy reads no TypeScript";

function describe(error: unknown): string {
  const message = errorMessage(error);
  const [, what, place] = /^(.*) at file:\/\/\/stripTypeScriptTypes\.ts:(\d+:\d+)$/.exec(message) ?? [];
  if (place !== undefined) return `${what} (${place})`;
  return error instanceof SyntaxError ? `${SYNTAX_ERROR}: ${message.replace(/^\[\w+\] /, "")}` : message;
}

function hintsFor(error: unknown): string[] {
  const message = errorMessage(error);
  if (message === NO_TYPESCRIPT) return ["write it in JavaScript, in a file that ends in .js"];
  if (message.includes("strip-only mode")) {
    return ["types are taken away, and nothing else is changed: write what remains as JavaScript has it"];
  }
  return [];
}

function hashOf({ file, text }: ScriptFile): string {
  const { createHash } = process.getBuiltinModule("node:crypto");
  return createHash("sha256").update(file).update("\0").update(text).digest("hex");
}

function fail<T>(message: string, hints: readonly string[]): ScriptResult<T> {
  return { ok: false, problems: [{ message, hints }] };
}
