import type { AppChange, ConfigChange } from "../changes/config_change.ts";

/** A change of which not too much is kept. */
export interface BoundedChange {
  readonly change: ConfigChange;
  /** Options, apps and targets that are missing in it. */
  readonly leftOut: number;
}

/** Keeps the beginning of a change. @param most options, apps and targets altogether. */
export function boundedChange(change: ConfigChange, most: number): BoundedChange {
  let room = most;
  let leftOut = 0;
  const take = <T>(list: readonly T[]): readonly T[] => {
    const taken = list.slice(0, room);
    room -= taken.length;
    leftOut += list.length - taken.length;
    return taken;
  };
  const options = take(change.options);
  const apps = take(change.apps).map((app): AppChange => ({ ...app, options: take(app.options) }));
  const targets = take(change.targets);
  return { change: { options, apps, targets, restart_needed: change.restart_needed }, leftOut };
}
