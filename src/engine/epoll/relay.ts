import type { Relay, RelayEnd, RelayHandler, Side } from "../engine.ts";
import { Backlog } from "./backlog.ts";
import type { ConnectionDriver, EpollConnection } from "./connection.ts";
import { State } from "./connection_state.ts";
import { Epoll, Sock } from "./constants.ts";
import type { Reactor } from "./reactor.ts";
import { unsentBytes } from "./socket.ts";
import { WOULD_BLOCK } from "./stream_io.ts";

/** Moves of one direction before others are served. */
const ROUNDS_PER_TURN = 2;
/** A receive of this many bytes or more makes the direction a bulk one, a turn with less ends that. */
const BULK_BYTES = 32_768;
/** What a turn has moved that only found the end. */
const END_ALONE = 1;
/** What was given back is in no socket, to be spliced from. */
const BULK_OR_UNREAD = State.bulk | State.unread;
/** How often it is looked whether the bytes before an RST have left, milliseconds. */
const UNSENT_CHECK_MS = 10;
/** How long the side that is left may take nothing of what the failed side sent, milliseconds. */
const STALL_LIMIT_MS = 3_000;

/**
 * A TCP session: two sockets and what goes between them.
 *
 * A direction goes from a source to a sink. Nothing is received from a source while bytes wait for its sink, so a
 * direction holds one receive buffer or one pipe at most. Small messages are copied through the shared receive buffer,
 * bulk data is spliced through a pipe. Only what a socket did not take is kept, with the sink.
 */
export class EpollRelay implements Relay, ConnectionDriver {
  bytesFromClient = 0;
  bytesFromTarget = 0;
  firstByteAt = 0;
  firstEnded: Side | null = null;
  lastActivityAt: number;
  #isOver = false;
  /** One side has failed: what it sent is still passed on, but not for ever. */
  #isDoomed = false;
  readonly #reactor: Reactor;
  readonly #client: EpollConnection;
  readonly #target: EpollConnection;
  readonly #handler: RelayHandler;

  constructor(reactor: Reactor, client: EpollConnection, target: EpollConnection, handler: RelayHandler) {
    this.#reactor = reactor;
    this.#client = client;
    this.#target = target;
    this.#handler = handler;
    this.lastActivityAt = reactor.nowMs;
    client.handler = null;
    target.handler = null;
    client.driver = this;
    target.driver = this;
    client.watch();
    target.watch();
    // Most clients speak first, and have by now: trying costs less than waiting for the event.
    client.state |= State.readable;
    reactor.enqueue(client);
    reactor.enqueue(target);
  }

