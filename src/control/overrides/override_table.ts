import type { OverrideChange, OverridePart, TargetOverride } from "./override.ts";

/** A part of an override that is over. */
export interface EndedPart {
  readonly override: TargetOverride;
  readonly part: OverridePart;
  /** Its time is over, or the target has been gone for too long. */
  readonly why: "expired" | "target_gone";
}

/** Weight of a target in the config, null where the config has no such target. */
export type ConfiguredWeight = (app: string, target: string) => number | null;

/**
 * The overrides by app and target. It knows no clock: times are milliseconds since the Unix epoch and come in. Entries are
 * replaced as a whole and never changed.
 */
export class OverrideTable {
  readonly #byApp = new Map<string, Map<string, TargetOverride>>();
  /** How many there are. */
  size = 0;

  get(app: string, target: string): TargetOverride | undefined {
    return this.#byApp.get(app)?.get(target);
  }

  /** All of them, app after app. */
  *all(): Iterable<TargetOverride> {
    for (const targets of this.#byApp.values()) yield* targets.values();
  }

  /** Takes an entry as it is, in place of the one of the same target. */
  put(override: TargetOverride): void {
    const { app, target } = override;
    const targets = this.#byApp.get(app) ?? new Map<string, TargetOverride>();
    this.#byApp.set(app, targets);
    if (!targets.has(target)) this.size++;
    targets.set(target, override);
  }

  /**
   * Sets the parts that the change names and takes those back that it has null for; the others stay.
   * @param configured weight of the target in the config.
   * @returns what is left, null for nothing.
   */
  change(
    app: string,
    target: string,
    change: OverrideChange,
    configured: number,
    now: number,
  ): TargetOverride | null {
    const before = this.get(app, target);
    const note = { by: change.by, reason: change.reason, since: now, until: change.until };
    const { state, weight } = change;
    return this.#keep({
      app,
      target,
      state: state === undefined ? before?.state ?? null : state === null ? null : { value: state, ...note },
      weight: weight === undefined
        ? before?.weight ?? null
        : weight === null
        ? null
        : { value: weight, configured, ...note },
      goneSince: null,
    });
  }

  /** Takes parts back. @returns what is left, null for nothing. */
  clear(app: string, target: string, parts: readonly OverridePart[]): TargetOverride | null {
    const before = this.get(app, target);
    return before === undefined ? null : this.#keep(without(before, parts));
  }

  /** Drops what is over. @param keepGoneMs how long overrides of a target that is gone are kept. */
  expire(now: number, keepGoneMs: number): EndedPart[] {
    const ended: EndedPart[] = [];
    for (const override of [...this.all()]) {
      const isGone = override.goneSince !== null && override.goneSince + keepGoneMs <= now;
      const parts = (["state", "weight"] as const).filter((part) => {
        const until = override[part]?.until ?? null;
        return override[part] !== null && (isGone || until !== null && until <= now);
      });
      if (parts.length === 0) continue;
      this.#keep(without(override, parts));
      for (const part of parts) ended.push({ override, part, why: isGone ? "target_gone" : "expired" });
    }
    return ended;
  }

  /**
   * Looks which targets the config has: one that is gone keeps its override for a while.
   * @returns whether anything changed.
   */
  reconcile(configured: ConfiguredWeight, now: number): boolean {
    let changed = false;
    for (const override of [...this.all()]) {
      const isGone = configured(override.app, override.target) === null;
      if (isGone === (override.goneSince !== null)) continue;
      this.put({ ...override, goneSince: isGone ? now : null });
      changed = true;
    }
    return changed;
  }

  /** When the next one is over, null for never. */
  nextEnd(keepGoneMs: number): number | null {
    let next = Infinity;
    for (const { state, weight, goneSince } of this.all()) {
      next = Math.min(
        next,
        state?.until ?? Infinity,
        weight?.until ?? Infinity,
        goneSince === null ? Infinity : goneSince + keepGoneMs,
      );
    }
    return next === Infinity ? null : next;
  }

  #keep(override: TargetOverride): TargetOverride | null {
    if (override.state !== null || override.weight !== null) {
      this.put(override);
      return override;
    }
    const targets = this.#byApp.get(override.app);
    if (targets?.delete(override.target) === true) this.size--;
    if (targets?.size === 0) this.#byApp.delete(override.app);
    return null;
  }
}

function without(override: TargetOverride, parts: readonly OverridePart[]): TargetOverride {
  return {
    ...override,
    state: parts.includes("state") ? null : override.state,
    weight: parts.includes("weight") ? null : override.weight,
  };
}
