import type { ErrorSide } from "../../base/errors.ts";
import { formatIPv4 } from "../../base/ip_text.ts";
import { formatAddress, type SocketAddress } from "../../model/address.ts";
import type { Connection, ConnectionHandler } from "../engine.ts";
import { Backlog } from "./backlog.ts";
import { State } from "./connection_state.ts";
import { Epoll, Errno, Sock } from "./constants.ts";
import type { Pipe } from "./pipe_pool.ts";
import type { DescriptorOwner, Reactor, Task } from "./reactor.ts";
import { localAddress, takeSocketError, unsentBytes } from "./socket.ts";
import { RECEIVE_BYTES, WOULD_BLOCK } from "./stream_io.ts";
import { systemError } from "./system_error.ts";
import { applyProbing } from "./tcp_options.ts";

/** `write` gives false while more than this waits, bytes. */
export const HIGH_WATER_BYTES = 65_536;
/** Receives of one connection before others are served. */
const ROUNDS_PER_TURN = 16;
/** A peer that takes none of what was written before `close()` for this long, or twice as long, is given up. */
const LINGER_STALL_MS = 30_000;
/** Receives whose bytes are thrown away at `close()`; see there. */
const DISCARD_ROUNDS = 4;

/** What takes over a connection's events: a relay. */
export interface ConnectionDriver {
  onEvents(connection: EpollConnection, events: number): void;
  /** A turn that the connection was queued for. */
  onTurn(connection: EpollConnection): void;
}

/** What a proxy between told of the addresses. */
class ToldAddresses {
  constructor(readonly remote: SocketAddress, readonly local: SocketAddress) {}
}

/**
 * One socket. Idle ones are many, so it holds few fields and nothing that it does not need now.
 *
 * What waits to be sent belongs to the connection that it goes to: first the {@link backlog}, then the {@link pipe}.
 */
export class EpollConnection implements Connection, DescriptorOwner, Task {
  isQueued = false;
  handler: ConnectionHandler | null = null;
  driver: ConnectionDriver | null = null;
  /** Bits of {@link State}. */
  state: number;
  /** Error number that the connection failed with, 0 while it did not. */
  failure = 0;
  backlog: Backlog | null = null;
  pipe: Pipe | null = null;
  /** The peer's address, or for an accepted IPv4 peer its number: decoded only when somebody asks. */
  #peer: SocketAddress | number | ToldAddresses;
  readonly #peerPort: number;
  /** Given back and not yet received again. */
  #unread: Uint8Array | null = null;

  /** @param state What is true from the start: `accepted`, `watched`, `watchedOut`, `readable`. */
  constructor(
    readonly reactor: Reactor,
    readonly descriptor: number,
    state: number,
    peer: SocketAddress | number,
    peerPort: number,
  ) {
    this.state = state | State.paused;
    this.#peer = peer;
    this.#peerPort = peerPort;
  }

