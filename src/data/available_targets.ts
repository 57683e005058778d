import { failsOpen } from "../model/fail_open.ts";
import { Admin, Health, type TargetWords, WEIGHT_UNIT } from "../model/target_words.ts";
import type { TargetSnapshot } from "../model/snapshot.ts";
import type { TargetSet } from "../strategy/mod.ts";
import { Reason, type Reasons, type ReasonValue } from "./why/passed_over.ts";

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
  /** Why some of them cannot be given sessions. */
  reasons: Reasons = null;
  #epoch = NEVER;
  /** Weights that are being worked out, ... */
  #next = new Int32Array(0);
  /** ... and by target why it has none. */
  #why = new Uint8Array(0);

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
    const { targets, weights, members } = this;
    const next = this.#next;
    const isOpen = this.failOpenPercent > 0 && this.#failsOpen();
    let parts = 0;
    let isPassedOver = false;
    for (let at = 0; at < targets.length; at++) {
      const why = this.#look(at, isOpen);
      this.#why[at] = why;
      isPassedOver ||= why !== Reason.none;
      parts |= next[at]! % WEIGHT_UNIT;
    }
    this.reasons = isPassedOver ? this.#why.slice() : null;
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

  /** Works out a target's weight. @returns why it has none. */
  #look(at: number, isOpen: boolean): ReasonValue {
    const target = this.targets[at]!;
    this.#next[at] = 0;
    if (target.backup !== this.backups) return Reason.none;
    const out = this.#out(target, isOpen);
    if (out !== Reason.none) return out;
    const weight = this.words.weight(target.slot, target.weight);
    this.#next[at] = weight;
    return weight === 0 ? Reason.zeroWeight : Reason.none;
  }

  /** Why a target can be given nothing, whatever its weight. */
  #out({ slot, addresses }: TargetSnapshot, isOpen: boolean): ReasonValue {
    const admin = this.words.admin(slot);
    if (admin !== Admin.ready) return admin === Admin.drain ? Reason.drain : Reason.maint;
    const health = this.words.health(slot);
    if (health > Health.up && !isOpen) return health === Health.ejected ? Reason.ejected : Reason.down;
    return addresses.length === 0 ? Reason.noAddress : Reason.none;
  }

  /** Whether so few of the app's targets are well that all are used. Backups count, too: they are there for this. */
  #failsOpen(): boolean {
    let all = 0;
    let available = 0;
    for (const target of this.targets) {
      const isOut = this.#out(target, true) !== Reason.none;
      if (isOut || this.words.weight(target.slot, target.weight) === 0) continue;
      all++;
      if (this.words.isUp(target.slot)) available++;
    }
    return failsOpen(available, all, this.failOpenPercent);
  }

  #allocate(): void {
    this.members = new Int32Array(this.targets.length);
    this.weights = new Int32Array(this.targets.length);
    this.#next = new Int32Array(this.targets.length);
    this.#why = new Uint8Array(this.targets.length);
  }
}
