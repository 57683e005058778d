import type { Clock } from "../../base/clock.ts";

/** How reading a config ended: in force; wrong; right, and not to be had all the same. */
export const RELOAD_RESULTS = ["success", "invalid", "failed"] as const;

/** One of {@link RELOAD_RESULTS}. */
export type ReloadResult = typeof RELOAD_RESULTS[number];

/** Counts how configs were taken over, the first one included. */
export class ReloadLog {
  readonly #counts = new Map<ReloadResult, number>();
  #last: ReloadResult | null = null;
  #succeededAt = 0;

  constructor(private readonly clock: Pick<Clock, "wallTime">) {}

  /** A config was read, and this is what became of it. */
  add(result: ReloadResult): void {
    this.#counts.set(result, this.count(result) + 1);
    this.#last = result;
    if (result === "success") this.#succeededAt = this.clock.wallTime();
  }

  count(result: ReloadResult): number {
    return this.#counts.get(result) ?? 0;
  }

  /** Whether the newest config is in force. */
  get isCurrent(): boolean {
    return this.#last === "success";
  }

  /** Milliseconds since the Unix epoch when a config came into force last, 0 before any. */
  get succeededAt(): number {
    return this.#succeededAt;
  }
}
