import type { PickRequest } from "./strategy.ts";
import type { TargetSet } from "./target_set.ts";

/**
 * The first target of a set from a place in the app's list on, round to its beginning, that a request accepts.
 * @param from index of a target, in the set or not.
 * @returns its index, -1 when the request accepts none.
 */
export function nextAccepted({ weights }: TargetSet, from: number, request: PickRequest): number {
  const { length } = weights;
  for (let step = 0; step < length; step++) {
    const target = (from + step) % length;
    if (weights[target]! > 0 && request.accepts(target)) return target;
  }
  return -1;
}
