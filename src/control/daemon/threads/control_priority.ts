import type { Logger } from "../../../base/log.ts";
import { lowerPriority, priorityObstacle, threadNice } from "../../../engine/mod.ts";
import { type StartWorker, startWorkerHere } from "./start_worker.ts";
import { ThreadHost } from "./thread_host.ts";

/** The lowest priority that there is (man 7 sched). */
const MOST_NICE = 19;

/**
 * Keeps control from taking the data threads' time: its thread gets a lower priority than theirs. Nobody without a
 * privilege can raise one again, and new threads inherit it; so before control is lowered it starts a thread that is
 * not, which starts the data threads from then on.
 */
export class ControlPriority {
  readonly #usual = threadNice();
  #host: ThreadHost | null = null;

  constructor(private readonly log: Logger) {}

  /** Starts the workers of data threads, with the priority that the process was started with. */
  readonly startWorker: StartWorker = (order, handler) =>
    (this.#host?.start ?? startWorkerHere)(order, handler);

  /** Lowers the calling thread by so much, once it no longer keeps anybody waiting. @param nice 0 to 19. */
  lower(nice: number): void {
    const wanted = Math.min(MOST_NICE, this.#usual + nice);
    const now = threadNice();
    if (wanted < now) this.log.warn("nice_kept", { nice: now });
    if (wanted <= now) return;
    const obstacle = priorityObstacle();
    if (obstacle === null) this.#host ??= new ThreadHost();
    const failure = obstacle ?? lowerPriority(wanted);
    if (failure !== null) this.log.warn("nice_failed", { reason: failure });
  }

  /** Ends what it started. */
  close(): void {
    this.#host?.close();
  }
}
