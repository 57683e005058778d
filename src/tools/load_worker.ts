/**
 * Entry of the thread that produces load. The one message that it takes is a {@link LoadOrder}; it answers with
 * {@link LoadReport}s, the last of which is `done` or `failed`.
 * @module
 */
import process from "node:process";
import { systemClock } from "../base/clock.ts";
import { errorMessage } from "../base/errors.ts";
import type { EngineName } from "../engine/engine.ts";
import { createEngine, unsupportedReason } from "../engine/mod.ts";
import { LoadGenerator } from "./load_generator.ts";
import type { LoadPlan } from "./load_plan.ts";
import { type LoadProgress, LoadStats, type LoadSummary, SAMPLE_MS } from "./load_stats.ts";

/** What the thread is to do. */
export interface LoadOrder {
  readonly plan: LoadPlan;
  /** `auto` takes epoll where it works, deno elsewhere. */
  readonly engine: EngineName | "auto";
  /** One `Int32` word: anything but 0 ends the run. A message would not reach a thread that blocks in the kernel. */
  readonly stop: SharedArrayBuffer;
}

/** What the thread tells. */
export type LoadReport =
  | { readonly type: "progress"; readonly progress: LoadProgress }
  | { readonly type: "done"; readonly summary: LoadSummary; readonly engine: EngineName }
  | { readonly type: "failed"; readonly message: string };

const scope = self as unknown as DedicatedWorkerGlobalScope;

function report(message: LoadReport): void {
  scope.postMessage(message);
}

function run({ plan, engine: choice, stop }: LoadOrder): void {
  const name = chosen(choice);
  const word = new Int32Array(stop);
  const stats = new LoadStats();
  const engine = createEngine(name, {
    clock: systemClock,
    gate: { words: new Int32Array(1), index: 0 },
  });
  const before = process.threadCpuUsage();
  const startedAt = systemClock.now();
  const generator = new LoadGenerator(engine, plan, stats, systemClock.now, () => {
    const { user, system } = process.threadCpuUsage(before);
    const busy = (user + system) / 1000 / Math.max(1, systemClock.now() - startedAt);
    const summary = stats.summary(generator.elapsedMs, Math.min(1, busy));
    engine.shutdown();
    report({ type: "done", summary, engine: engine.name });
  });
  const watch = (): void => {
    if (Atomics.load(word, 0) !== 0) return generator.stop();
    report({ type: "progress", progress: generator.progress });
    engine.timer(SAMPLE_MS, watch);
  };
  engine.timer(SAMPLE_MS, watch);
  generator.start();
  // Blocks the thread until the generator is done; null where the event loop does the work.
  engine.run?.(() => undefined);
}

/** @throws {Error} when the engine that was asked for does not work here. */
function chosen(choice: LoadOrder["engine"]): EngineName {
  const reason = choice === "deno" ? null : unsupportedReason("epoll");
  if (choice === "auto") return reason === null ? "epoll" : "deno";
  if (reason !== null) throw new Error(`the epoll engine does not work here: ${reason}`);
  return choice;
}

scope.onmessage = (event: MessageEvent<LoadOrder>) => {
  try {
    run(event.data);
  } catch (error) {
    report({ type: "failed", message: errorMessage(error) });
  }
};
