import type { NetError } from "../base/errors.ts";
import type {
  Attempt,
  ConnectHandler,
  Connection,
  ConnectionHandler,
  ConnectOptions,
  Engine,
} from "../engine/engine.ts";
import { type Failure, failureOfCode } from "./failure.ts";
import type { LoadPlan } from "./load_plan.ts";
import type { LoadStats } from "./load_stats.ts";

/** What all slots of a generator share. */
export interface SlotContext {
  readonly engine: Engine;
  readonly plan: LoadPlan;
  readonly stats: LoadStats;
  /** The plan's data in pieces of a size that engines take well. */
  readonly pieces: readonly Uint8Array[];
  /** Milliseconds, finer than `engine.now()`. */
  now(): number;
  /** A slot is free again: its request, or its warm-up, has come to an end at `now`. */
  onFree(slot: LoadSlot, now: number): void;
  /** A request was answered at `now`. */
  onAnswer(now: number): void;
}

/** `waiting` from the first byte written to the last byte read. */
type State = "idle" | "dialing" | "waiting";

/** Pause of a slot after a failed dial. */
const REST_MS = 10;

/**
 * One request at a time: dials where it has no connection, writes, and waits for the reply. It makes no object for a
 * request, so that tens of thousands a second leave nothing to collect.
 */
export class LoadSlot implements ConnectHandler, ConnectionHandler {
  readonly #context: SlotContext;
  readonly #connectOptions: ConnectOptions;
  #state: State = "idle";
  #connection: Connection | null = null;
  #attempt: Attempt | null = null;
  /** Dials for the sake of the connection alone. */
  #isWarmUp = false;
  /** The time that the response is counted from. */
  #startAt = 0;
  /** The time that the time-out is counted from. */
  #begunAt = 0;
  #dialedAt = 0;
  #openAt = 0;
  #writtenAt = 0;
  #nextPiece = 0;
  #isWritten = false;
  #received = 0;
  #mismatch = false;
  /** Until then no dial, so that a dead target is not hammered. */
  restUntil = 0;

