import { NetError } from "../base/errors.ts";
import type { Attempt, ConnectHandler, Connection, ConnectOptions, Engine, Timer } from "../engine/engine.ts";
import type { SocketAddress } from "../model/address.ts";
import { turnedAddress } from "./turned_address.ts";

/** Receives the outcome of a {@link Connector}; exactly one of the two, unless it was cancelled. */
export interface ConnectorHandler {
  /** @param attempt that it came of. */
  onConnected(connection: Connection, attempt: Attempt): void;
  /** Every address failed; the error of the last. */
  onConnectFailed(error: NetError): void;
  /** An attempt is over without a connection: why it failed, null where it was given up. Called before either, or neither. */
  onAttemptLost(attempt: Attempt, error: string | null): void;
}

/**
 * Connects to one target: its addresses in order, from another one at each turn, each a head start after the one before, the next at once when one
 * fails; the first to open wins (RFC 8305 "Happy Eyeballs", section 5). One time-out is for all addresses together.
 */
export class Connector implements ConnectHandler {
  #next = 0;
  #deadlineAt = 0;
  readonly #headStartMs: number;
  readonly #running: Attempt[] = [];
  #headStart: Timer | null = null;
  #over = false;

  constructor(
    private readonly engine: Engine,
    private readonly addresses: readonly SocketAddress[],
    private readonly options: ConnectOptions,
    raceDelayMs: number,
    private readonly handler: ConnectorHandler,
    /** Which of the addresses comes first, see {@link turnedAddress}. */
    private readonly turn = 0,
  ) {
    // Every address gets its turn, also where the time is short.
    this.#headStartMs = Math.min(raceDelayMs, options.timeoutMs / addresses.length);
  }

  /** Where it began to connect last, undefined before. */
  get lastAddress(): SocketAddress | undefined {
    return this.#next === 0 ? undefined : turnedAddress(this.addresses, this.turn, this.#next - 1);
  }

  /** Starts with the first address. Once. */
  start(): void {
    this.#deadlineAt = this.engine.now() + this.options.timeoutMs;
    this.#startNext();
  }

  /** Attempts under way. */
  get running(): readonly Attempt[] {
    return this.#running;
  }

  /** Gives up; of the attempts under way the handler still hears. @param error why they fail, null where they do not. */
  cancel(error: string | null = null): void {
    this.#over = true;
    this.#headStart?.cancel();
    for (const attempt of this.#running) {
      attempt.cancel();
      this.handler.onAttemptLost(attempt, error);
    }
    this.#running.length = 0;
  }

  onOpen(connection: Connection, attempt: Attempt): void {
    this.#forget(attempt);
    this.cancel();
    this.handler.onConnected(connection, attempt);
  }

  onFail(error: NetError, attempt: Attempt): void {
    this.#forget(attempt);
    if (this.#over) return;
    this.handler.onAttemptLost(attempt, error.reason);
    const isTimeLeft = this.engine.now() < this.#deadlineAt;
    // A failure of our own (no descriptors, not permitted) is the same for every address.
    if (error.retryable && isTimeLeft && this.#next < this.addresses.length) {
      this.#startNext();
    } else if (this.#running.length === 0 || !error.retryable) {
      this.cancel();
      this.handler.onConnectFailed(error);
    }
  }

  #startNext(): void {
    this.#headStart?.cancel();
    this.#headStart = null;
    const address = turnedAddress(this.addresses, this.turn, this.#next++);
    if (address === undefined) return;
    const timeoutMs = Math.max(1, this.#deadlineAt - this.engine.now());
    this.#running.push(this.engine.connect(address, { ...this.options, timeoutMs }, this));
    if (this.#next < this.addresses.length) {
      this.#headStart = this.engine.timer(this.#headStartMs, () => this.#startNext());
    }
  }

  #forget(attempt: Attempt): void {
    const at = this.#running.indexOf(attempt);
    if (at >= 0) this.#running.splice(at, 1);
  }
}
