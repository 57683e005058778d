import type { StrategySnapshot } from "../model/snapshot.ts";
import type { TargetSet } from "./target_set.ts";

/** Chooses a target for each attempt of a session. One instance serves one app in one thread. */
export interface Strategy {
  /**
   * Chooses synchronously, among the targets of the set that the request accepts.
   * @returns index of a target, or -1 when none is left.
   */
  pick(request: PickRequest): number;
}

/** What a strategy may look at for one choice. */
export interface PickRequest {
  /** Client's address literal. */
  readonly clientIp: string;
  /** Targets that this session tried before: 0 for its first choice. */
  readonly attempt: number;
  /** Whether this session can go to that target of the set: it has room, and was not tried. */
  accepts(target: number): boolean;
}

/** What a strategy is made from. */
export interface StrategyContext {
  /** What it chooses among; the same object throughout, brought up to date before each choice. */
  readonly set: TargetSet;
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