  constructor(context: SlotContext) {
    this.#context = context;
    this.#connectOptions = {
      timeoutMs: context.plan.timeoutMs,
      tcp: { noDelay: true, keepAlive: null, userTimeoutMs: 0 },
    };
  }

  /** Opens the connection ahead of the first request. */
  warmUp(now: number): void {
    this.#isWarmUp = true;
    this.#begunAt = now;
    this.#dial(now);
  }

  /** Starts a request; only while the slot is free. `startAt` lies before `now` where it had to wait for a slot. */
  begin(startAt: number, now: number): void {
    this.#startAt = startAt;
    this.#begunAt = now;
    if (this.#connection === null) this.#dial(now);
    else this.#send(this.#connection, now);
  }

  /** Fails a request that has taken too long. */
  checkTimeout(now: number): void {
    if (this.#state === "idle" || now - this.#begunAt <= this.#context.plan.timeoutMs) return;
    const { timeoutMs, replyBytes } = this.#context.plan;
    if (this.#state === "dialing") this.#fail({ kind: "dial_timeout", detail: `${timeoutMs} ms` }, now);
    else {
      const detail = `${timeoutMs} ms, ${this.#received} of ${replyBytes} bytes came`;
      this.#fail({ kind: "reply_timeout", detail }, now);
    }
  }

  /** Gives up what is under way without counting it, and closes the connection. */
  dispose(): void {
    this.#state = "idle";
    this.#drop();
  }

  onOpen(connection: Connection): void {
    const { stats, now } = this.#context;
    const openAt = now();
    stats.dial.record(openAt - this.#dialedAt);
    this.#attempt = null;
    this.#connection = connection;
    connection.handler = this;
    connection.resume();
    if (this.#isWarmUp) this.#free(openAt);
    else this.#send(connection, openAt);
  }

  onFail(error: NetError): void {
    const kind = failureOfCode(error.code);
    this.#attempt = null;
    this.#fail({ kind, detail: kind === "other" ? error.message : "" }, this.#context.now());
  }

  onData(bytes: Uint8Array): void {
    const { stats, plan } = this.#context;
    stats.bytesReceived += bytes.length;
    if (plan.expected !== null && !this.#mismatch) {
      this.#mismatch = !isAt(bytes, plan.expected, this.#received);
    }
    this.#received += bytes.length;
    if (this.#state === "waiting") this.#settle();
  }

  onDrain(): void {
    const connection = this.#connection;
    if (connection === null || this.#state !== "waiting") return;
    this.#write(connection);
    this.#settle();
  }

  onEnd(): void {
    if (this.#state !== "waiting") return this.#drop();
    this.#fail(this.#closedEarly(), this.#context.now());
  }

  onClose(error: NetError | null): void {
    this.#connection = null;
    if (this.#state !== "waiting") return;
    const failure = error === null ? this.#closedEarly() : { kind: failureOfCode(error.code), detail: "" };
    this.#fail(failure, this.#context.now());
  }

  #dial(now: number): void {
    const { engine, plan } = this.#context;
    this.#state = "dialing";
    this.#received = 0;
    this.#mismatch = false;
    this.#dialedAt = now;
    this.#attempt = engine.connect(plan.address, this.#connectOptions, this);
  }

  #send(connection: Connection, now: number): void {
    this.#state = "waiting";
    this.#openAt = now;
    this.#nextPiece = 0;
    this.#isWritten = false;
    // What came while the slot was free belongs to no reply. It matters only where replies are compared.
    if (this.#context.plan.expected === null) this.#received = 0;
    this.#write(connection);
    // Bytes that came too early, or a reply of no bytes, may have settled it already.
    this.#settle();
  }

  #write(connection: Connection): void {
    const { pieces, stats, now } = this.#context;
    let taken = true;
    while (taken && this.#nextPiece < pieces.length) {
      const piece = pieces[this.#nextPiece] as Uint8Array;
      this.#nextPiece += 1;
      stats.bytesSent += piece.length;
      taken = connection.write(piece);
    }
    if (taken && !this.#isWritten) {
      this.#isWritten = true;
      this.#writtenAt = now();
    }
  }

  /** Ends the request when its reply is whole. */
  #settle(): void {
    const { plan, stats, now } = this.#context;
    if (!this.#isWritten || this.#received < plan.replyBytes) return;
    const repliedAt = now();
    if (plan.expected !== null && (this.#mismatch || this.#received > plan.replyBytes)) {
      return this.#fail({ kind: "wrong_reply", detail: "" }, repliedAt);
    }
    stats.write.record(this.#writtenAt - this.#openAt);
    stats.read.record(repliedAt - this.#writtenAt);
    stats.response.record(repliedAt - this.#startAt);
    this.#context.onAnswer(repliedAt);
    this.#received = 0;
    if (!plan.keepAlive) {
      this.#connection?.close();
      this.#connection = null;
    }
    this.#free(repliedAt);
  }

  #closedEarly(): Failure {
    if (this.#received === 0) return { kind: "no_reply", detail: "" };
    return { kind: "short_reply", detail: `${this.#received} of ${this.#context.plan.replyBytes} bytes` };
  }

  #fail(failure: Failure, now: number): void {
    if (this.#state === "dialing") this.restUntil = now + REST_MS;
    if (!this.#isWarmUp) this.#context.stats.fail(failure);
    this.#drop();
    this.#free(now);
  }

  #free(now: number): void {
    this.#state = "idle";
    this.#isWarmUp = false;
    this.#context.onFree(this, now);
  }

  #drop(): void {
    this.#attempt?.cancel();
    this.#attempt = null;
    this.#connection?.reset();
    this.#connection = null;
  }
}

/** Whether `bytes` stands in `whole` from `offset` on; false where it reaches beyond its end. */
function isAt(bytes: Uint8Array, whole: Uint8Array, offset: number): boolean {
  if (offset + bytes.length > whole.length) return false;
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] !== whole[offset + i]) return false;
  }
  return true;
}
