import { BackOff } from "../../../base/back_off.ts";
import type { Clock } from "../../../base/clock.ts";
import { errorMessage } from "../../../base/errors.ts";
import { RESTART_DELAY_MAX_MS, RESTART_DELAY_MIN_MS, RESTART_STABLE_MS } from "../../../base/limits.ts";
import type { LogFields, Logger } from "../../../base/log.ts";
import type { EngineName } from "../../../engine/engine.ts";
import type { Board } from "../../../model/board.ts";
import type { Command, Init, Report } from "../../../model/messages.ts";
import type { CounterTotals } from "../../telemetry/counter_totals.ts";
import type { StartWorker } from "./start_worker.ts";
import { Thread } from "./thread.ts";
import type { ThreadIndexes } from "./thread_indexes.ts";

/** What a pool is made from. */
export interface PoolOptions {
  readonly workerUrl: string;
  /** As `ThreadOptions.startWorker`. */
  readonly startWorker?: StartWorker | undefined;
  readonly engine: EngineName;
  readonly board: Board;
  /** Memory of tables that control makes. */
  readonly tables: SharedArrayBuffer;
  readonly totals: CounterTotals;
  readonly clock: Clock;
  readonly log: Logger;
  readonly indexes: ThreadIndexes;
  /** As `ThreadOptions.stage`. */
  stage(): number;
  /** Everything that a thread must know from scratch, as a command. */
  fullState(): Command;
  /** How a thread that begins warms up. @param isReplacement others serve its sockets meanwhile. */
  warmUp(isReplacement: boolean): Init["warmUp"];
  /** A command as the thread in that seat (0, 1, ...) is to hear it. */
  address(command: Command, seat: number): Command;
  /** Has the thread in that seat serve the listening sockets that are its own now; null where threads bind by themselves. */
  serve(seat: number): Command | null;
  /** Reports other than those of the pool's own business (`ready`, `stopped`). */
  onReport(report: Report, thread: Thread): void;
  /** A thread stopped or crashed. @returns how many sessions it still carried. */
  onGone(thread: Thread): number;
}

/** One place of the pool: the thread that holds it and how often it had to be replaced. */
interface Seat {
  readonly index: number;
  thread: Thread | null;
  /** Its thread is gone or hangs, and its successor does not serve yet: others serve its listening sockets. */
  isMissing: boolean;
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
  /** How often in a row it was asked whether it hears, and did not answer; one may just be on its way. */
  readonly unanswered_pings: number;
}

/** The data threads of one engine: starts, replaces, retires and stops them. */
export class Pool {
  readonly #seats: Seat[] = [];
  readonly #retiring = new Set<Thread>();
  #size = 0;
  #stopping = false;
  #restarts = 0;
  #onStopped: (() => void) | null = null;

  constructor(private readonly options: PoolOptions) {}

  /** Engine of all its threads. */
  get engine(): EngineName {
    return this.options.engine;
  }

  /** How often a thread was replaced, or its start tried again. */
  get restarts(): number {
    return this.#restarts;
  }

  /** Threads that there should be. */
  get size(): number {
    return this.#size;
  }

