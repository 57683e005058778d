import { BackOff } from "../../base/back_off.ts";
import type { Clock } from "../../base/clock.ts";
import { errorMessage } from "../../base/errors.ts";
import { RESTART_DELAY_MAX_MS, RESTART_DELAY_MIN_MS, RESTART_STABLE_MS } from "../../base/limits.ts";
import type { LogFields, Logger } from "../../base/log.ts";
import type { EngineName } from "../../engine/engine.ts";
import type { Board } from "../../model/board.ts";
import type { Command, Report } from "../../model/messages.ts";
import { Thread } from "./thread.ts";
import type { ThreadIndexes } from "./thread_indexes.ts";

/** What a pool is made from. */
export interface PoolOptions {
  readonly workerUrl: string;
  readonly engine: EngineName;
  readonly board: Board;
  readonly clock: Clock;
  readonly log: Logger;
  readonly indexes: ThreadIndexes;
  /** Everything that a thread must know from scratch, as a command. */
  fullState(): Command;
  /** A command as the thread in that seat (0, 1, ...) is to hear it. */
  address(command: Command, seat: number): Command;
  /** Reports other than those of the pool's own business (`ready`, `stopped`). */
  onReport(report: Report, thread: Thread): void;
  /** A thread stopped or crashed. @returns how many sessions it still carried. */
  onGone(thread: Thread): number;
}

/** One place of the pool: the thread that holds it and how often it had to be replaced. */
interface Seat {
  readonly index: number;
  thread: Thread | null;
  restarts: number;
  startedAt: number;
  readonly backOff: BackOff;
  cancelRestart: (() => void) | null;
}

/** What status shows of a thread. */
export interface ThreadStatus {
  readonly index: number;
  readonly engine: EngineName;
  readonly state: string;
  readonly revision: number;
  readonly restarts: number;
}

/** The data threads of one engine: starts, replaces, retires and stops them. */
export class Pool {
  readonly #seats: Seat[] = [];
  readonly #retiring = new Set<Thread>();
  #size = 0;
  #stopping = false;
  #onStopped: (() => void) | null = null;

  constructor(private readonly options: PoolOptions) {}

  /** Threads that take new connections. */
  get threads(): readonly Thread[] {
    return this.#seats.flatMap((seat) => seat.thread ?? []);
  }

  /** Whether every thread has this revision. A pool that should have threads needs one at least. */
  acknowledged(revision: number): boolean {
    const { threads } = this;
    return (threads.length > 0 || this.#size === 0) && threads.every((thread) => thread.revision >= revision);
  }

  /** As {@link acknowledged}, without the threads that are only beginning: those serve nobody yet. */
  inForce(revision: number): boolean {
    const serving = this.threads.filter((thread) => thread.revision > 0);
    return serving.length > 0 && serving.every((thread) => thread.revision >= revision);
  }

  /** Sessions go on in retired threads, which is why these are told of changes too. */
  send(command: Command): void {
    this.#seats.forEach((seat, position) => seat.thread?.send(this.options.address(command, position)));
    for (const thread of this.#retiring) thread.send(command);
  }

  /**
   * Starts or retires threads until there are `count`. Retired ones close their listeners and finish their sessions.
   * Those that stay are told everything again, since seats and what goes with them may have moved.
   */
  resize(count: number): void {
    this.#size = count;
    if (this.#stopping || this.#seats.length === count) return;
    const staying = Math.min(count, this.#seats.length);
    const leaving = this.#seats.splice(staying);
    for (let position = 0; position < staying; position++) {
      this.#seats[position]?.thread?.send(this.options.address(this.options.fullState(), position));
    }
    for (const seat of leaving) this.#retire(seat);
    while (this.#seats.length < count && this.#open());
  }

  /** Ends all threads, after their sessions (`drain`) or at once (`stop`); resolves when the last is gone. */
  stop(how: "drain" | "stop"): Promise<void> {
    this.#stopping = true;
    for (const seat of this.#seats.splice(0)) {
      seat.cancelRestart?.();
      if (seat.thread === null) this.options.indexes.release(seat.index);
      else this.#retiring.add(seat.thread);
    }
    for (const thread of this.#retiring) {
      thread.state = "retiring";
      thread.send({ type: how });
    }
    return new Promise((resolve) => {
      this.#onStopped = resolve;
      this.#checkStopped();
    });
  }

  /** All threads, retiring ones last. */
  status(): ThreadStatus[] {
    const { engine } = this.options;
    const seated = this.#seats.map(({ index, thread, restarts }) => ({
      index,
      engine,
      state: thread?.state ?? "crashed",
      revision: thread?.revision ?? 0,
      restarts,
    }));
    const retiring = [...this.#retiring].map(({ index, state, revision }) => (
      { index, engine, state, revision, restarts: 0 }
    ));
    return [...seated, ...retiring];
  }

  /** Adds a thread; false while the board has no row for one: retiring threads give theirs back when they stop. */
  #open(): boolean {
    const index = this.options.indexes.take();
    if (index === undefined) return false;
    const backOff = new BackOff(RESTART_DELAY_MIN_MS, RESTART_DELAY_MAX_MS);
    const seat: Seat = { index, thread: null, restarts: 0, startedAt: 0, backOff, cancelRestart: null };
    this.#seats.push(seat);
    this.#start(seat);
    return true;
  }

