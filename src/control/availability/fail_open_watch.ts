import type { Clock } from "../../base/clock.ts";
import { FAIL_OPEN_CHECK_MS } from "../../base/limits.ts";
import type { Logger } from "../../base/log.ts";
import { failsOpen } from "../../model/fail_open.ts";
import type { AppSnapshot, TargetSnapshot } from "../../model/snapshot.ts";
import { Admin, Health, type TargetWords } from "../../model/target_words.ts";
import { Ticker } from "./ticker.ts";

/** What the watch works with. */
export interface FailOpenContext {
  readonly clock: Pick<Clock, "timer">;
  readonly log: Logger;
  readonly words: TargetWords;
}

interface OpeningApp {
  readonly snapshot: AppSnapshot;
  isOpen: boolean;
}

/**
 * Says when an app uses all its targets, since too few are available, and when that is over. Data threads find it out by
 * themselves; whoever took the targets out, be it a probe, a session that ejected one or an operator, it is in the log.
 */
export class FailOpenWatch {
  /** Those that have `fail_open_percent`. */
  readonly #apps = new Map<string, OpeningApp>();
  readonly #ticker: Ticker;
  #epoch = -1;

  constructor(private readonly context: FailOpenContext) {
    this.#ticker = new Ticker(context.clock, FAIL_OPEN_CHECK_MS, () => this.#onTick());
  }

  /** The app was rolled out, for the first time or again. */
  take(snapshot: AppSnapshot): void {
    const { name, slot, policy } = snapshot;
    const known = this.#apps.get(name);
    // An app that was removed and came back has another slot, and is another app.
    const app = { snapshot, isOpen: known?.snapshot.slot === slot && known.isOpen };
    if (policy.failOpenPercent > 0 || app.isOpen) {
      this.#apps.set(name, app);
      this.#look(app);
    }
    if (policy.failOpenPercent === 0) return this.forget(name);
    this.#ticker.start();
  }

  /** The app is gone, or wants it no more. */
  forget(name: string): void {
    this.#apps.delete(name);
    if (this.#apps.size === 0) this.#ticker.stop();
  }

  /** Whether so few targets of the app are available that all are used. */
  isOpen(name: string): boolean {
    const app = this.#apps.get(name);
    return app !== undefined && this.#look(app);
  }

  /** Looks no more. */
  close(): void {
    this.#ticker.stop();
  }

  #onTick(): void {
    const { epoch } = this.context.words;
    if (epoch === this.#epoch) return;
    this.#epoch = epoch;
    for (const app of this.#apps.values()) this.#look(app);
  }

  #look(app: OpeningApp): boolean {
    const { name, targets, policy: { failOpenPercent } } = app.snapshot;
    const { words, log } = this.context;
    const able = targets.filter((target) => this.#isAble(target));
    const available = able.filter(({ slot }) => words.health(slot) <= Health.up).length;
    const isOpen = failsOpen(available, able.length, failOpenPercent);
    if (isOpen === app.isOpen) return isOpen;
    app.isOpen = isOpen;
    const fields = { app: name, available, targets: able.length, fail_open_percent: failOpenPercent };
    if (isOpen) log.warn("fail_open_began", fields);
    else log.info("fail_open_ended", fields);
    return isOpen;
  }

  /** Whether nothing but health keeps sessions from the target. */
  #isAble({ slot, weight, addresses }: TargetSnapshot): boolean {
    const { words } = this.context;
    return addresses.length > 0 && words.admin(slot) === Admin.ready && words.weight(slot, weight) > 0;
  }
}