  /** All threads, those that finish their sessions included. */
  get threads(): readonly Thread[] {
    return [...this.#seated, ...this.#retiring];
  }

  /** By seat: the thread that serves there, null where none does at present. */
  get serving(): readonly (Thread | null)[] {
    return Array.from({ length: this.#size }, (_, seat) => {
      const thread = this.#seats[seat]?.thread ?? null;
      return thread?.isServing === true ? thread : null;
    });
  }

  /** By seat: whether others have to serve its listening sockets. */
  get missing(): readonly boolean[] {
    return Array.from({ length: this.#size }, (_, seat) => this.#seats[seat]?.isMissing ?? false);
  }

  /** Whether every thread that hears has this revision. A pool that should have threads needs one at least. */
  acknowledged(revision: number): boolean {
    const hearing = this.#seated.filter((thread) => !thread.isHanging);
    return (hearing.length > 0 || this.#size === 0) && hearing.every((thread) => thread.revision >= revision);
  }

  /** As {@link acknowledged}, without the threads that are only beginning: those serve nobody yet. */
  inForce(revision: number): boolean {
    const serving = this.#seated.filter((thread) => thread.isServing);
    return serving.length > 0 && serving.every((thread) => thread.revision >= revision);
  }

  get #seated(): Thread[] {
    return this.#seats.flatMap((seat) => seat.thread ?? []);
  }

  /** A thread began or ceased to hang. */
  onHangChange(thread: Thread): void {
    const seat = this.#seats.find((one) => one.thread === thread);
    if (seat !== undefined) this.#setMissing(seat, thread.isHanging);
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
    while (this.#seats.length < count) this.#open();
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
      state: thread === null ? "crashed" : thread.isHanging ? "hanging" : thread.state,
      revision: thread?.revision ?? 0,
      restarts,
      unanswered_pings: thread?.unansweredPings ?? 0,
    }));
    const retiring = [...this.#retiring].map(({ index, state, isHanging, revision, unansweredPings }) => ({
      index,
      engine,
      state: isHanging ? "hanging" : state,
      revision,
      restarts: 0,
      unanswered_pings: unansweredPings,
    }));
    return [...seated, ...retiring];
  }

  #open(): void {
    const seat: Seat = {
      index: this.options.indexes.take(),
      thread: null,
      isMissing: false,
      restarts: 0,
      startedAt: 0,
      backOff: new BackOff(RESTART_DELAY_MIN_MS, RESTART_DELAY_MAX_MS),
      cancelRestart: null,
    };
    this.#seats.push(seat);
    this.#start(seat);
  }

  #start(seat: Seat): void {
    const { workerUrl, startWorker, engine, board, tables, clock, totals } = this.options;
    seat.startedAt = clock.now();
    seat.cancelRestart = null;
    const counters = totals.open();
    try {
      seat.thread = new Thread({
        workerUrl,
        startWorker,
        index: seat.index,
        engine,
        board: board.buffer,
        tables,
        counters,
        warmUp: this.options.warmUp(seat.isMissing && this.serving.some((thread) => thread !== null)),
        stage: () => this.options.stage(),
      }, {
        onReport: (report, thread) => this.#report(report, thread),
        onCrash: (message, thread) => this.#crashed(message, thread),
      });
    } catch (error) {
      // No descriptor was left for it, say: sooner or later there is one.
      const fields = { thread: seat.index, error: errorMessage(error) };
      totals.close(counters);
      return this.#restartLater(seat, "thread_start_failed", fields);
    }
    seat.thread.send(this.options.address(this.options.fullState(), this.#seats.indexOf(seat)));
  }

  #report(report: Report, thread: Thread): void {
    if (report.type === "ready" && thread.state === "starting") thread.state = "running";
    if (report.type === "applied") this.#served(thread);
    if (report.type !== "stopped") return this.options.onReport(report, thread);
    this.options.onGone(thread);
    this.options.log.info("thread_stopped", { thread: thread.index });
    this.#afterRetirement(thread);
  }

  /** What a successor took over is no longer for the others. */
  #served(thread: Thread): void {
    const seat = this.#seats.find((one) => one.thread === thread);
    if (seat?.isMissing === true && !thread.isHanging) this.#setMissing(seat, false);
  }

  #setMissing(missed: Seat, isMissing: boolean): void {
    missed.isMissing = isMissing;
    this.#seats.forEach(({ thread }, seat) => {
      const command = this.options.serve(seat);
      if (command !== null && thread?.isServing === true) thread.send(command);
    });
  }

  #retire(seat: Seat): void {
    seat.cancelRestart?.();
    if (seat.thread === null) return this.options.indexes.release(seat.index);
    seat.thread.state = "retiring";
    this.#retiring.add(seat.thread);
    seat.thread.send({ type: "retire" });
  }

  #afterRetirement(thread: Thread): void {
    this.#retiring.delete(thread);
    this.options.indexes.release(thread.index);
    if (this.#stopping) this.#checkStopped();
  }

  #checkStopped(): void {
    if (this.#retiring.size === 0) this.#onStopped?.();
  }

  #crashed(error: string, thread: Thread): void {
    const { log, onGone } = this.options;
    const fields = { thread: thread.index, error, sessions_lost: onGone(thread) };
    const seat = this.#seats.find((one) => one.thread === thread);
    if (seat === undefined) {
      log.error("thread_crashed_retiring", fields);
      return this.#afterRetirement(thread);
    }
    seat.thread = null;
    this.#setMissing(seat, true);
    this.#restartLater(seat, "thread_crashed", fields);
  }

  #restartLater(seat: Seat, event: "thread_crashed" | "thread_start_failed", fields: LogFields): void {
    const { clock, log } = this.options;
    seat.restarts++;
    this.#restarts++;
    if (clock.now() - seat.startedAt >= RESTART_STABLE_MS) seat.backOff.reset();
    const delayMs = seat.backOff.next();
    log.error(event, { ...fields, restart_ms: delayMs });
    seat.cancelRestart = clock.timer(delayMs, () => this.#start(seat));
  }
}
