import type { AppConfig } from "../../model/config.ts";

/** What a new config changes, app by app. */
export interface ConfigDiff {
  readonly added: readonly string[];
  readonly changed: readonly AppChange[];
  readonly removed: readonly string[];
  readonly unchanged: readonly string[];
}

/** What changed in one app. */
export interface AppChange {
  readonly name: string;
  readonly listeners: boolean;
  readonly targets: boolean;
  /** Anything else: strategy, limits, times. */
  readonly policy: boolean;
}

/** Compares two configs by app name. The order of apps, comments and spelling do not count. */
export function diffApps(
  before: ReadonlyMap<string, AppConfig>,
  after: ReadonlyMap<string, AppConfig>,
): ConfigDiff {
  const added: string[] = [];
  const changed: AppChange[] = [];
  const unchanged: string[] = [];
  for (const [name, app] of after) {
    const old = before.get(name);
    if (old === undefined) {
      added.push(name);
      continue;
    }
    const change = diffApp(old, app);
    if (change === null) unchanged.push(name);
    else changed.push(change);
  }
  const removed = [...before.keys()].filter((name) => !after.has(name));
  return { added, changed, removed, unchanged };
}

function diffApp(before: AppConfig, after: AppConfig): AppChange | null {
  const { ports: oldPorts, targets: oldTargets, ...oldPolicy } = before;
  const { ports: newPorts, targets: newTargets, ...newPolicy } = after;
  const listeners = !same(oldPorts, newPorts);
  const targets = !same(oldTargets, newTargets);
  const policy = !same(oldPolicy, newPolicy);
  return listeners || targets || policy ? { name: after.name, listeners, targets, policy } : null;
}

/** Both come from one schema, which fixes the order of keys. */
function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
