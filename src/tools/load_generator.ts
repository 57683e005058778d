import type { Engine, Timer } from "../engine/engine.ts";
import type { LoadPlan } from "./load_plan.ts";
import { LoadSlot, type SlotContext } from "./load_slot.ts";
import type { LoadProgress, LoadStats } from "./load_stats.ts";

/** Largest piece that is handed to an engine at once. */
const PIECE_BYTES = 64 * 1024;
/** Connections opened at once while warming up: more would overflow the target's queue. */
const WARM_UP_AT_ONCE = 64;
/** How often time-outs, rests and the end are looked at. */
const SWEEP_MS = 10;
/** Engines' timers are coarse. A start that is late by no more than this, with a slot free all along, is theirs. */
const TIMER_SLACK_MS = 5;

/**
 * Produces the load of a plan on an engine: opens the connections (keep-alive only), then starts requests in closed or
 * open loop, and calls `onDone` once each has come to its end.
 *
 * In open loop a request that finds every slot busy waits, and its response time counts from when it should have
 * started, so that a target that stalls cannot hide its stall by holding up the generator ("coordinated omission",
 * Gil Tene, "How NOT to Measure Latency"). A start that is only late because a timer was is not charged to the target.
 */
export class LoadGenerator implements SlotContext {
  readonly pieces: readonly Uint8Array[];
  readonly #slots: LoadSlot[];
  /** Slots without work, last in first out, so that few connections are used where few are needed. */
  readonly #free: LoadSlot[] = [];
  readonly #onDone: () => void;
  #warm = 0;
  #isRunning = false;
  #isDone = false;
  #startedAt = 0;
  #lastEndAt = 0;
  /** Requests that were started, or failed for want of a slot. */
  #started = 0;
  #sweepTimer: Timer | null = null;
  #paceTimer: Timer | null = null;

  constructor(
    readonly engine: Engine,
    readonly plan: LoadPlan,
    readonly stats: LoadStats,
    /** Milliseconds, monotonic, as fine as the machine can. */
    readonly now: () => number,
    onDone: () => void,
  ) {
    this.#onDone = onDone;
    this.pieces = cut(plan.data);
    const slots = plan.requests === 0 ? plan.concurrency : Math.min(plan.concurrency, plan.requests);
    this.#slots = Array.from({ length: slots }, () => new LoadSlot(this));
  }

  /** Counts so far. */
  get progress(): LoadProgress {
    return { elapsedMs: this.elapsedMs, completed: this.stats.completed, failed: this.stats.failed };
  }

  /** From the first request's start to now, or to the end of the last one. */
  get elapsedMs(): number {
    if (this.#isDone) return Math.max(0, this.#lastEndAt - this.#startedAt);
    return this.#isRunning ? this.now() - this.#startedAt : 0;
  }

  start(): void {
    this.#sweep();
    if (!this.plan.keepAlive) return this.#run();
    const now = this.now();
    for (const slot of this.#slots.slice(0, WARM_UP_AT_ONCE)) slot.warmUp(now);
  }

  /** Ends the run at once: what is under way is given up and counted nowhere. Twice is harmless. */
  stop(): void {
    if (this.#isDone) return;
    if (this.#isRunning) this.#lastEndAt = this.now();
    this.#finish();
  }

  onAnswer(now: number): void {
    this.stats.complete(now - this.#startedAt);
  }

  onFree(slot: LoadSlot, now: number): void {
    if (this.#isDone) return;
    if (!this.#isRunning) return this.#warmed(slot, now);
    this.#lastEndAt = now;
    // With no other slot free, what is due now had to wait for this one.
    if (!this.#give(slot, now, this.#free.length === 0)) this.#free.push(slot);
    this.#endIfIdle(now);
  }

  #warmed(slot: LoadSlot, now: number): void {
    this.#free.push(slot);
    this.#warm += 1;
    const next = this.#warm + WARM_UP_AT_ONCE - 1;
    if (this.#warm === this.#slots.length) this.#run();
    else this.#slots[next]?.warmUp(now);
  }

  #run(): void {
    if (!this.plan.keepAlive) this.#free.push(...this.#slots);
    this.#startedAt = this.now();
    this.#lastEndAt = this.#startedAt;
    this.#isRunning = true;
    this.#pace();
  }

  /** Starts the next request on the slot where one is due; `waited` where it found no slot before. */
  #give(slot: LoadSlot, now: number, waited: boolean): boolean {
    if (this.#isExhausted(now)) return false;
    let startAt = now;
    if (this.plan.ratePerS === 0) {
      if (slot.restUntil > now) return false;
    } else {
      const intended = this.#intendedStart();
      if (intended > now) return false;
      if (waited || now - intended > TIMER_SLACK_MS) startAt = intended;
    }
    this.#started += 1;
    slot.begin(startAt, now);
    return true;
  }

  /** When the next request should start, in open loop. */
  #intendedStart(): number {
    return this.#startedAt + (this.#started * 1000) / this.plan.ratePerS;
  }

  /** True when the plan allows no further start. */
  #isExhausted(now: number): boolean {
    const { requests, durationMs, ratePerS } = this.plan;
    if (requests > 0 && this.#started >= requests) return true;
    // In open loop all that was due before the end is still sent, however late.
    const at = ratePerS === 0 ? now : this.#intendedStart();
    return durationMs > 0 && at >= this.#startedAt + durationMs;
  }

  /** Gives work to free slots, and in open loop wakes up for the next start. */
  #pace(): void {
    this.#paceTimer = null;
    const now = this.now();
    for (let slot = this.#free.pop(); slot !== undefined; slot = this.#free.pop()) {
      if (!this.#give(slot, now, false)) {
        this.#free.push(slot);
        break;
      }
    }
    this.#endIfIdle(now);
    if (this.#isDone || this.plan.ratePerS === 0 || this.#isExhausted(now)) return;
    const delayMs = Math.max(1, Math.ceil(this.#intendedStart() - now));
    this.#paceTimer = this.engine.timer(delayMs, () => this.#pace());
  }

  #sweep(): void {
    const now = this.now();
    for (const slot of this.#slots) slot.checkTimeout(now);
    if (this.#isRunning) this.#dropOverdue(now);
    if (this.#isRunning && this.plan.ratePerS === 0) this.#pace();
    if (!this.#isDone) this.#sweepTimer = this.engine.timer(SWEEP_MS, () => this.#sweep());
  }

  /** Fails requests that waited for a slot for as long as they may take altogether. */
  #dropOverdue(now: number): void {
    const { ratePerS, timeoutMs } = this.plan;
    if (ratePerS === 0) return;
    while (!this.#isExhausted(now) && this.#intendedStart() + timeoutMs < now) {
      this.#started += 1;
      this.#lastEndAt = now;
      this.stats.fail({ kind: "not_sent", detail: `${timeoutMs} ms` });
    }
    this.#endIfIdle(now);
  }

  #endIfIdle(now: number): void {
    if (!this.#isDone && this.#free.length === this.#slots.length && this.#isExhausted(now)) this.#finish();
  }

  #finish(): void {
    this.#isDone = true;
    this.#sweepTimer?.cancel();
    this.#paceTimer?.cancel();
    for (const slot of this.#slots) slot.dispose();
    this.#onDone();
  }
}

function cut(data: Uint8Array): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < data.length; at += PIECE_BYTES) pieces.push(data.subarray(at, at + PIECE_BYTES));
  return pieces;
}
