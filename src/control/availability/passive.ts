import type { Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/log.ts";
import type { Board } from "../../model/board.ts";
import { Ejections } from "../../model/ejections.ts";
import type { AppSnapshot } from "../../model/snapshot.ts";
import { Health, type HealthValue, TargetWords } from "../../model/target_words.ts";
import type { CounterTotals } from "../telemetry/counter_totals.ts";
import { EffectiveWeights } from "./effective_weight.ts";
import { OutlierWatch } from "./outliers/outlier_watch.ts";
import { SlowStarts } from "./slow_start/slow_starts.ts";
import type { WatchedApp } from "./watched_app.ts";

/** What {@link PassiveAvailability} is made from. */
export interface PassiveOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly board: Board;
  readonly totals: CounterTotals;
  /** What health checks found of a target last; nothing unless given. */
  readonly lastHealth?: (slot: number) => Exclude<HealthValue, typeof Health.ejected>;
}

/** What is known of targets from the sessions that they carry: who is ejected, and who comes up slowly. */
export class PassiveAvailability {
  readonly weights: EffectiveWeights;
  readonly outliers: OutlierWatch;
  readonly #slowStarts: SlowStarts;

  constructor({ clock, log, board, totals, lastHealth = () => Health.unknown }: PassiveOptions) {
    const words = new TargetWords(board);
    this.weights = new EffectiveWeights(words);
    this.outliers = new OutlierWatch({
      clock,
      log,
      words,
      ejections: new Ejections(board),
      totals,
      lastHealth,
    });
    this.#slowStarts = new SlowStarts({ clock, words, weights: this.weights });
  }

  /** The app was rolled out, for the first time or again. @param before the same app until now. */
  take(app: WatchedApp, before: AppSnapshot | undefined): void {
    const { targets } = app.snapshot;
    for (const { slot, weight } of targets) this.weights.configure(slot, weight);
    this.outliers.take(app);
    this.#slowStarts.take(app);
    const slots = new Set(targets.map(({ slot }) => slot));
    this.#forgetWeights(before?.targets.filter(({ slot }) => !slots.has(slot)));
  }

  /** The app is gone. */
  forget({ name, targets }: AppSnapshot): void {
    this.outliers.forget(name);
    this.#slowStarts.forget(name);
    this.#forgetWeights(targets);
  }

  /** Looks no more. */
  close(): void {
    this.outliers.close();
    this.#slowStarts.close();
  }

  #forgetWeights(targets: AppSnapshot["targets"] = []): void {
    for (const { slot } of targets) this.weights.forget(slot);
  }
}
