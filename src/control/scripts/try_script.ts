import type { Clock } from "../../base/clock.ts";
import { SCRIPT_TRIAL_START_MS, SCRIPT_TRIAL_TIMEOUT_MS } from "../../base/limits.ts";
import type { Target } from "../../strategy/script/api.ts";
import type { Trial } from "../files/trials.ts";
import type { ScriptFile } from "./script_file.ts";

/** What is tried: a script for an app. Plain data. */
export interface ScriptSubject {
  readonly script: ScriptFile;
  readonly app: string;
  readonly isHttp: boolean;
  readonly targets: readonly Target[];
}

/** What the thread that tries scripts tells: that it begins, then how it went. */
export type ScriptReport = { readonly type: "begins" } | {
  readonly type: "tried";
  /** Null when it works. */
  readonly failure: string | null;
};

/**
 * Has a script make its strategy and choose once, in a thread of its own without any permission: control must not hang with
 * a script that never returns.
 */
export async function tryScript(subject: ScriptSubject, clock: Clock): Promise<Trial> {
  const worker = new Worker(new URL("./script_trial_worker.ts", import.meta.url), {
    type: "module",
    name: "script-trial",
    deno: { permissions: "none" },
  });
  const trial = Promise.withResolvers<Trial>();
  const limit = (delayMs: number, failure: string): () => void =>
    clock.timer(delayMs, () => trial.resolve({ failure, isTimeout: true }));
  let cancel = limit(SCRIPT_TRIAL_START_MS, "it cannot be tried now: no thread began");
  worker.onmessage = ({ data }: MessageEvent<ScriptReport>) => {
    cancel();
    if (data.type === "tried") return trial.resolve({ failure: data.failure, isTimeout: false });
    cancel = limit(SCRIPT_TRIAL_TIMEOUT_MS, `it did not return within ${SCRIPT_TRIAL_TIMEOUT_MS / 1000} s`);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    trial.resolve({ failure: event.message, isTimeout: false });
  };
  worker.postMessage(subject);
  try {
    return await trial.promise;
  } finally {
    cancel();
    worker.terminate();
  }
}
