/**
 * Entry of the thread that tries one script, see `tryScript`.
 * @module
 */
import { errorMessage } from "../../base/errors.ts";
import { seededRandom } from "../../base/random.ts";
import { describeFailure } from "../../strategy/script/describe_failure.ts";
import { AWAITS, createByScript, loadScript } from "../../strategy/script/script_module.ts";
import { contextOfScript, SetView } from "../../strategy/script/script_view.ts";
import type { PickRequest, StrategyContext, TargetSet } from "../../strategy/script/api.ts";
import { isTypeScript, prepareScript, type ScriptFile, SYNTAX_ERROR } from "./script_file.ts";
import type { ScriptReport, ScriptSubject } from "./try_script.ts";

const scope = self as unknown as DedicatedWorkerGlobalScope;

function report(message: ScriptReport): void {
  scope.postMessage(message);
}

/** Why the script is no good, null when it works. */
async function tried({ script, app, isHttp, targets }: ScriptSubject): Promise<string | null> {
  const prepared = prepareScript(script);
  if (!prepared.ok) {
    const [problem] = prepared.problems;
    const place = problem?.isSyntax === true ? await syntaxError(script) : null;
    return place ?? problem?.message.replace(`${script.file}: `, "") ?? null;
  }
  try {
    const loaded = loadScript(prepared.value);
    // What is settled already comes first.
    if (await Promise.race([loaded.evaluated, UNSETTLED]) === PENDING) {
      return AWAITS;
    }
    const { set, context } = contextFor(app, targets);
    const strategy = createByScript(loaded, contextOfScript(context, set));
    return chooses(strategy.pick.bind(strategy), isHttp);
  } catch (error) {
    return describeFailure(error, script.file);
  }
}

const PENDING = {};
const UNSETTLED = Promise.resolve(PENDING);

/** A choice that fails is made by round robin, and may go well another time; a promise never does. */
function chooses(pick: (request: PickRequest) => unknown, isHttp: boolean): string | null {
  let chosen: unknown;
  try {
    chosen = pick({
      clientIp: "192.0.2.1",
      clientPort: 50_000,
      attempt: 0,
      http: isHttp ? { method: "GET", path: "/", host: "", header: () => null, cookie: () => null } : null,
      accepts: () => true,
    });
  } catch {
    return null;
  }
  if (!(chosen instanceof Promise)) return null;
  chosen.catch(() => {});
  return "pick() returns a promise, and threads do not wait";
}

function contextFor(
  app: string,
  targets: ScriptSubject["targets"],
): { set: TargetSet; context: StrategyContext } {
  const weights = Int32Array.from(targets, ({ weight, backup }) => backup ? 0 : weight);
  const members = Int32Array.from(targets.keys()).filter((target) => weights[target]! > 0);
  const set = new SetView({ version: 1, count: members.length, members, weights });
  let cursor = 0;
  return {
    set,
    context: {
      app,
      targets,
      set,
      isBackup: false,
      random: seededRandom(1),
      now: () => 0,
      nextCursor: () => cursor++,
      open: () => 0,
    },
  };
}

/** Where the text is wrong: an import says it, for which nobody could wait elsewhere. Null where it does not. */
async function syntaxError({ file, text }: ScriptFile): Promise<string | null> {
  const type = isTypeScript(file) ? "application/typescript" : "text/javascript";
  try {
    await import(`data:${type};charset=utf-8,${encodeURIComponent(text)}`);
    return null;
  } catch (error) {
    return placeIn(errorMessage(error), error instanceof Error ? error.stack ?? "" : "");
  }
}

/** The first line of the message, with line and column in the script. */
function placeIn(message: string, stack: string): string | null {
  const place = /data:\S*:(\d+:\d+)/.exec(`${message}\n${stack}`)?.[1];
  if (place === undefined) return null;
  const text = message.split("\n")[0]!.replace(/\s*(?:at )?data:\S*$/, "")
    .replace(/^SyntaxError: |^The module's source code could not be parsed: /, "");
  return `${SYNTAX_ERROR}: ${text} (${place})`;
}

scope.onmessage = async ({ data }: MessageEvent<ScriptSubject>) => {
  report({ type: "begins" });
  report({ type: "tried", failure: await tried(data) });
};
