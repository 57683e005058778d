import type { Side } from "../../engine/engine.ts";
import type { SocketAddress } from "../../model/address.ts";
import type { CloseReason } from "../../model/close_reason.ts";
import type { AppSnapshot, ListenerSnapshot } from "../../model/snapshot.ts";
import type { AttemptTrace } from "./attempt_trace.ts";
import type { ChoiceTrace } from "./passed_over.ts";

/** No request, or no target. */
export const NONE = -1;

/**
 * What is kept of a session, or in HTTP mode of a request, to say later why it went as it did: numbers, and references to
 * what the session has anyway. Words are made of it when somebody asks. It is used again and again: {@link begin} forgets
 * what was there before. Times are `engine.now()`.
 */
export class Trace {
  /** Null where it is forgotten. */
  app: AppSnapshot | null = null;
  listener: ListenerSnapshot | null = null;
  /** `ip:port`. */
  client = "";
  /** Of the client in its thread. */
  number = NONE;
  /** Of the request on its connection, {@link NONE} in TCP mode. */
  request = NONE;
  startedAt = 0;
  endedAt = 0;
  /** Null while the session is open. */
  reason: CloseReason | null = null;
  firstEnded: Side | null = null;
  bytesIn = 0;
  bytesOut = 0;
  /** The last choice, null where there was none. */
  choice: ChoiceTrace | null = null;
  /** Attempts besides the one that was taken. */
  others: readonly AttemptTrace[] | null = null;
  /** Index of the target that took it, {@link NONE} where none did. */
  target = NONE;
  /** `ip:port` where it is a text. */
  address: SocketAddress | string | null = null;
  /** When the attempt began that was taken, ... */
  attemptedAt = 0;
  /** ... and when it was connected. */
  connectedAt = 0;
  /** Of the target, 0 where none came. */
  firstByteAt = 0;
  isHedge = false;
  isReused = false;
  /** Empty in TCP mode, and where no head was read. */
  method = "";
  path = "";
  /** Of the answer that the client got; 0 where it got none. */
  status = 0;

  /** @param request number of the request, {@link NONE} in TCP mode. */
  begin(
    app: AppSnapshot,
    listener: ListenerSnapshot,
    client: string,
    number: number,
    request: number,
    startedAt: number,
  ): void {
    this.app = app;
    this.listener = listener;
    this.client = client;
    this.number = number;
    this.request = request;
    this.startedAt = startedAt;
    this.choice = null;
    this.others = null;
    this.target = NONE;
    this.address = null;
    this.attemptedAt = 0;
    this.connectedAt = 0;
    this.firstByteAt = 0;
    this.isHedge = false;
    this.isReused = false;
    this.method = "";
    this.path = "";
    this.status = 0;
  }

  /** A target took it. @param firstByteAt 0 where none came. */
  took(
    target: number,
    address: SocketAddress | string | null,
    attemptedAt: number,
    connectedAt: number,
    firstByteAt: number,
  ): void {
    this.target = target;
    this.address = address;
    this.attemptedAt = attemptedAt;
    this.connectedAt = connectedAt;
    this.firstByteAt = firstByteAt;
  }

  /** To be called last, once. @param reason null where it is open, and this is how it is now. */
  end(
    now: number,
    reason: CloseReason | null,
    firstEnded: Side | null,
    bytesIn: number,
    bytesOut: number,
  ): void {
    this.endedAt = now;
    this.reason = reason;
    this.firstEnded = firstEnded;
    this.bytesIn = bytesIn;
    this.bytesOut = bytesOut;
  }
}
