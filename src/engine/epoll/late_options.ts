import type { TcpOptions } from "../engine.ts";
import type { TimerWheel } from "../timer_wheel.ts";
import type { Libc } from "./libc.ts";
import { applyLateOptions, hasLateOptions } from "./tcp_options.ts";

/** Connections get their late options when they are one to two times as old as this, milliseconds. */
const PERIOD_MS = 1_000;

/** What is needed of the reactor. */
interface Descriptors {
  readonly libc: Libc;
  readonly wheel: TimerWheel;
  /** Changes whenever the descriptor is closed. */
  generation(descriptor: number): number;
  /** Keep-alive was set otherwise meanwhile, and stays so. */
  isProbing(descriptor: number): boolean;
}

/** Connections in three columns. Numbers, so that those which end meanwhile are not kept in memory. */
class Waiting {
  readonly descriptors: number[] = [];
  readonly generations: number[] = [];
  readonly options: TcpOptions[] = [];
}

/**
 * Sets options that only matter to connections which last: keep-alive and `TCP_USER_TIMEOUT`. Most connections are
 * over before; for them five calls and a kernel timer are saved, on each side.
 */
export class LateOptions {
  readonly #table: Descriptors;
  /** Those of this period and of the one before. */
  #young = new Waiting();
  #old = new Waiting();
  #isRunning = false;

  constructor(table: Descriptors) {
    this.#table = table;
  }

  /** Has the options of a new connection set later, if it still exists then. */
  add(descriptor: number, options: TcpOptions): void {
    if (!hasLateOptions(options)) return;
    this.#young.descriptors.push(descriptor);
    this.#young.generations.push(this.#table.generation(descriptor));
    this.#young.options.push(options);
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#table.wheel.add(PERIOD_MS, this.#onPeriod);
  }

  readonly #onPeriod = (): void => {
    const due = this.#old;
    due.options.forEach((options, index) => {
      const descriptor = due.descriptors[index] ?? -1;
      if (this.#table.generation(descriptor) !== due.generations[index]) return;
      const isProbing = this.#table.isProbing(descriptor);
      applyLateOptions(this.#table.libc, descriptor, isProbing ? { ...options, keepAlive: null } : options);
    });
    this.#old = this.#young;
    this.#young = new Waiting();
    this.#isRunning = this.#old.options.length > 0;
    if (this.#isRunning) this.#table.wheel.add(PERIOD_MS, this.#onPeriod);
  };
}
