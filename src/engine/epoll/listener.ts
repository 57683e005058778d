import { formatAddress, type SocketAddress } from "../../model/address.ts";
import type { NetErrorCode } from "../../base/errors.ts";
import type { ServerCertificate } from "../../model/http_policy.ts";
import type { AcceptGate } from "../accept_gate.ts";
import type { AcceptHandler, Listener, ListenOptions, ListenSettings, TcpOptions } from "../engine.ts";
import { EpollConnection } from "./connection.ts";
import { State } from "./connection_state.ts";
import { Epoll, Errno, Sock } from "./constants.ts";
import { DescriptorKind } from "./descriptor_ledger.ts";
import { decodeAddress, SOCKADDR_MAX_BYTES } from "./layout.ts";
import { NativeBuffer } from "./libc.ts";
import { applyListenSettings } from "./listen_settings.ts";
import { refuseTls } from "./no_tls.ts";
import { type DescriptorOwner, type Reactor, type Task, tooHigh } from "./reactor.ts";
import { localAddress } from "./socket.ts";
import { netErrorCode, systemError } from "./system_error.ts";

/** Connections accepted in one turn of a busy thread, before others are served. */
const ACCEPTS_PER_TURN = 64;
/** Events of a turn above which the thread counts as busy. */
const BUSY_EVENTS = 4;
/** A closing listener whose queue is never empty is closed after this, milliseconds, and after a whole queue of accepts. */
const MAX_DRAIN_MS = 1_000;
/** Errors of one queued connection that `accept` hands on (man 2 accept, "Error handling"). */
const ABORTED: ReadonlySet<number> = new Set([
  Errno.ECONNABORTED,
  Errno.ENETDOWN,
  Errno.EPROTO,
  Errno.ENOPROTOOPT,
  Errno.EHOSTDOWN,
  Errno.ENONET,
  Errno.EHOSTUNREACH,
  Errno.EOPNOTSUPP,
  Errno.ENETUNREACH,
]);
/** Errors of `accept` that are believed at once. */
const EXPECTED: ReadonlySet<number> = new Set([
  ...ABORTED,
  Errno.EINTR,
  Errno.EAGAIN,
  Errno.EMFILE,
  Errno.ENFILE,
  Errno.ENOBUFS,
  Errno.ENOMEM,
]);

/** Most listeners have the same: they share the text. */
let lastSettings = "";
const peer = new NativeBuffer(32);
const peerLength = new NativeBuffer(8);

/**
 * One listening socket. It is watched level-triggered: what is not accepted in this turn is told again in the next, so
 * no call is spent on finding the queue empty.
 */
export class EpollListener implements Listener, DescriptorOwner, Task {
  isQueued = false;
  readonly address: SocketAddress;
  readonly #reactor: Reactor;
  readonly #gate: AcceptGate;
  readonly #descriptor: number;
  readonly #handler: AcceptHandler;
  #tcp: TcpOptions;
  /** What the socket was brought to last, as text. */
  #settled: string;
  #isWatched = true;
  #isPaused = false;
  /** Accepting failed: waits for the gate. */
  #isHeldBack = false;
  #onClosed: (() => void) | null = null;
  #drainUntilMs = 0;
  /** Turns after which all that waited when the closing began is accepted. */
  #drainTurns: number;
  #isClosed = false;

  /**
   * @param descriptor A listening socket, owned by the listener from here on.
   * @throws {NetError} `exhausted` when the socket cannot be watched; it is closed then.
   */
  constructor(
    reactor: Reactor,
    gate: AcceptGate,
    descriptor: number,
    options: ListenOptions,
    handler: AcceptHandler,
  ) {
    this.#reactor = reactor;
    this.#gate = gate;
    this.#descriptor = descriptor;
    this.#handler = handler;
    this.#tcp = options.tcp;
    // The kernel queues one connection more than it is asked for.
    this.#drainTurns = Math.ceil((options.backlog + 1) / ACCEPTS_PER_TURN);
    const { libc } = reactor;
    this.address = localAddress(libc, descriptor);
    if (!reactor.own(descriptor, DescriptorKind.other, this)) throw tooHigh();
    // An adopted socket may still have what was configured when its last thread served it.
    applyListenSettings(libc, descriptor, options);
    this.#settled = settingsText(options);
    if (reactor.watch(descriptor, Epoll.IN)) return;
    const error = systemError(`listen on ${formatAddress(this.address)}`, libc.errno, "internal");
    reactor.close(descriptor);
    throw error;
  }

