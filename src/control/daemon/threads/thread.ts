import type { Clock } from "../../../base/clock.ts";
import { KILL_SETTLE_MS } from "../../../base/limits.ts";
import type { EngineName } from "../../../engine/engine.ts";
import type { Command, Init, Report } from "../../../model/messages.ts";
import { type StartedWorker, type StartWorker, startWorkerHere } from "./start_worker.ts";
import { openLink } from "./thread_link.ts";
import type { ThreadLink } from "./thread_link.ts";

/** Where a data thread is in its life. */
export type ThreadState = "starting" | "running" | "retiring" | "stopped" | "crashed";

/** Receives what a data thread reports. */
export interface ThreadHandler {
  onReport(report: Report, thread: Thread): void;
  /** It died by an uncaught exception; it is gone. */
  onCrash(message: string, thread: Thread): void;
}

/** What a data thread is started with. */
export interface ThreadOptions {
  /** Module of the thread's entry. */
  readonly workerUrl: string;
  /** Starts its worker; in this thread unless given. */
  readonly startWorker?: StartWorker | undefined;
  /** For logs and status: the lowest number that no other thread has. */
  readonly index: number;
  readonly engine: EngineName;
  readonly board: SharedArrayBuffer;
  /** Memory of tables that control makes. */
  readonly tables: SharedArrayBuffer;
  /** The thread's own counters. */
  readonly counters: Float64Array<SharedArrayBuffer>;
  /** What it does before it serves. */
  readonly warmUp?: Init["warmUp"];
  /** Number of the last change that control made to what threads are told. */
  stage(): number;
}

/** A data thread carries traffic and does nothing else; `epoll` calls the C library and reads `/proc/self/fd`. */
const PERMISSIONS: Readonly<Record<EngineName, Deno.PermissionOptionsObject>> = {
  deno: { net: "inherit" },
  epoll: { net: "inherit", ffi: "inherit", read: "inherit" },
};

/** One data thread, seen from control. */
export class Thread {
  state: ThreadState = "starting";
  /** Revision that the thread acknowledged last. */
  revision = 0;
  /** Number of the last change that it acknowledged. */
  stage = 0;
  readonly index: number;
  readonly engine: EngineName;
  readonly counters: Float64Array<SharedArrayBuffer>;
  /** Pings of the `Watchdog` that it has not answered: one may just be on its way. */
  unansweredPings = 0;
  /** It has not answered for long, so that it serves nobody. */
  isHanging = false;
  readonly #worker: StartedWorker;
  readonly #link: ThreadLink;
  readonly #handler: ThreadHandler;
  /** Numbers of the changes that it was told and has not acknowledged. */
  readonly #told: number[] = [];

  /** @throws {NetError} `exhausted` when there is no descriptor left for it. */
  constructor(private readonly options: ThreadOptions, handler: ThreadHandler) {
    const { index, engine, board, tables, counters, workerUrl, startWorker = startWorkerHere } = options;
    this.index = index;
    this.engine = engine;
    this.counters = counters;
    this.#link = openLink(engine);
    this.#handler = handler;
    this.#worker = startWorker({ url: workerUrl, name: `data-${index}`, permissions: PERMISSIONS[engine] }, {
      onReport: (report) => {
        // What comes of a thread that was given up is counted for nobody.
        if (this.#isOver) return;
        if (report.type === "crashed") return this.#crashed(report.error);
        if (report.type === "stopped") this.#finish("stopped");
        if (report.type === "applied") this.stage = this.#told.shift() ?? this.stage;
        handler.onReport(report, this);
      },
      onError: (message) => this.#crashed(message),
    });
    const init: Init = {
      type: "init",
      engine,
      board,
      tables,
      counters: counters.buffer,
      ...(options.warmUp === undefined ? {} : { warmUp: options.warmUp }),
      ...this.#link.share,
    };
    this.#worker.postMessage(init);
  }

  /** Sends a command; commands arrive in order. */
  send(command: Command): void {
    if (this.#isOver) return;
    // Those that are answered by `applied`.
    if (command.type === "apply" || command.type === "serve") this.#told.push(this.options.stage());
    this.#link.send(this.#worker, command);
  }

  /** Whether it has taken over some revision and hears: it serves its listeners. */
  get isServing(): boolean {
    return this.revision > 0 && !this.isHanging && (this.state === "starting" || this.state === "running");
  }

  /**
   * Ends a thread that does not hear; a moment later it is as if it had crashed. What it owned is reclaimed only then: until
   * the runtime has stopped it, it may still use its descriptors.
   */
  kill(reason: string, clock: Pick<Clock, "timer">): void {
    this.#worker.terminate();
    clock.timer(KILL_SETTLE_MS, () => this.#crashed(reason));
  }

  #crashed(message: string): void {
    if (this.#finish("crashed")) this.#handler.onCrash(message, this);
  }

  get #isOver(): boolean {
    return this.state === "stopped" || this.state === "crashed";
  }

  #finish(state: "stopped" | "crashed"): boolean {
    if (this.#isOver) return false;
    this.state = state;
    this.#worker.terminate();
    this.#link.close();
    return true;
  }
}
