import type { Clock } from "../../base/clock.ts";
import { NetError } from "../../base/errors.ts";
import { formatAddress, type SocketAddress } from "../../model/address.ts";
import { AcceptGate, type GateWord } from "../accept_gate.ts";
import type {
  AcceptHandler,
  Attempt,
  ConnectHandler,
  Connection,
  ConnectOptions,
  Engine,
  Listener,
  ListenOptions,
  Relay,
  RelayHandler,
  Timer,
} from "../engine.ts";
import { EpollAttempt } from "./attempt.ts";
import { EpollConnection } from "./connection.ts";
import { DescriptorLedger } from "./descriptor_ledger.ts";
import { epollEventLayout } from "./layout.ts";
import { openLibc } from "./libc.ts";
import { EpollListener } from "./listener.ts";
import { duplicate, ListeningSocket } from "./listening_socket.ts";
import type { MailboxShare } from "./mailbox.ts";
import { MailboxWaker } from "./mailbox_waker.ts";
import { refuseTls } from "./no_tls.ts";
import { Reactor } from "./reactor.ts";
import { EpollRelay } from "./relay.ts";
import { systemError } from "./system_error.ts";

/** What an epoll engine is made from. */
export interface EpollEngineOptions {
  /** For the pacing of failed accepts; the engine's own times are the monotonic clock's. */
  readonly clock: Pick<Clock, "wallTime">;
  /** Where failing accepts of the whole process are paced. */
  readonly gate: GateWord;
  /** Memory of the thread's {@link DescriptorLedger}; a private one where nobody would reclaim. */
  readonly ledger?: SharedArrayBuffer | undefined;
  /** Where {@link EpollEngine.run} takes messages from. */
  readonly mailbox?: MailboxShare | undefined;
}

/**
 * The engine for plain TCP on Linux: blocks its thread in `epoll_wait`, moves bytes by `recv`, `send` and `splice`
 * (man 7 epoll). Nothing that needs the event loop goes on in the thread while {@link run} runs; `postMessage` does
 * not need it.
 */
export class EpollEngine implements Engine {
  readonly name = "epoll";
  readonly #reactor: Reactor;
  readonly #gate: AcceptGate;
  readonly #mailbox: MailboxShare | undefined;
  #isShutDown = false;

  /** @throws {NetError} `other` where the engine does not work (see `selfTest`), `exhausted` without descriptors. */
  constructor(options: EpollEngineOptions) {
    const result = openLibc();
    const layout = epollEventLayout(Deno.build.arch);
    if (!result.ok) throw new NetError("other", `Cannot use the epoll engine: ${result.reason}`, "internal");
    if (layout === null) {
      throw new NetError(
        "other",
        `Cannot use the epoll engine: unknown machine ${Deno.build.arch}`,
        "internal",
      );
    }
    this.#reactor = new Reactor(result.libc, new DescriptorLedger(options.ledger), layout);
    this.#gate = new AcceptGate({
      words: options.gate.words,
      index: options.gate.index,
      clock: options.clock,
      timer: (delayMs, callback) => this.timer(delayMs, callback),
    });
    this.#mailbox = options.mailbox;
  }

  now(): number {
    return this.#reactor.nowMs;
  }

  /**
   * As the interface says. A given descriptor stays the caller's: the engine works on a duplicate.
   * @throws {NetError}
   */
  listen(address: SocketAddress, options: ListenOptions, handler: AcceptHandler): Listener {
    refuseTls(options.tls, `listen on ${formatAddress(address)}`);
    return new EpollListener(
      this.#reactor,
      this.#gate,
      this.#listeningDescriptor(address, options),
      options,
      handler,
    );
  }

  connect(address: SocketAddress, options: ConnectOptions, handler: ConnectHandler): Attempt {
    refuseTls(options.tls, `connect to ${formatAddress(address)}`);
    return new EpollAttempt(this.#reactor, address, options, handler);
  }

  /** @throws {TypeError} when a connection is not of this engine. */
  relay(client: Connection, target: Connection, handler: RelayHandler): Relay {
    if (!(client instanceof EpollConnection && target instanceof EpollConnection)) {
      throw new TypeError("Cannot relay a connection of another engine");
    }
    return new EpollRelay(this.#reactor, client, target, handler);
  }

  timer(delayMs: number, callback: () => void): Timer {
    return this.#reactor.wheel.add(this.#reactor.delayFromNow(delayMs), callback);
  }

  /**
   * Serves until {@link shutdown}, blocking the thread.
   * @param onMessage Called with each message of the mailbox.
   */
  run(onMessage: (text: string) => void): void {
    if (this.#mailbox !== undefined) new MailboxWaker(this.#reactor, this.#mailbox, onMessage);
    while (!this.#isShutDown) this.#reactor.turn(-1);
  }

  /**
   * Serves what is there, once: for threads that have an event loop to return to (tests and tools).
   * @param maxWaitMs Longest wait for something to do; 0 only looks.
   */
  turn(maxWaitMs: number): void {
    if (!this.#isShutDown) this.#reactor.turn(maxWaitMs);
  }

  get lingering(): number {
    return this.#reactor.lingering.count;
  }

  watchLingering(onChange: (change: 1 | -1) => void): void {
    this.#reactor.lingering.watch(onChange);
  }

  whenFlushed(callback: () => void): void {
    this.#reactor.lingering.whenNone(callback);
  }

  shutdown(): void {
    if (this.#isShutDown) return;
    this.#isShutDown = true;
    this.#gate.close();
    this.#reactor.shutdown();
  }

  #listeningDescriptor(address: SocketAddress, options: ListenOptions): number {
    const { descriptor } = options;
    if (descriptor === undefined) return ListeningSocket.open(address, options.backlog).descriptor;
    const copy = duplicate(this.#reactor.libc, descriptor);
    if (copy >= 0) return copy;
    throw systemError(`listen on ${formatAddress(address)}`, this.#reactor.libc.errno, "internal");
  }
}
