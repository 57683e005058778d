import type { AppConfig } from "../../model/config.ts";

/** What a new config changes: names of apps. */
export interface ConfigDiff {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  readonly unchanged: readonly string[];
}

/** Compares two configs by app name. The order of apps, comments and spelling do not count. */
export function diffApps(
  before: ReadonlyMap<string, AppConfig>,
  after: ReadonlyMap<string, AppConfig>,
): ConfigDiff {
  const added: string[] = [];
  const changed: string[] = [];
  const unchanged: string[] = [];
  for (const [name, app] of after) {
    const old = before.get(name);
    if (old === undefined) added.push(name);
    else if (same(old, app)) unchanged.push(name);
    else changed.push(name);
  }
  const removed = [...before.keys()].filter((name) => !after.has(name));
  return { added, changed, removed, unchanged };
}

/** Both come from one schema, which fixes the order of keys; an app whose text stayed is the same object. */
function same(a: AppConfig, b: AppConfig): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
