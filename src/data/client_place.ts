import { Counter, PROCESS_SLOT } from "../model/board.ts";
import type { CloseReason } from "../model/close_reason.ts";
import { HISTOGRAMS } from "../model/histograms.ts";
import { LIMIT_NAMES, type LimitName } from "../model/limit_name.ts";
import type { Admission, ClientShare } from "../model/limit_table.ts";
import type { Counters } from "./counters.ts";

/**
 * What one client's connection holds on the board from accept to its end: a place of the process, and once it is admitted
 * one of its app and one of its listener; with limits for each client also a share of what that one may have. The slots are those of the accept: apps are renamed and ports change hands while a
 * connection is open, and what was entered is what has to be left.
 */
export class ClientPlace {
  #isAdmitted = false;
  #share: ClientShare | null = null;
  #hasLeft = false;

  /** Counts a client that was accepted. */
  constructor(
    private readonly counters: Counters,
    private readonly appSlot: number,
    private readonly listenerSlot: number,
  ) {
    counters.enter(PROCESS_SLOT, 0);
    counters.add(appSlot, Counter.connections, 1);
    counters.add(listenerSlot, Counter.connections, 1);
  }

  /** Whether {@link admit} succeeded. */
  get isAdmitted(): boolean {
    return this.#isAdmitted;
  }

  /**
   * Takes what the app's limits gave the client, and counts what they say. Once, before {@link admit}.
   * @returns whether they let it through.
   */
  pass({ limit, isRefused, share }: Admission): boolean {
    this.#share = share;
    if (limit !== null) this.#exceeded(limit, isRefused ? Counter.limitRefused : Counter.limitExceeded);
    return !isRefused;
  }

  /**
   * Takes one of the app's places. Once.
   * @param limit most clients of the app over all threads, 0 for any number.
   * @returns false when the app has all that it may have.
   */
  admit(limit: number): boolean {
    this.#isAdmitted = this.counters.enter(this.appSlot, limit);
    if (this.#isAdmitted) this.counters.enter(this.listenerSlot, 0);
    else this.#exceeded("max_connections", Counter.limitRefused);
    return this.#isAdmitted;
  }

  /**
   * The connection has ended: gives everything back. Only the first call counts.
   * @param durationMs how long it was.
   */
  leave(reason: CloseReason, durationMs: number): void {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    this.counters.ended(this.appSlot, reason);
    this.counters.took(this.appSlot, HISTOGRAMS.connection, durationMs);
    if (this.#isAdmitted) {
      this.counters.leave(this.appSlot);
      this.counters.leave(this.listenerSlot);
    }
    if (this.#share !== null) this.#share.table.leave(this.#share);
    this.counters.leave(PROCESS_SLOT);
  }

  /** @param counters the first of those of all limits. */
  #exceeded(limit: LimitName, counters: number): void {
    this.counters.add(this.appSlot, counters + LIMIT_NAMES.indexOf(limit), 1);
  }
}
