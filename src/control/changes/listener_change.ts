import type { AppSnapshot } from "../../model/snapshot.ts";

/** What becomes of listen addresses, whosever they are: keys of listeners. */
export interface ListenerChange {
  readonly kept: readonly string[];
  readonly opened: readonly string[];
  readonly closed: readonly string[];
}

/** Compares the addresses that apps listen on. An address that goes from one app to another is kept, with its sockets. */
export function listenerChange(
  before: Iterable<Pick<AppSnapshot, "listeners">>,
  after: Iterable<Pick<AppSnapshot, "listeners">>,
): ListenerChange {
  const old = keysOf(before);
  const young = keysOf(after);
  return {
    kept: [...young.intersection(old)],
    opened: [...young.difference(old)],
    closed: [...old.difference(young)],
  };
}

function keysOf(apps: Iterable<Pick<AppSnapshot, "listeners">>): Set<string> {
  return new Set([...apps].flatMap(({ listeners }) => listeners.map(({ key }) => key)));
}
