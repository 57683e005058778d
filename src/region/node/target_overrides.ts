import { FproxyError } from "../../base/errors.ts";
import type { Logger } from "../../base/log.ts";
import type { RunningApps } from "../../control/config/watching/subscriber.ts";
import { OVERRIDE_PARTS } from "../../control/overrides/override.ts";
import { parseOverrideWeight } from "../../control/overrides/override_weight.ts";
import type { TargetDocument } from "../model/documents.ts";
import type { Stored } from "../store/bucket.ts";

/** What overrides say who are the region's: others are this node's own, which it keeps. */
const BY = "region: ";

/** What the region says of a target here, since when and until when by this machine's clock. */
interface Wanted {
  readonly document: TargetDocument;
  readonly since: number;
  readonly until: number | null;
}

/**
 * Gives a node what operators of the region said of targets. From then on it is as if it had been said to the node: it
 * outlives restarts without the store, ends by itself, and what is said to the node later counts instead.
 */
export class TargetOverrides {
  /** `APP/TARGET` → what is to be given. */
  readonly #due = new Map<string, Wanted | null>();

  constructor(
    private readonly running: Pick<RunningApps, "overrides">,
    private readonly log: Pick<Logger, "warn">,
    private readonly wallTime: () => number,
  ) {}

  /**
   * The region says something of a target, or nothing any more.
   * @param skewMs by how much this machine's clock is ahead of the servers'.
   */
  heard({ name, value, at }: Stored<TargetDocument>, skewMs: number): void {
    const since = at.getTime() + skewMs;
    const until = value === null || value.for_ms === null ? null : since + value.for_ms;
    this.#due.set(name, value === null ? null : { document: value, since, until });
  }

  /** Gives what can be given now: an app, or a target, may come later. */
  give(): void {
    for (const [name, wanted] of this.#due) {
      const slash = name.indexOf("/");
      const [app, target] = [name.slice(0, slash), name.slice(slash + 1)];
      if (this.#isGiven(app, target, wanted)) this.#due.delete(name);
    }
  }

  /** @returns whether there is nothing left to do. */
  #isGiven(app: string, target: string, wanted: Wanted | null): boolean {
    const { overrides } = this.running;
    const there = overrides.get(app, target);
    if (wanted === null) {
      const own = OVERRIDE_PARTS.filter((part) => there?.[part]?.by.startsWith(BY) === true);
      if (own.length > 0) void overrides.clear(app, target, own, `${BY}taken back`);
      return true;
    }
    const { document: { state, weight, reason, by }, since, until } = wanted;
    const isOverruled = OVERRIDE_PARTS.some((part) => {
      const own = there?.[part] ?? null;
      return own !== null && !own.by.startsWith(BY) && own.since > since;
    });
    if (isOverruled) return true;
    const forMs = until === null ? null : until - this.wallTime();
    if (forMs !== null && forMs <= 0) return true;
    const name = `${BY}${by}`;
    const isThere = there !== undefined && (state ?? null) === (there.state?.value ?? null) &&
      (weight ?? null) === (there.weight === null ? null : String(there.weight.value)) &&
      OVERRIDE_PARTS.every((part) => there[part] === null || there[part].by === name);
    // After a restart all is told once more.
    if (isThere) return true;
    try {
      const change = { state, weight: weight === null ? null : parseOverrideWeight(weight) };
      void overrides.set(app, target, { ...change, by: name, reason, forMs });
      return true;
    } catch (error) {
      if (error instanceof FproxyError && error.code === "unknown_target") return false;
      if (!(error instanceof FproxyError || error instanceof RangeError)) throw error;
      this.log.warn("region_override_refused", { app, target, error: error.message });
      return true;
    }
  }
}
