/**
 * The targets that a strategy chooses among now: those that have a weight and an address, are well and not drained. It is
 * worked out when something of that changed, and not looked over for each choice; so a strategy keeps what it derived from
 * the set as long as {@link version} stays.
 *
 * Whether a target has room below its `max_connections` changes with each session and is no part of it: see
 * `PickRequest.accepts`.
 */
export interface TargetSet {
  /** Another number whenever {@link members} or {@link weights} changed. */
  readonly version: number;
  /** How many targets are in the set. */
  readonly count: number;
  /** Indices of the targets in the set, ascending; only the first {@link count} count. */
  readonly members: Int32Array;
  /** Effective weight by target, 0 of those that are not in the set. Only their ratios matter. */
  readonly weights: Int32Array;
}
