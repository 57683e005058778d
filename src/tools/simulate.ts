import { systemClock } from "../base/clock.ts";
import type { EngineName } from "../engine/engine.ts";
import type { LoadPlan } from "./load_plan.ts";
import type { LoadProgress, LoadSummary } from "./load_stats.ts";
import type { LoadOrder, LoadReport } from "./load_worker.ts";

/** An engine, or `auto`: the fastest that works here. */
export type EngineChoice = EngineName | "auto";

/** What came of a load run. */
export interface SimulateResult {
  readonly summary: LoadSummary;
  /** The engine that was used. */
  readonly engine: EngineName;
}

/** How a load run is watched and ended. */
export interface SimulateOptions {
  readonly plan: LoadPlan;
  /** What moves the generator's bytes. */
  readonly engine: EngineChoice;
  /** Ends the run early: the summary then tells what was done so far. */
  readonly signal: AbortSignal;
  /** Called some ten times a second. */
  onProgress(progress: LoadProgress): void;
}

/** Beyond the last moment at which a plan must have ended by itself, the thread is given up. */
const GRACE_MS = 10_000;

/**
 * Runs a load plan in a thread of its own, so that nothing else delays what is measured.
 * @throws {Error} when the thread fails, or does not end in time.
 */
export async function simulate(options: SimulateOptions): Promise<SimulateResult> {
  const { plan, engine, signal, onProgress } = options;
  const stop = new SharedArrayBuffer(4);
  const worker = new Worker(import.meta.resolve("./load_worker.ts"), { type: "module" });
  const giveUp = Promise.withResolvers<never>();
  const cancels: (() => void)[] = [];
  const limit = (delayMs: number, what: string): void => {
    cancels.push(systemClock.timer(delayMs, () => giveUp.reject(new Error(`The load thread ${what}`))));
  };
  const interrupt = (): void => {
    Atomics.store(new Int32Array(stop), 0, 1);
    limit(GRACE_MS, `did not stop within ${GRACE_MS} ms`);
  };
  // Only a duration says when a run must be over: warm-up, the duration, then the last time-outs.
  const longestMs = plan.durationMs + 3 * plan.timeoutMs + GRACE_MS;
  if (plan.durationMs > 0) limit(longestMs, `did not end within ${longestMs} ms`);
  signal.addEventListener("abort", interrupt);
  if (signal.aborted) interrupt();
  try {
    return await Promise.race([giveUp.promise, summaryOf(worker, { plan, engine, stop }, onProgress)]);
  } finally {
    signal.removeEventListener("abort", interrupt);
    for (const cancel of cancels) cancel();
    worker.terminate();
  }
}

function summaryOf(
  worker: Worker,
  order: LoadOrder,
  onProgress: (progress: LoadProgress) => void,
): Promise<SimulateResult> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<LoadReport>) => {
      if (data.type === "progress") onProgress(data.progress);
      else if (data.type === "done") resolve(data);
      else reject(new Error(data.message));
    };
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(`The load thread failed: ${event.message}`));
    };
    worker.postMessage(order);
  });
}
