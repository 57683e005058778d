import type { AppSnapshot } from "../../model/snapshot.ts";

/** Whether an app has lost a target, or its hash table, by being compiled again. */
export function hasLess(app: AppSnapshot, before: AppSnapshot): boolean {
  const slots = new Set(app.targets.map(({ slot }) => slot));
  return before.targets.some(({ slot }) => !slots.has(slot)) ||
    JSON.stringify(before.strategy) !== JSON.stringify(app.strategy);
}

/** Addresses of all targets of an app. */
export function addressCount(app: AppSnapshot | undefined): number {
  return app?.targets.reduce((sum, { addresses }) => sum + addresses.length, app.listeners.length) ?? 0;
}
