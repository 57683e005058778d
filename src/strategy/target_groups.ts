import { groupShares } from "./group_shares.ts";
import type { Learner, PickRequest, Strategy, StrategyContext } from "./strategy.ts";
import { SubSet } from "./sub_set.ts";

/** No version of a set. */
const NEVER = -1;

/** Targets with the strategy that chooses among them. */
interface Group {
  readonly set: SubSet;
  readonly strategy: Strategy;
  /** Targets that could be in the set if all were well. */
  readonly size: number;
}

/**
 * Groups of targets in an order: as long as enough of the first is well it takes everything, then the next ones take over
 * a share of the load, see {@link groupShares}. Each group has a strategy of its own.
 */
export class TargetGroups implements Strategy {
  readonly learner?: Learner;
  readonly #context: StrategyContext;
  readonly #groups: readonly Group[];
  readonly #factor: number;
  /** Of each group the share of load up to and with it. */
  #ends: readonly number[] = [];
  #version = NEVER;

  /** @param groupOf number of a target's group, from 0 on; those without targets are passed over. */
  constructor(context: StrategyContext, groupOf: (target: number) => number) {
    const { targets, set, options, isBackup } = context;
    const inner = options.strategy ?? { type: "round_robin" };
    const numbers = targets.map((_, target) => groupOf(target));
    this.#context = context;
    this.#factor = options.overprovisioningFactor ?? 1.4;
    const order = [...new Set(numbers)].sort((a, b) => a - b);
    this.#groups = order.map((number): Group => {
      const part = new SubSet(set, (target) => numbers[target] === number);
      const own = targets.filter(({ weight, backup }, target) =>
        weight > 0 && backup === isBackup && numbers[target] === number
      );
      return { set: part, strategy: context.create(inner, part), size: own.length };
    });
    const learners = this.#groups.map(({ strategy }) => strategy.learner);
    if (learners.every((one) => one !== undefined) && learners.length > 0) {
      const of = (target: number): Learner => learners[order.indexOf(numbers[target]!)]!;
      this.learner = {
        served: (target, ms) => of(target).served(target, ms),
        failed: (target, ms) => of(target).failed(target, ms),
      };
    }
  }

  pick(request: PickRequest): number {
    const { set } = this.#context;
    if (this.#version !== set.version) this.#share();
    if (set.count === 0) return -1;
    const first = this.#groupOf(request);
    const target = this.#pickIn(first, request);
    if (target >= 0) return target;
    // All of its targets are full or were tried: those of the others, in their order.
    for (let group = 0; group < this.#groups.length; group++) {
      const other = group === first ? -1 : this.#pickIn(group, request);
      if (other >= 0) return other;
    }
    return -1;
  }

  #share(): void {
    this.#version = this.#context.set.version;
    for (const { set } of this.#groups) set.update();
    this.#ends = groupShares(
      this.#groups.map(({ set }) => set.count),
      this.#groups.map(({ size }) => size),
      this.#factor,
    );
  }

  /** The group that the request belongs to. Nothing is drawn while one takes everything. */
  #groupOf(request: PickRequest): number {
    const ends = this.#ends;
    let group = 0;
    while (ends[group] === 0) group++;
    if (ends[group] === 1) return group;
    const place = this.#groups[group]!.strategy.place?.(request) ?? this.#context.random();
    while (place >= ends[group]!) group++;
    return group;
  }

  #pickIn(group: number, request: PickRequest): number {
    const { set, strategy } = this.#groups[group]!;
    return set.count === 0 ? -1 : strategy.pick(request);
  }
}
