import { DRAIN_BUSY_MS } from "../base/limits.ts";
import type { Random } from "../base/random.ts";
import type { Engine, Relay, Timer } from "../engine/engine.ts";
import type { CloseReason } from "../model/close_reason.ts";
import type { Policy } from "../model/snapshot.ts";

/** Why a {@link RelayTimeouts} ends a session. */
export type TimeUp = Extract<CloseReason, "idle_timeout" | "max_duration" | "drain">;

/** Told once when one of the times has come. */
export interface RelayTimeoutsOwner {
  onTimeUp(reason: TimeUp): void;
}

/** The times of a session that is or becomes a relay: idle, half-closed, longest duration, drain. One timer for all. */
export class RelayTimeouts {
  #relay: Relay | null = null;
  #timer: Timer | null = null;
  #halfClosedAt: number | null = null;
  /** Times at which a drain wants the session gone: from `soft` on when it is quiet, at `hard` in any case. */
  #drainSoftAt = Infinity;
  #drainHardAt = Infinity;
  #isOver = false;

  /** @param startedAt `engine.now()` when the session began. */
  constructor(
    private readonly context: { readonly engine: Engine; readonly random: Random },
    private readonly policy: Policy,
    private readonly startedAt: number,
    private readonly owner: RelayTimeoutsOwner,
  ) {}

  /** Bytes move from now on; before that the session is never idle. */
  begin(relay: Relay): void {
    this.#relay = relay;
    this.#look();
  }

  /** One side sent its FIN. */
  onHalfClose(): void {
    this.#halfClosedAt = this.context.engine.now();
    this.#look();
  }

  /**
   * Lets the session run on for the app's drain time-out at most. Quiet sessions end spread over that time, so that
   * their clients do not all come back at once. Only the first call counts.
   */
  drain(): void {
    if (this.#drainHardAt !== Infinity || this.#isOver) return;
    const { engine, random } = this.context;
    this.#drainHardAt = engine.now() + this.policy.drainTimeoutMs;
    this.#drainSoftAt = engine.now() + random() * this.policy.drainTimeoutMs;
    this.#look();
  }

  /** The session is over: nothing is told any more. */
  stop(): void {
    this.#isOver = true;
    this.#timer?.cancel();
  }

  /** Tells that one of the times has come, otherwise sets the timer for the next of them. */
  #look(): void {
    if (this.#isOver) return;
    const { engine } = this.context;
    const now = engine.now();
    const { maxConnectionDurationMs } = this.policy;
    const idleAt = this.#idleAt();
    const durationAt = maxConnectionDurationMs > 0 ? this.startedAt + maxConnectionDurationMs : Infinity;
    if (now >= idleAt) return this.#tell("idle_timeout");
    if (now >= durationAt) return this.#tell("max_duration");
    if (now >= this.#drainHardAt) return this.#tell("drain");
    if (now >= this.#drainSoftAt) {
      if (!this.#isBusy(now)) return this.#tell("drain");
      this.#drainSoftAt = now + DRAIN_BUSY_MS;
    }
    const next = Math.min(idleAt, durationAt, this.#drainSoftAt, this.#drainHardAt);
    this.#timer?.cancel();
    this.#timer = next === Infinity ? null : engine.timer(next - now, () => this.#look());
  }

  #tell(reason: TimeUp): void {
    this.stop();
    this.owner.onTimeUp(reason);
  }

  /** When the session has been quiet for too long. Connecting has a deadline of its own. */
  #idleAt(): number {
    const { idleTimeoutMs, halfCloseTimeoutMs } = this.policy;
    const quietMs = this.#halfClosedAt === null ? idleTimeoutMs : halfCloseTimeoutMs;
    if (this.#relay === null || quietMs === 0) return Infinity;
    // A client that asks late, after a long silence, still has the whole time for its answer.
    return Math.max(this.#relay.lastActivityAt, this.#halfClosedAt ?? -Infinity) + quietMs;
  }

  /** Whether the session is worth waiting for in a drain: it connects, or moved bytes a moment ago. */
  #isBusy(now: number): boolean {
    return this.#relay === null || now - this.#relay.lastActivityAt < DRAIN_BUSY_MS;
  }
}
