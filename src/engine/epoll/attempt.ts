import { NetError } from "../../base/errors.ts";
import { formatAddress, type SocketAddress } from "../../model/address.ts";
import type { Attempt, ConnectHandler, ConnectOptions, TcpOptions } from "../engine.ts";
import { WheelEntry } from "../timer_wheel.ts";
import { EpollConnection, READ_EVENTS } from "./connection.ts";
import { State } from "./connection_state.ts";
import { Epoll, Errno, Sock } from "./constants.ts";
import { DescriptorKind } from "./descriptor_ledger.ts";
import { encodeAddress, type EncodedAddress } from "./layout.ts";
import { type DescriptorOwner, type Reactor, type Task, tooHigh } from "./reactor.ts";
import { takeSocketError } from "./socket.ts";
import { systemError } from "./system_error.ts";
import { applyEarlyOptions } from "./tcp_options.ts";

const EVENTS = READ_EVENTS | Epoll.OUT;
/** How `connect` says that the answer is awaited; the last two when it is asked again. */
const UNDER_WAY: ReadonlySet<number> = new Set([Errno.EINPROGRESS, Errno.EALREADY, Errno.EISCONN]);
/** Failures of `connect` that are believed at once. */
const EXPECTED: ReadonlySet<number> = new Set([
  Errno.ECONNREFUSED,
  Errno.ENETUNREACH,
  Errno.EHOSTUNREACH,
  Errno.EADDRNOTAVAIL,
  Errno.ETIMEDOUT,
]);

/** Encoded once: snapshots keep their addresses, and every connection of a target uses the same few. */
const encoded = new WeakMap<SocketAddress, EncodedAddress>();

/**
 * One connection attempt. It is its own timer, and hands its descriptor, which stays in the epoll set as it is, to the
 * connection that comes out of it.
 */
export class EpollAttempt extends WheelEntry implements Attempt, DescriptorOwner, Task {
  isQueued = false;
  readonly startedAt: number;
  readonly #reactor: Reactor;
  readonly #handler: ConnectHandler;
  readonly #tcp: TcpOptions;
  #descriptor = -1;
  /** Why it failed before it was under way. */
  #error: NetError | null = null;
  #isOver = false;

  constructor(
    reactor: Reactor,
    readonly address: SocketAddress,
    options: ConnectOptions,
    handler: ConnectHandler,
  ) {
    super();
    this.startedAt = reactor.nowMs;
    this.#reactor = reactor;
    this.#handler = handler;
    this.#tcp = options.tcp;
    this.#error = this.#start(options);
    if (this.#error === null) reactor.wheel.schedule(this, reactor.delayFromNow(options.timeoutMs));
    else reactor.enqueue(this);
  }

  override cancel(): void {
    if (this.#isOver) return;
    this.#end();
  }

  override expire(): void {
    this.#fail(
      new NetError("timed_out", `Cannot connect to ${formatAddress(this.address)}: timed out`, "target"),
    );
  }

  onEvents(events: number): void {
    const { libc } = this.#reactor;
    if ((events & (Epoll.ERR | Epoll.HUP)) !== 0) {
      const errno = takeSocketError(libc, this.#descriptor);
      if (errno !== 0) return this.#fail(this.#systemError(errno));
    } else if ((events & Epoll.OUT) === 0) return;
    this.#isOver = true;
    super.cancel();
    const state = State.watched | State.watchedOut;
    const connection = new EpollConnection(this.#reactor, this.#descriptor, state, this.address, 0);
    connection.noteEvents(events);
    this.#reactor.handOver(this.#descriptor, connection);
    this.#reactor.lateOptions.add(this.#descriptor, this.#tcp);
    this.#handler.onOpen(connection, this);
  }

  run(): void {
    if (this.#error !== null && !this.#isOver) this.#fail(this.#error);
  }

  dispose(): void {
    this.cancel();
  }

  #start(options: ConnectOptions): NetError | null {
    let target = encoded.get(this.address);
    if (target === undefined) {
      target = encodeAddress(this.address);
      encoded.set(this.address, target);
    }
    const { libc } = this.#reactor;
    const type = Sock.STREAM | Sock.NONBLOCK | Sock.CLOEXEC;
    const descriptor = libc.call.socket(target.family, type, 0);
    if (descriptor < 0) return this.#systemError(libc.errno);
    if (!this.#reactor.own(descriptor, DescriptorKind.connection, this)) return tooHigh();
    this.#descriptor = descriptor;
    applyEarlyOptions(libc, descriptor, options.tcp);
    const errno = this.#connect(target);
    if (errno !== 0) return this.#systemError(errno);
    return this.#reactor.watch(descriptor, EVENTS) ? null : this.#systemError(libc.errno);
  }

  /** 0 when the connection is made or under way. */
  #connect(target: EncodedAddress): number {
    const { call } = this.#reactor.libc;
    for (let isAgain = false;; isAgain = true) {
      if (call.connect(this.#descriptor, target.buffer.pointer, target.length) === 0) return 0;
      const errno = this.#reactor.libc.errno;
      if (UNDER_WAY.has(errno)) return 0;
      if (isAgain || EXPECTED.has(errno)) return errno;
    }
  }

  #fail(error: NetError): void {
    this.#end();
    this.#handler.onFail(error, this);
  }

  #end(): void {
    this.#isOver = true;
    super.cancel();
    if (this.#descriptor >= 0) this.#reactor.close(this.#descriptor);
  }

  #systemError(errno: number): NetError {
    return systemError(`connect to ${formatAddress(this.address)}`, errno, "target");
  }
}
