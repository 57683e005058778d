import type { Clock } from "../../../base/clock.ts";
import type { Logger } from "../../../base/log.ts";
import type { EngineName } from "../../../engine/engine.ts";
import { Board, Counter } from "../../../model/board.ts";
import type { SessionAnswer, SessionQuery } from "../../../model/live_session.ts";
import type { Command, Init, ListenFailure, Report } from "../../../model/messages.ts";
import type { RehearseAnswer, RehearseQuery } from "../../../model/session_effect.ts";
import type { AppSnapshot } from "../../../model/snapshot.ts";
import type { WhyAnswer, WhyQuestion } from "../../../model/why.ts";
import type { CounterTotals } from "../../telemetry/counter_totals.ts";
import { descriptorLimit } from "../capacity/descriptor_limit.ts";
import { listeningSocketsBound } from "../capacity/listening_sockets_bound.ts";
import { ListeningSockets } from "./listening_sockets.ts";
import { Pool } from "./pool.ts";
import type { ThreadStatus } from "./pool.ts";
import { repairBoard } from "./repair_board.ts";
import { pollRehearsal, pollSessions, type RehearseResult, type SessionPollResult } from "./session_poll.ts";
import type { StartWorker } from "./start_worker.ts";
import type { Thread } from "./thread.ts";
import { ThreadIndexes } from "./thread_indexes.ts";
import { type PollResult, ThreadPolls } from "./thread_polls.ts";
import { Watchdog } from "./watchdog.ts";

/** Stands for control itself where threads are named: it opens the sockets of engines that adopt them. */
export const CONTROL_THREAD = -1;

/** Stands for what is known before a thread is asked: names that have no address, and addresses that two apps want. */
export const NAMES_THREAD = -2;

const ENGINES: readonly EngineName[] = ["epoll", "deno"];

/** What a fleet is made from. */
export interface FleetOptions {
  /** Module of the data threads' entry. */
  readonly workerUrl: string;
  /** As `ThreadOptions.startWorker`. */
  readonly startWorker?: StartWorker | undefined;
  readonly board: Board;
  /** Memory of tables that control makes. */
  readonly tables: SharedArrayBuffer;
  readonly totals: CounterTotals;
  readonly clock: Clock;
  readonly log: Logger;
  /** How long threads warm up that begin now, 0 for not at all. */
  warmUpMs(): number;
  /** Everything that is in force, for threads that begin. */
  current(): { readonly revision: number; readonly apps: Iterable<AppSnapshot> };
  onReport(report: Report, thread: Thread): void;
  /** All listeners that a thread, or {@link CONTROL_THREAD}, has not got. */
  onListenFailures(thread: number, failures: readonly ListenFailure[]): void;
  /** A thread stopped or crashed. */
  onGone(thread: Thread): void;
  /** Whether a thread has not got the listener of that key. */
  isUnbound(thread: number, listener: string): boolean;
  /** Slots of apps, those included whose last sessions still run. */
  appSlots(): ReadonlySet<number>;
}

/** How much of a listener is served. */
export interface ListenerService {
  /** Listening sockets that there should be: one a thread. */
  readonly wanted: number;
  /** Those that are open and that a thread accepts from. */
  readonly served: number;
}

/** Lists that apps share: most never change their engine. */
const ALONE: Readonly<Record<EngineName, readonly EngineName[]>> = { deno: ["deno"], epoll: ["epoll"] };

/** All data threads: one pool for each engine that an app needs, and the listening sockets that outlive threads. */
export class Fleet {
  readonly #pools = new Map<EngineName, Pool>();
  readonly #indexes = new ThreadIndexes();
  readonly #sockets: ListeningSockets;
  readonly #watchdog: Watchdog;
  readonly #sessionPolls: ThreadPolls<SessionAnswer>;
  readonly #rehearsals: ThreadPolls<RehearseAnswer>;
  readonly #whyPolls: ThreadPolls<WhyAnswer>;
  /** By app: the engines that carry it or carried it before, where sessions of it may still run. */
  readonly #engines = new Map<string, readonly EngineName[]>();
  #size = 0;
  #stage = 0;