  pause(): void {
    if (this.#onClosed !== null) return;
    this.#isPaused = true;
    this.#update();
  }

  resume(): void {
    this.#isPaused = false;
    this.#update();
  }

  setCertificate(certificate: ServerCertificate | null): void {
    refuseTls(certificate, `show a certificate on ${formatAddress(this.address)}`);
  }

  setSettings(settings: ListenSettings): void {
    this.#tcp = settings.tcp;
    const text = settingsText(settings);
    // A dozen system calls, which most changes of an app have no use for.
    if (text === this.#settled) return;
    this.#settled = text;
    applyListenSettings(this.#reactor.libc, this.#descriptor, settings);
  }

  close(onClosed: () => void): void {
    if (this.#onClosed !== null || this.#isClosed) return;
    this.#onClosed = onClosed;
    this.#isPaused = false;
    this.#drainUntilMs = this.#reactor.nowMs + MAX_DRAIN_MS;
    this.#update();
    if (!this.#isHeldBack) this.#reactor.enqueue(this);
  }

  onEvents(): void {
    if (this.#isWatched) this.#accept(this.#reactor.eventCount > BUSY_EVENTS ? ACCEPTS_PER_TURN : 1);
  }

  /** Accepts the queue empty, while closing. */
  run(): void {
    if (this.#isClosed || this.#isHeldBack) return;
    const isEmpty = this.#accept(ACCEPTS_PER_TURN);
    if (this.#isClosed || this.#isHeldBack) return;
    const mayWait = --this.#drainTurns > 0 || this.#reactor.nowMs < this.#drainUntilMs;
    if (!isEmpty && mayWait) return this.#reactor.enqueue(this);
    const onClosed = this.#onClosed;
    this.dispose();
    onClosed?.();
  }

  dispose(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#gate.forget(this.#retry);
    // Control may hold another descriptor of this socket, and then closing ours alone would leave it in the set.
    this.#reactor.unwatch(this.#descriptor);
    this.#reactor.close(this.#descriptor);
  }

  /** True when the queue was found empty. */
  #accept(limit: number): boolean {
    for (let count = 0; count < limit; count++) {
      let descriptor = this.#acceptOne();
      // The runtime may have changed errno in between, see StreamIo.
      if (descriptor < 0 && !EXPECTED.has(this.#reactor.libc.errno)) descriptor = this.#acceptOne();
      if (descriptor < 0) {
        const errno = this.#reactor.libc.errno;
        if (errno === Errno.EAGAIN) return true;
        this.#acceptFailed(errno);
      } else {
        this.#gate.succeeded();
        this.#handOver(descriptor);
      }
      if (this.#isPaused || this.#isHeldBack || this.#isClosed) return false;
    }
    return false;
  }

  #acceptOne(): number {
    peerLength.words[0] = SOCKADDR_MAX_BYTES;
    const flags = Sock.NONBLOCK | Sock.CLOEXEC;
    return this.#reactor.libc.call.accept4(this.#descriptor, peer.pointer, peerLength.pointer, flags);
  }

  #handOver(descriptor: number): void {
    const { bytes } = peer;
    const word = peer.words[0] ?? 0;
    const isIPv4 = (word & 0xffff) === Sock.AF_INET;
    const address = isIPv4 ? bigEndian(peer.words[1] ?? 0) : decodeAddress(bytes);
    const port = bigEndian(word) & 0xffff;
    const connection = new EpollConnection(this.#reactor, descriptor, State.accepted, address, port);
    if (this.#reactor.own(descriptor, DescriptorKind.connection, connection)) {
      this.#reactor.lateOptions.add(descriptor, this.#tcp);
      this.#handler.onAccept(connection, this);
    } else {
      this.#holdBack("exhausted");
      this.#handler.onAcceptError(tooHigh(), this);
    }
  }

  #acceptFailed(errno: number): void {
    if (errno === Errno.EINTR) return;
    const isAborted = ABORTED.has(errno);
    const error = systemError(
      `accept on ${formatAddress(this.address)}`,
      isAborted ? Errno.ECONNABORTED : errno,
      isAborted ? "client" : "internal",
    );
    this.#holdBack(isAborted ? "aborted" : netErrorCode(errno));
    this.#handler.onAcceptError(error, this);
  }

  #holdBack(code: NetErrorCode): void {
    if (this.#gate.failed(code, this.#retry)) return;
    this.#isHeldBack = true;
    this.#update();
  }

  readonly #retry = (): void => {
    this.#isHeldBack = false;
    this.#update();
    if (this.#onClosed !== null) this.#reactor.enqueue(this);
  };

  #update(): void {
    const isWanted = !this.#isPaused && !this.#isHeldBack && this.#onClosed === null;
    if (isWanted === this.#isWatched || this.#isClosed) return;
    this.#isWatched = isWanted;
    this.#reactor.rewatch(this.#descriptor, isWanted ? Epoll.IN : 0);
  }
}

function bigEndian(word: number): number {
  return ((word & 0xff) << 24) | ((word & 0xff00) << 8) | ((word >> 8) & 0xff00) | (word >>> 24);
}

function settingsText({ backlog, tcp, deferAcceptS, fastOpenQueue }: ListenSettings): string {
  const text = JSON.stringify([backlog, tcp, deferAcceptS, fastOpenQueue]);
  if (text !== lastSettings) lastSettings = text;
  return lastSettings;
}
