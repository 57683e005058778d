import { EJECTION_CHECK_MS, EJECTION_RECOUNT_MS } from "../../../base/limits.ts";
import type { EjectionCause } from "../../../model/ejections.ts";
import { Ticker } from "../ticker.ts";
import type { WatchedApp } from "../watched_app.ts";
import { AppEjections, type EjectionContext, type EjectionStatus } from "./app_ejections.ts";

/** Looks after the ejections of all apps that have outlier detection, or had it. */
export class OutlierWatch {
  readonly #apps = new Map<string, AppEjections>();
  readonly #ticker: Ticker;
  #epoch = -1;
  #recountAt = 0;

  constructor(private readonly context: EjectionContext) {
    this.#ticker = new Ticker(context.clock, EJECTION_CHECK_MS, () => this.#onTick());
  }

  /** The app was rolled out, for the first time or again. */
  take(app: WatchedApp): void {
    const { name } = app.snapshot;
    const known = this.#apps.get(name);
    // Targets that came with this rollout may have words that changed before.
    this.#epoch = -1;
    if (known !== undefined) return known.take(app);
    if (app.snapshot.outliers === null) return;
    this.#apps.set(name, new AppEjections(this.context, app));
    this.#ticker.start();
  }

  /** The app is gone. */
  forget(name: string): void {
    this.#apps.delete(name);
    if (this.#apps.size === 0) this.#ticker.stop();
  }

  /** Of a target that is out; null for others. */
  status(app: string, slot: number): EjectionStatus | null {
    return this.#apps.get(app)?.status(slot) ?? null;
  }

  /** How often a target was ejected since it was added. */
  total(app: string, slot: number): number {
    return this.#apps.get(app)?.total(slot) ?? 0;
  }

  /** How often targets of an app were ejected, by cause; causes that never occurred are left out. */
  totals(app: string): Readonly<Partial<Record<EjectionCause, number>>> {
    return Object.fromEntries(this.#apps.get(app)?.totals ?? []);
  }

  /** Looks no more. */
  close(): void {
    this.#ticker.stop();
  }

  #onTick(): void {
    const { clock, words } = this.context;
    const { epoch } = words;
    const mustRecount = clock.now() >= this.#recountAt;
    if (mustRecount) this.#recountAt = clock.now() + EJECTION_RECOUNT_MS;
    for (const app of this.#apps.values()) {
      if (epoch !== this.#epoch) app.notice();
      app.onTime();
      if (mustRecount) app.recount();
    }
    this.#epoch = epoch;
  }
}
