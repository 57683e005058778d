import type { Clock } from "../../../base/clock.ts";
import { SLOW_START_STEP_MS } from "../../../base/limits.ts";
import type { SlowStartConfig } from "../../../model/config.ts";
import type { TargetSnapshot } from "../../../model/snapshot.ts";
import type { TargetWords } from "../../../model/target_words.ts";
import type { EffectiveWeights } from "../effective_weight.ts";
import { Ticker } from "../ticker.ts";
import type { WatchedApp } from "../watched_app.ts";
import { slowStartShare } from "./ramp.ts";

/** What slow starts work with. */
export interface SlowStartContext {
  readonly clock: Clock;
  readonly words: TargetWords;
  readonly weights: EffectiveWeights;
}

/**
 * `full` has its whole weight. `late` was not there yet, and its app has only just begun; `out` will begin with the least
 * weight when it returns; a number is when it began to rise.
 */
type Phase = "full" | "late" | "out" | number;

interface Slow {
  target: TargetSnapshot;
  phase: Phase;
}

interface SlowApp {
  policy: SlowStartConfig;
  readonly sinceMs: number;
  targets: Map<number, Slow>;
}

/**
 * Has targets come up little by little that return, or that are new to an app which runs already. What is not there yet
 * when its app begins, and comes within the window, is part of the beginning.
 */
export class SlowStarts {
  readonly #apps = new Map<string, SlowApp>();
  readonly #ticker: Ticker;
  #epoch = -1;

  constructor(private readonly context: SlowStartContext) {
    this.#ticker = new Ticker(context.clock, SLOW_START_STEP_MS, () => this.#onTick());
  }

  /** The app was rolled out, for the first time or again; targets that stay go on as they are. */
  take({ config: { slow_start: policy }, snapshot: { name, targets } }: WatchedApp): void {
    const now = this.context.clock.now();
    const known = this.#apps.get(name);
    if (policy === undefined || policy === false) return this.forget(name);
    const app: SlowApp = known ?? { policy, sinceMs: now, targets: new Map() };
    const before = app.targets;
    const first: Phase = known === undefined ? "late" : "out";
    app.policy = policy;
    app.targets = new Map(targets.map((target) => [
      target.slot,
      { target, phase: before.get(target.slot)?.phase ?? first },
    ]));
    this.#apps.set(name, app);
    for (const slow of app.targets.values()) this.#look(app, slow, now);
    this.#ticker.start();
  }

  /** The app is gone, or wants it no more: its targets have their whole weight. */
  forget(name: string): void {
    for (const slow of this.#apps.get(name)?.targets.values() ?? []) this.#settle(slow, "full", 1);
    this.#apps.delete(name);
    if (this.#apps.size === 0) this.#ticker.stop();
  }

  /** Looks no more. */
  close(): void {
    this.#ticker.stop();
  }

  #onTick(): void {
    const { clock, words } = this.context;
    const { epoch } = words;
    const now = clock.now();
    for (const app of this.#apps.values()) {
      for (const slow of app.targets.values()) {
        const isMoving = typeof slow.phase === "number" || slow.phase === "late";
        if (isMoving || epoch !== this.#epoch) this.#look(app, slow, now);
      }
    }
    this.#epoch = epoch;
  }

  #look(app: SlowApp, slow: Slow, now: number): void {
    const { target: { slot, addresses }, phase } = slow;
    const least = slowStartShare(0, app.policy);
    if (addresses.length === 0 || !this.context.words.isUp(slot)) {
      const isBeginning = phase === "late" && now - app.sinceMs < app.policy.window;
      // Already now: the first sessions after its return are to find it with the least weight.
      if (phase !== "out" && !isBeginning) this.#settle(slow, "out", least);
    } else if (phase === "late") slow.phase = "full";
    else if (phase === "out") this.#settle(slow, now, least);
    else if (phase !== "full") {
      const share = slowStartShare(now - phase, app.policy);
      this.#settle(slow, share === 1 ? "full" : phase, share);
    }
  }

  #settle(slow: Slow, phase: Phase, slowStart: number): void {
    slow.phase = phase;
    this.context.weights.set(slow.target.slot, slow.target.weight, { slowStart });
  }
}
