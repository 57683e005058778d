import type { AppConfig, TargetConfig } from "../../model/config.ts";
import { formatTarget } from "../../model/endpoint_url.ts";
import { type OptionChange, optionChanges } from "./option_changes.ts";

/** In which targets two configs of an app differ. */
export interface TargetChanges {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  /** Of those that are changed, and of the list as a whole. */
  readonly options: readonly OptionChange[];
}

type Checked = Pick<AppConfig, "targets" | "health_check">;

/**
 * Compares targets by what they are called: one that is there twice, as endpoints may be to be asked twice, is two.
 * A health check that all have from the app is no difference of each.
 */
export function targetChanges(before: Checked | undefined, after: Checked | undefined): TargetChanges {
  const isOtherCheck = JSON.stringify(before?.health_check) !== JSON.stringify(after?.health_check);
  const old = byKey(before?.targets ?? []);
  const young = byKey(after?.targets ?? []);
  const options = [...young].flatMap(([key, target]) => {
    const other = old.get(key);
    if (other === undefined) return [];
    const own = (one: TargetConfig): unknown => isOtherCheck ? { ...one, health_check: null } : one;
    const changes = optionChanges(own(other), own(target), ["targets", key]);
    return changes.length === 0 ? [] : [{ key, changes }];
  });
  return {
    added: [...young.keys().filter((key) => !old.has(key))],
    changed: options.map(({ key }) => key),
    removed: [...old.keys().filter((key) => !young.has(key))],
    options: [...options.flatMap(({ changes }) => changes), ...otherOrder(old, young)],
  };
}

function byKey(targets: readonly TargetConfig[]): Map<string, TargetConfig> {
  const known = new Map<string, TargetConfig>();
  for (const target of targets) {
    const key = formatTarget(target);
    let name = key;
    for (let count = 2; known.has(name); count++) name = `${key} (${count})`;
    known.set(name, target);
  }
  return known;
}

/** The order counts for some strategies. What comes or goes changes no order. */
function otherOrder(old: ReadonlyMap<string, unknown>, young: ReadonlyMap<string, unknown>): OptionChange[] {
  const before = [...old.keys().filter((key) => young.has(key))];
  const after = [...young.keys().filter((key) => old.has(key))];
  return before.every((key, index) => after[index] === key) ? [] : [{ path: "targets", before, after }];
}
