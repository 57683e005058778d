import type { Timer } from "./engine.ts";

/** Slots of each level. Those of the lowest are ticks of 1 ms; a slot of each level above spans all of the level below. */
const LEVEL_SLOTS = [256, 64, 64, 64, 64] as const;
/** Bits of a tick below each level. Together the levels span 2^32 ticks, so a deadline always has a slot. */
const LEVEL_SHIFT = [0, 8, 14, 20, 26] as const;
/** Ticks that a slot of each level spans. */
const LEVEL_SPAN = [1, 256, 16_384, 1_048_576, 67_108_864] as const;
/** First slot of each level in the common array. */
const LEVEL_BASE = [0, 256, 320, 384, 448] as const;
const LEVELS = 5;
const SLOTS = 512;
/** Longest distance from the wheel's position that has a slot of its own; a later deadline is placed again. */
const MAX_DISTANCE = 2 ** 32 - 1;
/** Longest delay, milliseconds. */
const MAX_DELAY_MS = 2 ** 31 - 1;
const NO_SLOT = -1;

/**
 * A timer that is its own list node. Owners that start many timers extend it and save the closure; all others use
 * {@link TimerWheel.add}. An entry is in one wheel at most.
 */
export abstract class WheelEntry implements Timer {
  /** Tick at which it is due. For the wheel alone, as are the fields below. */
  dueTick = 0;
  /** Slot that it is in, negative while it is not pending. */
  slot: number = NO_SLOT;
  before: WheelEntry | null = null;
  after: WheelEntry | null = null;
  wheel: TimerWheel | null = null;

  /** Called once, when the delay has passed. */
  abstract expire(): void;

  /** Takes the entry out of its wheel, in constant time; it may be scheduled again. */
  cancel(): void {
    this.wheel?.remove(this);
  }
}

/** What {@link TimerWheel.add} makes. */
class CallbackEntry extends WheelEntry {
  readonly #callback: () => void;

  constructor(callback: () => void) {
    super();
    this.#callback = callback;
  }

  override expire(): void {
    this.#callback();
  }
}

/**
 * Timers by the thousand at a constant cost each: a hierarchical hashed wheel with 1 ms ticks (Varghese & Lauck,
 * "Hashed and Hierarchical Timing Wheels", SOSP 1987, scheme 7).
 *
 * The owner brings the time: nothing happens between two calls of {@link advance}. A timer never fires early; it fires
 * in the first `advance` that comes 1 ms or more after its deadline, often in an earlier one.
 */
export class TimerWheel {
  readonly #heads: (WheelEntry | null)[] = new Array<WheelEntry | null>(SLOTS).fill(null);
  /** One bit a slot that is not empty, so that an idle stretch is skipped and not walked. */
  readonly #occupied = new Int32Array(SLOTS / 32);
  #count = 0;
  /** As told by the last `advance`. */
  #nowMs: number;
  /** Every entry that is due at this tick or before has fired. */
  #position: number;
  /** No slot needs work before this tick; infinite when none does. Cancelling leaves it too low, which is harmless. */
  #nextTick = Infinity;

  /** @param nowMs The present on the owner's monotonic clock, milliseconds, 0 or more. */
  constructor(nowMs: number) {
    this.#nowMs = nowMs;
    this.#position = Math.floor(nowMs);
  }

  /** The time of the last `advance`: what delays count from. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** Timers that are pending. */
  get size(): number {
    return this.#count;
  }

  /**
   * Calls back once, from the first `advance` after the delay. Callbacks may add and cancel any timer; what they add
   * never fires in the same `advance`.
   * @param delayMs From the time of the last `advance`: 0 to 2^31 - 1, clamped.
   */
  add(delayMs: number, callback: () => void): Timer {
    const entry = new CallbackEntry(callback);
    this.schedule(entry, delayMs);
    return entry;
  }

