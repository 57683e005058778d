import type { BagMember } from "../../base/bag.ts";
import type { Clock } from "../../base/clock.ts";
import type { AcceptGate } from "../accept_gate.ts";
import type { Lingering } from "../lingering.ts";
import type { BufferPool } from "./buffer_pool.ts";
import type { ClockTimers } from "./clock_timers.ts";

/** What can be told to let go of its descriptors, without a callback. */
export interface Disposable extends BagMember {
  /** Frees everything at once; twice is harmless. */
  destroy(): void;
  /** Called about once a second while it lives. */
  tick(): void;
}

/** What the listeners, attempts, connections and relays of one engine share. */
export interface SharedParts {
  readonly clock: Clock;
  readonly timers: ClockTimers;
  readonly pool: BufferPool;
  readonly gate: AcceptGate;
  readonly lingeringParts: Lingering;
  /** Notes something that lives, for {@link Disposable.tick} and for shutdown. */
  register(part: Disposable): void;
  /** It is gone. */
  unregister(part: Disposable): void;
}
