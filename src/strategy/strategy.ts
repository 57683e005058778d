import type { StrategySnapshot, TargetSnapshot } from "../model/snapshot.ts";

/** Chooses a target for each attempt of a session. One instance serves one app in one thread. */
export interface Strategy {
  /**
   * Chooses synchronously.
   * @returns index into the app's targets, or -1 when none is available and untried.
   */
  pick(request: PickRequest): number;
}

/** What a strategy may look at for one choice. */
export interface PickRequest {
  /** Client's address literal. */
  readonly clientIp: string;
  /** Whether the target may take a connection now: it has a weight and an address, is up, below its limit. */
  isAvailable(target: number): boolean;
  /** Whether this session already tried the target. */
  isTried(target: number): boolean;
}

/** What a strategy is made from. */
export interface StrategyContext {
  readonly targets: readonly TargetSnapshot[];
  readonly options: StrategySnapshot;
  /** Takes the next position of the app's cursor, shared over all threads: 0, 1, 2, ... modulo 2^32. */
  nextCursor(): number;
}

/** A kind of strategy, as the registry lists it. */
export interface StrategyKind {
  /** Name in the config. */
  readonly name: string;
  /** One line for the reference. */
  readonly summary: string;
  /** Goes by the targets' weights; else they count only by being 0 or not. */
  readonly isWeighted: boolean;
  create(context: StrategyContext): Strategy;
}