  /** As {@link add}, for an entry that brings its own callback. One that is pending is moved. */
  schedule(entry: WheelEntry, delayMs: number): void {
    this.remove(entry);
    const delay = Math.min(Math.max(delayMs, 0), MAX_DELAY_MS);
    // What is added now belongs to a later advance, so that a callback which re-arms itself cannot spin.
    entry.dueTick = Math.max(Math.ceil(this.#nowMs + delay), Math.floor(this.#nowMs) + 1);
    entry.wheel = this;
    this.#place(entry);
    this.#count++;
  }

  /** Takes an entry out, in constant time; nothing happens when it is not pending here. */
  remove(entry: WheelEntry): void {
    if (entry.slot === NO_SLOT || entry.wheel !== this) return;
    this.#unlink(entry);
    entry.wheel = null;
    this.#count--;
  }

  /**
   * Fires everything that is due.
   * @param nowMs The present; a value below the last one is ignored.
   */
  advance(nowMs: number): void {
    if (nowMs <= this.#nowMs) return;
    this.#nowMs = nowMs;
    const target = Math.floor(nowMs);
    while (this.#nextTick <= target) {
      this.#position = this.#nextTick;
      this.#cascade(this.#position);
      this.#fire(this.#position % 256);
      this.#nextTick = this.#findNextTick();
    }
    this.#position = target;
  }

  /**
   * How long the owner may sleep: whole milliseconds, rounded up, until the next timer may be due; -1 when there is
   * none. It may be too short (work inside the wheel, a cancelled timer), never too long.
   */
  nextDelayMs(nowMs: number): number {
    if (this.#count === 0) return -1;
    return Math.min(Math.max(Math.ceil(this.#nextTick - nowMs), 0), MAX_DELAY_MS);
  }

  /** Drops all timers without calling back. */
  clear(): void {
    for (let slot = 0; slot < SLOTS; slot++) {
      for (let entry = this.#heads[slot]; entry; entry = this.#heads[slot]) this.remove(entry);
    }
    this.#nextTick = Infinity;
  }

  #fire(slot: number): void {
    for (let entry = this.#heads[slot]; entry; entry = this.#heads[slot]) {
      this.remove(entry);
      entry.expire();
    }
  }

  /** Moves the entries of each level whose slot begins at this tick to where they now belong. */
  #cascade(tick: number): void {
    for (let level = 1; level < LEVELS; level++) {
      if ((tick >>> 0) % (LEVEL_SPAN[level] ?? 1) !== 0) return;
      const slot = slotOf(level, tick);
      for (let entry = this.#heads[slot]; entry; entry = this.#heads[slot]) {
        this.#unlink(entry);
        this.#place(entry);
      }
    }
  }

  #place(entry: WheelEntry): void {
    const distance = Math.min(entry.dueTick - this.#position, MAX_DISTANCE);
    const tick = this.#position + distance;
    let level = 0;
    while (level < LEVELS - 1 && distance >= (LEVEL_SPAN[level + 1] ?? 0)) level++;
    const slot = slotOf(level, tick);
    const head = this.#heads[slot] ?? null;
    entry.slot = slot;
    entry.before = null;
    entry.after = head;
    if (head) head.before = entry;
    this.#heads[slot] = entry;
    this.#occupied[slot >>> 5]! |= 1 << (slot & 31);
    const span = LEVEL_SPAN[level] ?? 1;
    this.#nextTick = Math.min(this.#nextTick, Math.floor(tick / span) * span);
  }

  #unlink(entry: WheelEntry): void {
    const { slot, before, after } = entry;
    if (before) before.after = after;
    else this.#heads[slot] = after;
    if (after) after.before = before;
    if (this.#heads[slot] === null) this.#occupied[slot >>> 5]! &= ~(1 << (slot & 31));
    entry.slot = NO_SLOT;
    entry.before = null;
    entry.after = null;
  }

  /** The first tick after the position at which a slot fires or cascades. */
  #findNextTick(): number {
    let next = Infinity;
    for (let level = 0; level < LEVELS; level++) {
      const span = LEVEL_SPAN[level] ?? 1;
      const steps = this.#stepsToOccupied(level, slotOf(level, this.#position) - (LEVEL_BASE[level] ?? 0));
      if (steps > 0) next = Math.min(next, (Math.floor(this.#position / span) + steps) * span);
    }
    return next;
  }

  /** Slots from `index` on to the next occupied one, going round: 1 to the size of the level, 0 when all are empty. */
  #stepsToOccupied(level: number, index: number): number {
    const size = LEVEL_SLOTS[level] ?? 0;
    const base = LEVEL_BASE[level] ?? 0;
    for (let steps = 1; steps <= size;) {
      const slot = base + ((index + steps) & (size - 1));
      const word = (this.#occupied[slot >>> 5] ?? 0) >>> (slot & 31);
      // The lowest bit set is how far the next slot of this word is; an empty rest of the word is skipped whole.
      if (word !== 0) return steps + 31 - Math.clz32(word & -word);
      steps += 32 - (slot & 31);
    }
    return 0;
  }
}

function slotOf(level: number, tick: number): number {
  const mask = (LEVEL_SLOTS[level] ?? 0) - 1;
  return (LEVEL_BASE[level] ?? 0) + (((tick >>> 0) >>> (LEVEL_SHIFT[level] ?? 0)) & mask);
}
