import type { Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/log.ts";
import type { EngineName } from "../../engine/engine.ts";
import type { Board } from "../../model/board.ts";
import type { Command, ListenFailure, Report } from "../../model/messages.ts";
import type { AppSnapshot } from "../../model/snapshot.ts";
import { ListeningSockets } from "./listening_sockets.ts";
import { Pool } from "./pool.ts";
import type { ThreadStatus } from "./pool.ts";
import { repairBoard } from "./repair_board.ts";
import type { Thread } from "./thread.ts";
import { ThreadIndexes } from "./thread_indexes.ts";

/** Stands for control itself where threads are named: it opens the sockets of engines that adopt them. */
export const CONTROL_THREAD = -1;

const ENGINES: readonly EngineName[] = ["epoll", "deno"];

/** What a fleet is made from. */
export interface FleetOptions {
  /** Module of the data threads' entry. */
  readonly workerUrl: string;
  readonly board: Board;
  readonly clock: Clock;
  readonly log: Logger;
  /** Everything that is in force, for threads that begin. */
  current(): { readonly revision: number; readonly apps: Iterable<AppSnapshot> };
  onReport(report: Report, thread: Thread): void;
  /** All listeners that a thread, or {@link CONTROL_THREAD}, has not got. */
  onListenFailures(thread: number, failures: readonly ListenFailure[]): void;
  /** A thread stopped or crashed. */
  onGone(thread: Thread): void;
  /** Slots of apps, those included whose last sessions still run. */
  appSlots(): ReadonlySet<number>;
}

/** All data threads: one pool for each engine that an app needs, and the listening sockets that outlive threads. */
export class Fleet {
  readonly #pools = new Map<EngineName, Pool>();
  readonly #indexes = new ThreadIndexes();
  readonly #sockets = new ListeningSockets();
  #threads = 0;

  constructor(private readonly options: FleetOptions) {}

  /** Threads that take new connections. */
  get threads(): readonly Thread[] {
    return [...this.#pools.values()].flatMap((pool) => pool.threads);
  }

  /**
   * Brings the threads to what is in force now.
   * @param changed added and changed apps.
   * @param removed apps as they were before they were removed.
   * @param moved apps as they were before another engine got them: it carries them on until {@link leave}.
   * @param threads data threads of each engine that has an app.
   */
  rollOut(
    changed: readonly AppSnapshot[],
    removed: readonly AppSnapshot[],
    moved: readonly AppSnapshot[],
    threads: number,
  ): void {
    this.#threads = threads;
    const { revision } = this.options.current();
    this.#openSockets(removed);
    for (const engine of ENGINES) {
      const needed = this.#apps(engine).length > 0;
      if (needed) this.#ensurePool(engine);
      const pool = this.#pools.get(engine);
      pool?.send({
        type: "apply",
        revision,
        apps: changed.filter((app) => app.engine === engine),
        removed: removed.filter((app) => app.engine === engine).map((app) => app.name),
      });
      if (needed) pool?.resize(threads);
      else if (!moved.some((app) => app.engine === engine)) pool?.resize(0);
    }
  }

  /**
   * Takes apps away from the engine that carried them before. Only after the other one has them, so that their
   * addresses are served all the time.
   */
  leave(moved: readonly AppSnapshot[]): void {
    const { revision } = this.options.current();
    this.#openSockets([]);
    for (const app of moved) {
      const pool = this.#pools.get(app.engine);
      pool?.send({ type: "apply", revision, apps: [], removed: [app.name] });
      if (this.#apps(app.engine).length === 0) pool?.resize(0);
    }
  }

  /** Sends apps again as they are: their addresses changed, or their listeners are to be tried again. */
  resend(apps: readonly AppSnapshot[]): void {
    const { revision } = this.options.current();
    this.#openSockets([]);
    for (const [engine, pool] of this.#pools) {
      const own = apps.filter((app) => app.engine === engine);
      if (own.length > 0) pool.send({ type: "apply", revision, apps: own, removed: [] });
    }
  }

  /** Whether every thread has this revision. */
  acknowledged(revision: number): boolean {
    return [...this.#pools.values()].every((pool) => pool.acknowledged(revision));
  }

  /** Whether every thread that serves the app has the app's revision. */
  inForce(app: AppSnapshot): boolean {
    return this.#pools.get(app.engine)?.inForce(app.revision) ?? false;
  }

  /** Ends all threads, after their sessions (`drain`) or at once (`stop`); resolves when the last is gone. */
  async stop(how: "drain" | "stop"): Promise<void> {
    // The threads hold the last descriptors of the sockets and accept their queues empty.
    this.#sockets.keepOnly(new Set());
    await Promise.all([...this.#pools.values()].map((pool) => pool.stop(how)));
  }

  /** All threads. */
  status(): ThreadStatus[] {
    return [...this.#pools.values()].flatMap((pool) => pool.status());
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
    this.options.onListenFailures(CONTROL_THREAD, this.#sockets.open(apps, this.#threads));
  }

  #ensurePool(engine: EngineName): void {
    if (this.#pools.has(engine)) return;
    const { workerUrl, board, clock, log } = this.options;
    const pool = new Pool({
      workerUrl,
      engine,
      board,
      clock,
      log,
      indexes: this.#indexes,
      fullState: () => ({
        type: "apply",
        revision: this.options.current().revision,
        apps: this.#apps(engine),
        removed: [],
      }),
      address: (command, seat) => engine === "epoll" ? this.#withSockets(command, seat) : command,
      onReport: (report, thread) => this.options.onReport(report, thread),
      onGone: (thread) => {
        const lost = repairBoard(board, thread.index, this.options.appSlots());
        this.options.onGone(thread);
        return lost;
      },
    });
    this.#pools.set(engine, pool);
  }

  #withSockets(command: Command, seat: number): Command {
    if (command.type !== "apply") return command;
    const keys = command.apps.flatMap((app) => app.listeners.map((listener) => listener.key));
    return { ...command, sockets: this.#sockets.descriptorsFor(keys, seat) };
  }
}
