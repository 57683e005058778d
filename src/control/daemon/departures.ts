import type { Clock } from "../../base/clock.ts";
import { SLOT_SWEEP_MS } from "../../base/limits.ts";
import type { AppSnapshot } from "../../model/snapshot.ts";
import type { Slots } from "./slots.ts";
import type { Tables } from "./tables/tables.ts";

/** Removed apps whose sessions still run. Frees what was released as its sessions end. */
export class Departures {
  readonly #apps = new Map<number, AppSnapshot>();
  #cancelSweep: (() => void) | null = null;

  /** @param oldestStage the oldest change that some thread still works from. */
  constructor(
    private readonly clock: Pick<Clock, "timer">,
    private readonly slots: Slots,
    private readonly tables: Pick<Tables, "sweep">,
    private readonly oldestStage: () => number,
  ) {}

  /** The apps, as the threads knew them last. */
  get apps(): Iterable<AppSnapshot> {
    return this.#apps.values();
  }

  /** An app was removed; its slot is still to be released. */
  add(app: AppSnapshot): void {
    this.#apps.set(app.slot, app);
  }

  /** Slots were released: looks now and then whether their sessions have ended. */
  sweepLater(): void {
    this.#cancelSweep ??= this.clock.timer(SLOT_SWEEP_MS, () => {
      this.#cancelSweep = null;
      this.#sweep();
    });
  }

  /** Looks no more. */
  close(): void {
    this.#cancelSweep?.();
  }

  #sweep(): void {
    const oldest = this.oldestStage();
    const draining = this.slots.sweep(oldest) + this.tables.sweep(oldest);
    for (const slot of this.#apps.keys()) {
      // One that was removed a moment ago has its slot still by name.
      if (!this.slots.isInUse(slot)) this.#apps.delete(slot);
    }
    if (draining > 0) this.sweepLater();
  }
}