  stop(how: "close" | "reset"): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const connection of [this.#client, this.#target]) {
      if (connection.isClosed) continue;
      if (how === "reset") connection.closeHard();
      else connection.closeGently();
    }
  }

  onEvents(connection: EpollConnection, events: number): void {
    const other = this.#other(connection);
    const wasBlocked = connection.noteEvents(events);
    if (other.isClosed) {
      if ((events & (Epoll.HUP | Epoll.ERR)) !== 0) this.#afterFailure(connection);
      return;
    }
    this.#pump(connection, other);
    if (wasBlocked && !this.#isOver) this.#pump(other, connection);
    if ((events & Epoll.ERR) !== 0) this.#doom(connection);
  }

  onTurn(connection: EpollConnection): void {
    const other = this.#other(connection);
    if (!other.isClosed) this.#pump(connection, other);
  }

  #sideOf(connection: EpollConnection): Side {
    return connection === this.#client ? "client" : "target";
  }

  #other(connection: EpollConnection): EpollConnection {
    return connection === this.#client ? this.#target : this.#client;
  }

  /** Moves what there is in one direction, within the turn's share. */
  #pump(source: EpollConnection, sink: EpollConnection): void {
    let moved = 0;
    for (let round = 0; round < ROUNDS_PER_TURN; round++) {
      if ((sink.backlog !== null || sink.pipe !== null) && !this.#flush(source, sink)) return;
      if ((source.state & State.ended) !== 0) {
        // A peer that has all it wanted often closes right after: then both ends are closed at once, without a FIN of
        // its own for each.
        return moved > END_ALONE ? this.#reactor.enqueue(source) : this.#settle(source, sink);
      }
      if ((source.state & State.readable) === 0 || sink.failure !== 0) return;
      const count = (source.state & BULK_OR_UNREAD) === State.bulk
        ? this.#splice(source, sink, moved)
        : this.#copy(source, sink);
      if (count === 0) return;
      moved += count;
    }
    this.#reactor.enqueue(source);
  }

  /** Bytes received, or 0 when the direction has to wait. Reaching the end counts as one byte: the pump goes on. */
  #copy(source: EpollConnection, sink: EpollConnection): number {
    const { io } = this.#reactor;
    const count = source.receive();
    if (count <= 0) return this.#nothingReceived(source, count);
    if (count >= BULK_BYTES) source.state |= State.bulk;
    this.#noteReceived(source);
    const sent = io.sendReceived(sink.descriptor, count);
    if (sent === count) {
      this.#count(source, count);
      return count;
    }
    if (sent < 0 && sent !== WOULD_BLOCK) return this.#sendFailed(sink, -sent);
    const taken = Math.max(sent, 0);
    this.#count(source, taken);
    sink.backlog = new Backlog();
    sink.backlog.push(io.received.subarray(taken, count));
    sink.block();
    return 0;
  }

  /** As {@link #copy}, without the bytes leaving the kernel. */
  #splice(source: EpollConnection, sink: EpollConnection, movedBefore: number): number {
    const { io, pipes } = this.#reactor;
    const pipe = sink.pipe ??= pipes.take();
    if (pipe === null) {
      source.state &= ~State.bulk;
      return 1;
    }
    const count = io.spliceIn(source.descriptor, pipe);
    if (count > 0) {
      this.#noteReceived(source);
      const sent = io.spliceOut(pipe, sink.descriptor);
      if (sent < 0 && sent !== WOULD_BLOCK) return this.#sendFailed(sink, -sent);
      this.#count(source, Math.max(sent, 0));
      if (sent !== WOULD_BLOCK) return count;
      sink.block();
      return 0;
    }
    // An idle connection keeps no pipe.
    sink.dropOutput();
    if (count === WOULD_BLOCK && movedBefore < BULK_BYTES) source.state &= ~State.bulk;
    return this.#nothingReceived(source, count);
  }

  #nothingReceived(source: EpollConnection, result: number): number {
    if (result === WOULD_BLOCK) {
      source.state &= ~State.readable;
      return 0;
    }
    source.state |= State.ended;
    this.firstEnded ??= this.#sideOf(source);
    if (result < 0) {
      source.failure ||= -result;
      source.dropOutput();
    }
    return 1;
  }

  /** Sends what waits for a sink. False when something is left. */
  #flush(source: EpollConnection, sink: EpollConnection): boolean {
    if ((sink.state & State.blocked) !== 0) return false;
    const { io } = this.#reactor;
    while (sink.backlog !== null || (sink.pipe !== null && sink.pipe.held > 0)) {
      const sent: number = sink.backlog !== null
        ? sink.backlog.flush(io, sink.descriptor)
        : sink.pipe !== null
        ? io.spliceOut(sink.pipe, sink.descriptor)
        : 0;
      if (sent === WOULD_BLOCK) {
        sink.block();
        return false;
      }
      if (sent < 0) {
        this.#sendFailed(sink, -sent);
        return false;
      }
      this.#count(source, sent);
      this.lastActivityAt = this.#reactor.nowMs;
      if (sink.backlog?.bytes === 0) sink.backlog = null;
    }
    return true;
  }

  /** The sink is gone. What it sent before is still moved the other way, then its fate is passed on. */
  #sendFailed(sink: EpollConnection, errno: number): number {
    sink.failure ||= errno;
    this.firstEnded ??= this.#sideOf(sink);
    sink.state |= State.readable;
    sink.dropOutput();
    this.#reactor.enqueue(sink);
    this.#doom(sink);
    return 0;
  }

  /** The source has ended and its bytes are with the sink's kernel: passes the end on. */
  #settle(source: EpollConnection, sink: EpollConnection): void {
    if (source.failure !== 0) return this.#passReset(source, sink);
    if (sink.failure !== 0 || (sink.state & State.finSent) !== 0) return;
    sink.state |= State.finSent;
    const isOppositeDone = (sink.state & State.ended) !== 0 && source.backlog === null &&
      source.pipe === null;
    if (isOppositeDone || (source.state & State.finSent) !== 0) {
      source.closeSoft();
      sink.closeSoft();
      return this.#finish("done");
    }
    this.#reactor.libc.call.shutdown(sink.descriptor, Sock.SHUT_WR);
    this.#handler.onHalfClose(this.#sideOf(source));
  }

  #passReset(source: EpollConnection, sink: EpollConnection): void {
    source.closeSoft();
    if (sink.failure !== 0) return this.#afterFailure(sink);
    this.#resetWhenSent(sink);
    this.#doom(source);
  }

  /** An RST makes the kernel drop what it has not sent yet, so that has to leave first. */
  #resetWhenSent(sink: EpollConnection): void {
    if (this.#isOver) return;
    if (unsentBytes(this.#reactor.libc, sink.descriptor) === 0) return this.#afterFailure(sink);
    this.#reactor.wheel.add(UNSENT_CHECK_MS, () => this.#resetWhenSent(sink));
  }

  /** From here on the relay ends when the side that is left takes nothing for a while. */
  #doom(failed: EpollConnection): void {
    if (this.#isDoomed || this.#isOver) return;
    this.#isDoomed = true;
    this.#endWhenStalled(failed, -1);
  }

  #endWhenStalled(failed: EpollConnection, takenBefore: number): void {
    if (this.#isOver) return;
    const left = this.#other(failed);
    const passedOn = this.bytesFromClient + this.bytesFromTarget;
    const taken = passedOn - unsentBytes(this.#reactor.libc, left.descriptor);
    if (taken === takenBefore) {
      if (!failed.isClosed) failed.closeSoft();
      return this.#afterFailure(left);
    }
    this.#reactor.wheel.add(STALL_LIMIT_MS, () => this.#endWhenStalled(failed, taken));
  }

  /** One side failed and is closed: ends the other. */
  #afterFailure(last: EpollConnection): void {
    if (this.#isOver) return;
    const end = last === this.#client ? "target_reset" : "client_reset";
    last.closeHard();
    this.#finish(end);
  }

  #finish(end: RelayEnd): void {
    this.#isOver = true;
    this.#handler.onDone(end);
  }

  #noteReceived(source: EpollConnection): void {
    const { nowMs } = this.#reactor;
    this.lastActivityAt = nowMs;
    if (this.firstByteAt === 0 && source === this.#target) this.firstByteAt = nowMs;
  }

  #count(source: EpollConnection, bytes: number): void {
    if (source === this.#client) this.bytesFromClient += bytes;
    else this.bytesFromTarget += bytes;
  }
}
