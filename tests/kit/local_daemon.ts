import { type Clock, systemClock } from "../../src/base/clock.ts";
import { Daemon } from "../../src/control/daemon/daemon.ts";
import { readStatus, type Status } from "../../src/control/daemon/status.ts";
import { Resolver } from "../../src/control/dns/resolver.ts";
import { Board } from "../../src/model/board.ts";
import type { ConfigInput } from "../../src/model/config.ts";
import { parseConfig } from "./configs.ts";
import { eventually } from "./eventually.ts";
import { LogLines } from "./log_lines.ts";

const DNS = {
  servers: [],
  family: "both",
  minTtlMs: 1_000,
  maxTtlMs: 1_000,
  negativeTtlMs: 1_000,
  onFailure: "keep_last",
} as const;

/** The control side in this process, with real data threads, which can be made to crash. */
export class LocalDaemon implements AsyncDisposable {
  readonly log = new LogLines();
  readonly board = Board.allocate();
  readonly daemon: Daemon;

  private constructor(clock: Clock, worker: string) {
    this.daemon = new Daemon({
      clock,
      log: this.log.log,
      board: this.board,
      createResolver: (onChange) => new Resolver(systemClock, this.log.log, DNS, onChange),
      workerUrl: new URL(worker, import.meta.url).href,
      cores: 2,
      onAccess: () => {},
      onThreadGone: () => {},
    });
  }

  /**
   * Starts one, and waits until its config is in force.
   * @param worker Module of the data threads' entry, as seen from here.
   */
  static async start(
    config: ConfigInput,
    clock: Clock = systemClock,
    worker = "../../src/data/worker.ts",
  ): Promise<LocalDaemon> {
    const local = new LocalDaemon(clock, worker);
    await local.daemon.apply(parseConfig(config));
    return local;
  }

  /** What `/api/status` would tell. */
  get status(): Status {
    return readStatus(this.daemon, this.board);
  }

  /** The port of an app's first listener. */
  port(app = 0): number {
    const address = this.status.apps[app]?.listeners[0]?.address ?? "";
    return Number(address.slice(address.lastIndexOf(":") + 1));
  }

  /** Has the thread of that index crash. */
  crash(index: number): void {
    this.daemon.fleet.threads.find((thread) => thread.index === index)?.send({ type: "crash" });
  }

  /**
   * Waits until so many crashes were noticed.
   * @returns sessions that the last of them ended.
   */
  async crashed(times: number): Promise<number> {
    await eventually("the crash to be noticed", () => this.logged("data thread crashed").length === times);
    return Number(this.logged("data thread crashed")[times - 1]?.sessions_lost);
  }

  /** Log lines with this message. */
  logged(message: string): Readonly<Record<string, unknown>>[] {
    return this.log.lines.filter((line) => line.message === message);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.daemon.terminate();
  }
}
