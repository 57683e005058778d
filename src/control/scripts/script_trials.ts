import { type Clock, systemClock } from "../../base/clock.ts";
import { SCRIPT_TIMEOUT_VERDICT_MS, SCRIPT_VERDICTS_MAX } from "../../base/limits.ts";
import { Trials } from "../files/trials.ts";
import { type ScriptSubject, tryScript } from "./try_script.ts";

/** What became of scripts when they were tried for their apps. */
export class ScriptTrials extends Trials<ScriptSubject> {
  /** @param attempt how one is tried; tests put an answer of their own here. */
  constructor(clock: Clock = systemClock, attempt = tryScript) {
    super(clock, attempt, (subject) => JSON.stringify(subject), {
      timeoutVerdictMs: SCRIPT_TIMEOUT_VERDICT_MS,
      mostVerdicts: SCRIPT_VERDICTS_MAX,
    });
  }
}

/** Those of the process. */
export const scriptTrials: ScriptTrials = new ScriptTrials();