  get remote(): SocketAddress {
    const peer = this.#peer;
    if (typeof peer === "number") return { ip: formatIPv4(peer), port: this.#peerPort };
    return peer instanceof ToldAddresses ? peer.remote : peer;
  }

  get local(): SocketAddress {
    if (this.#peer instanceof ToldAddresses) return this.#peer.local;
    return localAddress(this.reactor.libc, this.isClosed ? -1 : this.descriptor);
  }

  /** Whose fault a failure is. */
  get side(): ErrorSide {
    return (this.state & State.accepted) !== 0 ? "client" : "target";
  }

  get isProbing(): boolean {
    return (this.state & State.probing) !== 0;
  }

  get isClosed(): boolean {
    return (this.state & State.closed) !== 0;
  }

  write(bytes: Uint8Array): boolean {
    const refused = State.closed | State.closing | State.finWanted;
    if ((this.state & refused) !== 0 || this.failure !== 0) return true;
    let sent = 0;
    if (this.backlog === null) {
      sent = this.reactor.io.send(this.descriptor, bytes as Uint8Array<ArrayBuffer>);
      if (sent === bytes.length) return true;
      if (sent < 0 && sent !== WOULD_BLOCK) {
        this.#sendFailed(-sent);
        return true;
      }
      this.backlog = new Backlog();
      this.block();
    }
    this.backlog.push(bytes.subarray(Math.max(sent, 0)));
    if (this.backlog.bytes <= HIGH_WATER_BYTES) return true;
    this.state |= State.drainWanted;
    return false;
  }

  pause(): void {
    this.state |= State.paused;
  }

  resume(): void {
    this.state &= ~State.paused;
    if (this.isClosed) return;
    this.watch();
    if ((this.state & (State.readable | State.ended)) !== 0 || this.failure !== 0) this.reactor.enqueue(this);
  }

  unread(bytes: Uint8Array): void {
    if (this.isClosed) return;
    // Received again, it is found again.
    if ((this.state & State.ended) !== 0) this.state = this.state & ~State.ended | State.atFin;
    this.state |= State.readable;
    if (bytes.length === 0) return;
    this.#unread = bytes.slice();
    this.state |= State.unread;
  }

  /** This engine has none. */
  startTls(): void {}

  setAddresses(remote: SocketAddress, local: SocketAddress): void {
    this.#peer = new ToldAddresses(remote, local);
  }

  probePeer(): void {
    if (this.isClosed) return;
    this.state |= State.probing;
    applyProbing(this.reactor.libc, this.descriptor);
  }

  end(): void {
    if ((this.state & (State.finWanted | State.closing | State.closed)) !== 0) return;
    this.state |= State.finWanted;
    if (this.backlog === null) this.#sendFin();
  }

  close(): void {
    if ((this.state & (State.closing | State.closed)) !== 0) return;
    this.handler = null;
    if (this.backlog === null || this.failure !== 0) return this.closeGently();
    this.state |= State.closing;
    this.reactor.lingering.begin();
    this.#lingerOn(Infinity);
  }

  reset(): void {
    this.handler = null;
    if (!this.isClosed) this.closeHard();
  }

  onEvents(events: number): void {
    if (this.driver !== null) return this.driver.onEvents(this, events);
    const wasBlocked = this.noteEvents(events);
    if (wasBlocked && this.backlog !== null) this.#flush();
    if ((this.state & State.closing) === 0) this.#deliver();
  }

  run(): void {
    if (this.isClosed) return;
    if (this.driver !== null) return this.driver.onTurn(this);
    this.#deliver();
  }

  dispose(): void {
    if (!this.isClosed) this.closeSoft();
  }

  /** Takes over the events' bits. True when the socket was blocked and no longer is. */
  noteEvents(events: number): boolean {
    if ((events & Epoll.PRI) !== 0) this.state |= State.urgent;
    if ((events & HANG_UP) !== 0) this.#noteHangUp(events);
    else if ((events & Epoll.IN) !== 0) this.state |= State.readable;
    // After the end nothing is received that would bring the error up.
    if ((events & Epoll.ERR) !== 0 && (this.state & State.ended) !== 0 && this.failure === 0) {
      this.failure = takeSocketError(this.reactor.libc, this.descriptor);
    }
    if ((events & (Epoll.OUT | Epoll.HUP | Epoll.ERR)) === 0 || (this.state & State.blocked) === 0) {
      return false;
    }
    this.state &= ~State.blocked;
    return true;
  }

  /**
   * Receives into the shared buffer; 0 at the peer's FIN. One that did not fill the buffer took all there was. The next
   * bytes are told, and a FIN was, so that the next call is saved in either case.
   */
  receive(): number {
    if ((this.state & (State.atFin | State.unread)) !== 0) return this.#receiveAgain();
    const count = this.reactor.io.receive(this.descriptor);
    if (count <= 0 || count === RECEIVE_BYTES) return count;
    if ((this.state & State.hungUp) === 0) this.state &= ~State.readable;
    else if ((this.state & (State.finTold | State.urgent)) === State.finTold) this.state |= State.atFin;
    return count;
  }

  /** Adds the socket to the epoll set, once. Writing is watched only when it is first needed: most never need it. */
  watch(): void {
    if ((this.state & State.watched) !== 0) return;
    this.state |= State.watched;
    if (!this.reactor.watch(this.descriptor, READ_EVENTS)) this.#unwatchable();
  }

  /** The socket took less than it was given: waits for the edge. */
  block(): void {
    this.state |= State.blocked;
    if ((this.state & State.watchedOut) !== 0) return;
    const isWatched = (this.state & State.watched) !== 0;
    this.state |= State.watched | State.watchedOut;
    const events = READ_EVENTS | Epoll.OUT;
    const isDone = isWatched
      ? this.reactor.rewatch(this.descriptor, events)
      : this.reactor.watch(this.descriptor, events);
    if (!isDone) this.#unwatchable();
  }

  /** Closes at once. With bytes unread the kernel makes it an RST. */
  closeSoft(): void {
    this.#releaseBuffers();
    this.reactor.close(this.descriptor);
  }

  /** Closes at once by an RST. */
  closeHard(): void {
    this.#releaseBuffers();
    this.reactor.reset(this.descriptor);
  }

  /**
   * Closes at once by a FIN, throwing away what was received: unread bytes would turn the close into an RST. A peer that
   * goes on sending gets that in the end, but it has read the FIN before.
   */
  closeGently(): void {
    if ((this.state & (State.ended | State.atFin)) !== 0) return this.closeSoft();
    this.reactor.libc.call.shutdown(this.descriptor, Sock.SHUT_WR);
    for (let round = 0; round < DISCARD_ROUNDS; round++) {
      if (this.reactor.io.receive(this.descriptor) <= 0) break;
    }
    this.closeSoft();
  }

  /** Drops what waits to be sent. */
  dropOutput(): void {
    this.backlog = null;
    if (this.pipe !== null) this.reactor.pipes.release(this.pipe);
    this.pipe = null;
  }

  /** What was given back, or else the end. */
  #receiveAgain(): number {
    const bytes = this.#unread;
    if (bytes === null) return 0;
    const count = Math.min(bytes.length, RECEIVE_BYTES);
    this.reactor.io.received.set(bytes.subarray(0, count));
    this.#unread = count < bytes.length ? bytes.subarray(count) : null;
    if (this.#unread === null) this.state &= ~State.unread;
    return count;
  }

  #releaseBuffers(): void {
    if ((this.state & State.closing) !== 0) this.reactor.lingering.end();
    this.state |= State.closed;
    this.driver = null;
    this.dropOutput();
  }

  #noteHangUp(events: number): void {
    this.state |= State.readable | State.hungUp;
    if ((events & Epoll.ERR) !== 0) this.state &= ~(State.finTold | State.atFin);
    else if ((events & Epoll.RDHUP) !== 0) this.state |= State.finTold;
  }