  constructor(private readonly options: FleetOptions) {
    const pools = this.#pools;
    this.#sockets = new ListeningSockets(listeningSocketsBound(descriptorLimit()));
    this.#sessionPolls = new ThreadPolls(options.clock);
    this.#rehearsals = new ThreadPolls(options.clock);
    this.#whyPolls = new ThreadPolls(options.clock);
    this.#watchdog = new Watchdog(options.clock, options.log, {
      get threads(): readonly Thread[] {
        return [...pools.values()].flatMap((pool) => pool.threads);
      },
      onHangChange: (thread) => pools.get(thread.engine)?.onHangChange(thread),
    });
  }

  /** All threads, those that finish their sessions included. */
  get threads(): readonly Thread[] {
    return [...this.#pools.values()].flatMap((pool) => pool.threads);
  }

  /** Number of the last change that the threads were told: a rollout, or apps that were sent again. */
  get stage(): number {
    return this.#stage;
  }

  /** The oldest such change that some thread still works from; `Infinity` while there is no thread. */
  get oldestStage(): number {
    return Math.min(...this.threads.map((thread) => thread.stage));
  }

  /**
   * Brings the threads to what is in force now.
   * @param changed added and changed apps.
   * @param removed apps as they were before they were removed.
   * @param moved those of the changed that another engine carried before: it carries them on until {@link leave}.
   * @param size data threads of each engine that has an app.
   */
  rollOut(
    changed: readonly AppSnapshot[],
    removed: readonly AppSnapshot[],
    moved: readonly AppSnapshot[],
    size: number,
  ): void {
    this.#size = size;
    this.#stage++;
    const { revision } = this.options.current();
    this.#openSockets(removed);
    for (const engine of ENGINES) {
      const needed = this.#apps(engine).length > 0;
      if (needed) this.#ensurePool(engine);
      const pool = this.#pools.get(engine);
      const leaves = (app: AppSnapshot): boolean => app.engine !== engine && moved.includes(app);
      pool?.send({
        type: "apply",
        revision,
        isRollout: true,
        apps: changed.filter((app) => this.#concerns(app.name, engine) || app.engine === engine)
          .filter((app) => !leaves(app)),
        removed: removed.filter((app) => this.#concerns(app.name, engine)).map((app) => app.name),
      });
      if (needed) pool?.resize(size);
      else if (!moved.some(leaves)) pool?.resize(0);
    }
    for (const app of removed) this.#engines.delete(app.name);
    for (const app of changed) {
      const engines = this.#engines.get(app.name);
      if (engines === undefined) this.#engines.set(app.name, ALONE[app.engine]);
      else if (!engines.includes(app.engine)) this.#engines.set(app.name, [...engines, app.engine]);
    }
  }

  /**
   * Has the engines that carried apps before let go of their addresses; sessions go on there. Only after the engine that
   * carries them now has them, so that the addresses are served all the time.
   * @param moved as they are now.
   * @returns the threads that are told.
   */
  leave(moved: readonly AppSnapshot[]): readonly Thread[] {
    const { revision } = this.options.current();
    const told: Thread[] = [];
    this.#stage++;
    this.#openSockets([]);
    for (const [engine, pool] of this.#pools) {
      const apps = moved.filter((app) => app.engine !== engine && this.#concerns(app.name, engine));
      if (apps.length > 0) {
        told.push(...pool.threads);
        pool.send({ type: "apply", revision, isRollout: true, apps, removed: [] });
      }
      if (this.#apps(engine).length === 0) pool.resize(0);
    }
    return told;
  }

  /** Sends apps again as they are: their addresses changed, or their listeners are to be tried again. */
  resend(apps: readonly AppSnapshot[]): void {
    const { revision } = this.options.current();
    this.#openSockets([]);
    for (const [engine, pool] of this.#pools) {
      // Those that have none of the apps say that they know of no older ones, either.
      pool.send({ type: "apply", revision, apps: apps.filter((app) => app.engine === engine), removed: [] });
    }
  }

  /** Ends the sessions of targets, given by their slots, in the threads that have some. */
  closeSessions(slots: readonly number[]): void {
    for (const thread of this.threads) {
      const own = slots.filter((slot) => (thread.counters[Board.counter(slot, Counter.held)] ?? 0) > 0);
      if (own.length > 0) thread.send({ type: "target_down", slots: own });
    }
  }

  /** Asks every thread for its open sessions, those included that finish theirs. @param query what each is asked. */
  sessions(query: (thread: number) => Omit<SessionQuery, "number">): Promise<SessionPollResult> {
    return pollSessions(this.#sessionPolls, this.threads, query);
  }

  /** Asks every thread what a change would do to its sessions. */
  rehearse(query: Omit<RehearseQuery, "number">): Promise<RehearseResult> {
    return pollRehearsal(this.#rehearsals, this.threads, query);
  }

  /** Asks every thread why sessions went as they did. */
  why(question: WhyQuestion): Promise<PollResult<WhyAnswer>> {
    return this.#whyPolls.ask(this.threads.map((thread) => ({
      thread,
      command: (number) => ({ type: "why", query: { number, question } }),
    })));
  }

  /** Whether every thread has this revision. */
  acknowledged(revision: number): boolean {
    return [...this.#pools.values()].every((pool) => pool.acknowledged(revision));
  }

  /** Whether every thread that serves the app has the app's revision. */
  inForce(app: AppSnapshot): boolean {
    return this.#pools.get(app.engine)?.inForce(app.revision) ?? false;
  }

  /** How much of an app's listener is served. @param key of the listener. */
  serviceOf(app: AppSnapshot, key: string): ListenerService {
    const pool = this.#pools.get(app.engine);
    if (pool === undefined) return { wanted: this.#size, served: 0 };
    const { serving, missing, size } = pool;
    const accepts = serving.map((thread) => thread !== null && !this.options.isUnbound(thread.index, key));
    // Where threads bind by themselves each has a socket of its own.
    const seats = app.engine === "epoll" ? this.#sockets.seatsOf(key, missing) : [...accepts.keys()];
    const served = seats.filter((seat) => accepts[seat]).length;
    return { wanted: size, served: Math.min(served, size) };
  }

  /** Clients that wait to be accepted from an app's listener; null for engines whose threads bind by themselves. */
  queueOf(app: AppSnapshot, key: string): { readonly waiting: number; readonly limit: number } | null {
    return app.engine === "epoll" ? this.#sockets.queueOf(key) : null;
  }

  /** How often threads were replaced, by engine. */
  get restarts(): readonly { readonly engine: EngineName; readonly count: number }[] {
    return [...this.#pools.values()].map(({ engine, restarts }) => ({ engine, count: restarts }));
  }

  /** Ends all threads, after their sessions (`drain`) or at once (`stop`); resolves when the last is gone. */
  async stop(how: "drain" | "stop"): Promise<void> {
    if (how === "stop") this.#watchdog.close();
    // The threads hold the last descriptors of the sockets and accept their queues empty.
    this.#sockets.keepOnly(new Set());
    await Promise.all([...this.#pools.values()].map((pool) => pool.stop(how)));
    this.#watchdog.close();
  }

  /** All threads. */
  status(): ThreadStatus[] {
    return [...this.#pools.values()].flatMap((pool) => pool.status());
  }

  /** Whether threads of an engine know of the app: it is theirs, or was once. */
  #concerns(app: string, engine: EngineName): boolean {
    return this.#engines.get(app)?.includes(engine) ?? false;
  }

  #apps(engine: EngineName): AppSnapshot[] {
    return [...this.options.current().apps].filter((app) => app.engine === engine);
  }

  /** Has a socket for each address and thread, and none for addresses that are gone. */
  #openSockets(removed: readonly AppSnapshot[]): void {
    const apps = this.#apps("epoll");
    if (apps.length === 0 && removed.length === 0 && !this.#pools.has("epoll")) return;
    // A removed address is let go here first: the threads then hold its last descriptors, and empty its queue.
    this.#sockets.keepOnly(new Set(apps.flatMap((app) => app.listeners.map((listener) => listener.key))));
    this.options.onListenFailures(CONTROL_THREAD, this.#sockets.open(apps, this.#size));
  }

  #ensurePool(engine: EngineName): void {
    if (this.#pools.has(engine)) return;
    const { workerUrl, startWorker, board, tables, totals, clock, log } = this.options;
    const pool: Pool = new Pool({
      workerUrl,
      startWorker,
      engine,
      board,
      tables,
      totals,
      clock,
      log,
      indexes: this.#indexes,
      stage: () => this.#stage,
      fullState: () => ({
        type: "apply",
        revision: this.options.current().revision,
        apps: this.#apps(engine),
        removed: [],
      }),
      warmUp: (isReplacement) => this.#warmUp(engine, isReplacement),
      address: (command, seat) => engine === "epoll" ? this.#withSockets(command, seat, pool) : command,
      serve: (seat) => engine === "epoll" ? this.#serve(seat, pool) : null,
      onReport: (report, thread) => {
        this.#watchdog.heard(thread);
        if (report.type === "sessions") this.#sessionPolls.answered(report, thread);
        else if (report.type === "rehearsed") this.#rehearsals.answered(report, thread);
        else if (report.type === "why") this.#whyPolls.answered(report, thread);
        else this.options.onReport(report, thread);
      },
      onGone: (thread) => {
        const lost = repairBoard(
          board,
          thread.counters,
          this.options.appSlots(),
          this.options.totals.usedSlots,
        );
        totals.close(thread.counters);
        this.#sessionPolls.gone(thread);
        this.#rehearsals.gone(thread);
        this.#whyPolls.gone(thread);
        this.options.onGone(thread);
        return lost;
      },
    });
    this.#pools.set(engine, pool);
    this.#watchdog.start();
  }

  /** Nothing that is rolled out waits for it: only threads of the first config, and those that others stand in for, do it. */
  #warmUp(engine: EngineName, isReplacement: boolean): Init["warmUp"] {
    const ms = this.options.warmUpMs();
    if (ms === 0 || !isReplacement && this.#stage > 1) return undefined;
    const apps = this.#apps(engine);
    const samples = [apps.find((app) => app.http === null), apps.find((app) => app.http !== null)];
    return { ms, apps: samples.filter((app) => app !== undefined) };
  }

  #withSockets(command: Command, seat: number, pool: Pool): Command {
    if (command.type !== "apply") return command;
    const own = command.apps.filter((app) => app.engine === pool.engine);
    const keys = own.flatMap((app) => app.listeners.map((listener) => listener.key));
    // Who is told takes what belongs to its seat, also where others serve it until it has.
    const missing = pool.missing.with(seat, false);
    return { ...command, sockets: this.#sockets.descriptorsFor(keys, seat, missing) };
  }

  #serve(seat: number, pool: Pool): Command {
    const keys = this.#apps(pool.engine).flatMap((app) => app.listeners.map((listener) => listener.key));
    return { type: "serve", sockets: this.#sockets.descriptorsFor(keys, seat, pool.missing) };
  }
}