  #start(seat: Seat): void {
    const { workerUrl, engine, board, clock } = this.options;
    seat.startedAt = clock.now();
    seat.cancelRestart = null;
    try {
      seat.thread = new Thread({ workerUrl, index: seat.index, engine, board: board.buffer }, {
        onReport: (report, thread) => this.#report(report, thread),
        onCrash: (message, thread) => this.#crashed(message, thread),
      });
    } catch (error) {
      // No descriptor was left for it, say: sooner or later there is one.
      const fields = { thread: seat.index, error: errorMessage(error) };
      return this.#restartLater(seat, "data thread cannot be started", fields);
    }
    seat.thread.send(this.options.address(this.options.fullState(), this.#seats.indexOf(seat)));
  }

  #report(report: Report, thread: Thread): void {
    if (report.type === "ready" && thread.state === "starting") thread.state = "running";
    if (report.type !== "stopped") return this.options.onReport(report, thread);
    this.options.onGone(thread);
    this.options.log.info("data thread stopped", { thread: thread.index });
    this.#afterRetirement(thread);
  }

  #retire(seat: Seat): void {
    seat.cancelRestart?.();
    if (seat.thread === null) return this.options.indexes.release(seat.index);
    seat.thread.state = "retiring";
    this.#retiring.add(seat.thread);
    seat.thread.send({ type: "retire" });
  }

  /** Its row of the board may be what another thread waits for. */
  #afterRetirement(thread: Thread): void {
    this.#retiring.delete(thread);
    this.options.indexes.release(thread.index);
    if (this.#stopping) this.#checkStopped();
    else this.resize(this.#size);
  }

  #checkStopped(): void {
    if (this.#retiring.size === 0) this.#onStopped?.();
  }

  #crashed(error: string, thread: Thread): void {
    const { log, onGone } = this.options;
    const fields = { thread: thread.index, error, sessions_lost: onGone(thread) };
    const seat = this.#seats.find((one) => one.thread === thread);
    if (seat === undefined) {
      log.error("retiring data thread crashed", fields);
      return this.#afterRetirement(thread);
    }
    seat.thread = null;
    this.#restartLater(seat, "data thread crashed", fields);
  }

  #restartLater(seat: Seat, message: string, fields: LogFields): void {
    const { clock, log } = this.options;
    seat.restarts++;
    if (clock.now() - seat.startedAt >= RESTART_STABLE_MS) seat.backOff.reset();
    const delayMs = seat.backOff.next();
    log.error(message, { ...fields, restart_ms: delayMs });
    seat.cancelRestart = clock.timer(delayMs, () => this.#start(seat));
  }
}