  #unwatchable(): void {
    this.failure ||= Errno.ENOSPC;
    this.state |= State.ended;
    this.reactor.enqueue(this);
  }

  #deliver(): void {
    const relevant = State.readable | State.ended | State.paused | State.closing | State.closed;
    for (let round = 0; round < ROUNDS_PER_TURN; round++) {
      if ((this.state & State.ended) !== 0 || this.#isLostClient) return this.#finishIfOver();
      if ((this.state & relevant) !== State.readable || this.driver !== null) return;
      const count = this.receive();
      if (count > 0) {
        this.handler?.onData(this.reactor.io.received.subarray(0, count));
      } else if (count === WOULD_BLOCK) {
        this.state &= ~State.readable;
      } else {
        this.state |= State.ended;
        if (count < 0) this.failure ||= -count;
        if (this.failure === 0) this.handler?.onEnd();
      }
    }
    this.reactor.enqueue(this);
  }

  /**
   * A client that nothing can be sent to, while nothing is wanted from it: whoever paused it may wait for `onDrain`. What
   * a target sent before it went away may still be wanted, so that a paused one is not given up.
   */
  get #isLostClient(): boolean {
    return this.failure !== 0 && (this.state & PAUSED_CLIENT) === PAUSED_CLIENT;
  }

  /** After the end of what is received. */
  #finishIfOver(): void {
    if (this.isClosed || this.driver !== null) return;
    const hasFailed = this.failure !== 0;
    const isDone = (this.state & State.finSent) !== 0 ||
      (this.state & State.closing) !== 0 && this.backlog === null;
    if (!hasFailed && !isDone) return;
    this.closeSoft();
    this.handler?.onClose(
      hasFailed ? systemError(`go on with ${formatAddress(this.remote)}`, this.failure, this.side) : null,
    );
  }

  #flush(): void {
    const backlog = this.backlog;
    if (backlog === null) return;
    const moved = backlog.flush(this.reactor.io, this.descriptor);
    if (moved < 0 && moved !== WOULD_BLOCK) return this.#sendFailed(-moved);
    if (backlog.bytes > 0) return this.block();
    this.backlog = null;
    if ((this.state & State.closing) !== 0) return this.closeGently();
    if ((this.state & State.finWanted) !== 0) this.#sendFin();
    if ((this.state & State.drainWanted) === 0) return;
    this.state &= ~State.drainWanted;
    this.handler?.onDrain();
  }

  /**
   * A peer that takes nothing must not hold the descriptor for ever, and nobody else knows of it any more. What it has
   * acknowledged counts, not what the socket took: the kernel's buffer holds megabytes, and asks for more only when a
   * third of it is free.
   * @param leftBefore bytes that were still to be taken a while ago.
   */
  #lingerOn(leftBefore: number): void {
    if (this.isClosed) return;
    const left = (this.backlog?.bytes ?? 0) + unsentBytes(this.reactor.libc, this.descriptor);
    if (left >= leftBefore) return this.closeHard();
    this.reactor.wheel.add(LINGER_STALL_MS, () => this.#lingerOn(left));
  }

  #sendFin(): void {
    this.state |= State.finSent;
    // When both directions ended the close sends the FIN.
    if ((this.state & State.ended) !== 0) this.reactor.enqueue(this);
    else this.reactor.libc.call.shutdown(this.descriptor, Sock.SHUT_WR);
  }

  /** What the peer sent before it went away is still delivered; then comes `onClose`. */
  #sendFailed(errno: number): void {
    this.failure = errno;
    this.state |= State.readable;
    this.dropOutput();
    if ((this.state & State.closing) !== 0) this.closeSoft();
    else this.reactor.enqueue(this);
  }
}

const PAUSED_CLIENT = State.accepted | State.paused;
const HANG_UP = Epoll.RDHUP | Epoll.HUP | Epoll.ERR;
/** What a connection is watched for from the start. */
export const READ_EVENTS = Epoll.IN | Epoll.PRI | Epoll.RDHUP | Epoll.ET;
