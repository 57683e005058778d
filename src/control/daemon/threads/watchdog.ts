import type { Clock } from "../../../base/clock.ts";
import { HANG_KILL_PINGS, HANG_NOTICE_PINGS, PING_INTERVAL_MS } from "../../../base/limits.ts";
import type { Logger } from "../../../base/log.ts";
import type { Thread } from "./thread.ts";

/** What a {@link Watchdog} asks of its owner. */
export interface WatchdogOwner {
  /** Every data thread that there is. */
  readonly threads: readonly Thread[];
  /** `thread.isHanging` has changed. */
  onHangChange(thread: Thread): void;
}

/**
 * Finds data threads that do not hear any more, which no crash tells of: each is sent a ping now and then. One that missed
 * some is said to hang, and others take its listening sockets; one that goes on so is ended and replaced, with the sessions
 * that it carried, as if it had crashed. Pings are counted and not times, so that a process that was stopped as a whole
 * (SIGSTOP, a laptop that slept) finds nothing amiss when it goes on.
 */
export class Watchdog {
  #cancel: (() => void) | null = null;

  constructor(
    private readonly clock: Pick<Clock, "timer">,
    private readonly log: Pick<Logger, "error" | "info">,
    private readonly owner: WatchdogOwner,
  ) {}

  /** Begins to look; twice is harmless. */
  start(): void {
    this.#cancel ??= this.clock.timer(PING_INTERVAL_MS, () => {
      this.#cancel = null;
      this.#look();
      this.start();
    });
  }

  /** Looks no more. */
  close(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  /** The thread has answered. */
  heard(thread: Thread): void {
    thread.unansweredPings = 0;
    if (!thread.isHanging) return;
    thread.isHanging = false;
    this.log.info("thread_recovered", { thread: thread.index });
    this.owner.onHangChange(thread);
  }

  #look(): void {
    for (const thread of this.owner.threads) {
      // Starting takes as long as it takes on this machine.
      if (thread.state === "starting") continue;
      if (thread.unansweredPings >= HANG_KILL_PINGS) thread.kill("it hangs", this.clock);
      else this.#ping(thread);
    }
  }

  #ping(thread: Thread): void {
    if (thread.unansweredPings >= HANG_NOTICE_PINGS && !thread.isHanging) {
      thread.isHanging = true;
      this.log.error("thread_hangs", {
        thread: thread.index,
        silent_ms: thread.unansweredPings * PING_INTERVAL_MS,
      });
      this.owner.onHangChange(thread);
    }
    thread.unansweredPings++;
    thread.send({ type: "ping" });
  }
}
