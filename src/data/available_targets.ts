import { failsOpen } from "../model/fail_open.ts";
import { Admin, type TargetWords, WEIGHT_UNIT } from "../model/target_words.ts";
import type { TargetSnapshot } from "../model/snapshot.ts";
import type { TargetSet } from "../strategy/mod.ts";

/** A sum of weights that orders can still be worked out for exactly (`StrideOrder`). */
const MAX_SUM = 2 ** 26;
/** Largest effective weight. */
const MAX_WEIGHT = WEIGHT_UNIT * 256;
/** No epoch of the board. */
const NEVER = -1;

/**
 * The targets of an app, or its backups, that can be given sessions now. It is brought up to date from the board before each
 * choice, which costs one look at the epoch as long as nothing changed.
 */
export class AvailableTargets implements TargetSet {
  version = 0;
  count = 0;
  members = new Int32Array(0);
  weights = new Int32Array(0);
  #epoch = NEVER;
  /** Weights that are being worked out. */
  #next = new Int32Array(0);

  /**
   * @param backups whether it is the backups of the app, or the others.
   * @param failOpenPercent share of all targets, percent, below which all of them count as well; 0 for never.
   */
  constructor(
    private readonly targets: readonly TargetSnapshot[],
    private readonly backups: boolean,
    private readonly words: TargetWords,
    private readonly failOpenPercent = 0,
  ) {}

  /** Looks what changed since the last time. */
  update(): void {
    const { epoch } = this.words;
    if (epoch === this.#epoch) return;
    // Made when first needed: there are apps by the thousand, many of them quiet.
    if (this.#epoch === NEVER) this.#allocate();
    this.#epoch = epoch;
    this.#gather();
  }

  #gather(): void {
    const { targets, backups, weights, members } = this;
    const next = this.#next;
    const isOpen = this.failOpenPercent > 0 && this.#failsOpen();
    let parts = 0;
    for (let at = 0; at < targets.length; at++) {
      const target = targets[at]!;
      next[at] = target.backup === backups ? this.#weight(target, isOpen) : 0;
      parts |= next[at]! % WEIGHT_UNIT;
    }
    // Where all weights are whole, as nearly always, the numbers stay small, and so does what strategies make of them.
    const unit = parts === 0 ? WEIGHT_UNIT : Math.ceil(targets.length * MAX_WEIGHT / MAX_SUM);
    let count = 0;
    let changed = 0;
    for (let at = 0; at < targets.length; at++) {
      // A target with any weight at all keeps some.
      const weight = Math.ceil(next[at]! / unit);
      changed |= weights[at]! ^ weight;
      weights[at] = weight;
      if (weight > 0) members[count++] = at;
    }
    this.count = count;
    if (changed !== 0) this.version++;
  }

  /** Effective weight, 0 of a target that can be given nothing. */
  #weight({ slot, weight, addresses }: TargetSnapshot, isOpen: boolean): number {
    if (addresses.length === 0) return 0;
    const isUsed = isOpen ? this.words.admin(slot) === Admin.ready : this.words.isUp(slot);
    return isUsed ? this.words.weight(slot, weight) : 0;
  }

  /** Whether so few of the app's targets are well that all are used. Backups count, too: they are there for this. */
  #failsOpen(): boolean {
    let all = 0;
    let available = 0;
    for (const target of this.targets) {
      if (this.#weight(target, true) === 0) continue;
      all++;
      if (this.words.isUp(target.slot)) available++;
    }
    return failsOpen(available, all, this.failOpenPercent);
  }

  #allocate(): void {
    this.members = new Int32Array(this.targets.length);
    this.weights = new Int32Array(this.targets.length);
    this.#next = new Int32Array(this.targets.length);
  }
}
