import { Counter } from "../../../model/board.ts";
import type { CloseReason } from "../../../model/close_reason.ts";
import type { LiveSession } from "../../../model/live_session.ts";
import type { AppParts } from "../../../model/session_effect.ts";
import type { Trace } from "../../why/trace.ts";
import type { ClientConnection } from "../client_connection.ts";
import type { CodecError } from "../codec/codec_error.ts";
import type { FieldSection } from "../codec/field_section.ts";
import { Exchange } from "../exchange/exchange.ts";
import type { ExchangeEnd, Switch } from "../exchange/exchange_end.ts";
import type { ExchangeOwner } from "../exchange/exchange_owner.ts";
import { BODY_TIMEOUT, DENIED_BY_ACCESS, HEAD_TIMEOUT } from "../exchange/local_answers.ts";
import { ProxiedRequest } from "../exchange/proxied_request.ts";
import { writeFinalAnswer } from "../policy/final_recipient.ts";
import {
  type AnswerTraits,
  type LocalAnswer,
  UNREAD_REQUEST,
  writeLocalAnswer,
} from "../policy/local_answer.ts";
import { maxForwards } from "../policy/max_forwards.ts";
import { requestRefusal } from "../policy/request_refusal.ts";
import { BodyPace } from "./body_pace.ts";
import { type RequestEnd, RequestLog } from "./request_log.ts";
import { RequestReader, type RequestReaderOwner } from "./request_reader.ts";
import type { RequestServiceOwner } from "./request_service_owner.ts";
import type { Tunnel } from "./tunnel.ts";

/**
 * Serves the requests of one client connection, one after another: each by an exchange with endpoints, or by an answer of
 * our own. Keeps the times of reading them.
 */
export class RequestService implements RequestReaderOwner, ExchangeOwner {
  readonly #log: RequestLog;
  readonly #reader: RequestReader;
  #exchange: Exchange | null = null;
  #pace: BodyPace | null = null;
  /** `engine.now()` when the client sent its FIN, null while it awaits no answer after that. */
  #endedAt: number | null = null;

  constructor(private readonly owner: RequestServiceOwner, private readonly client: ClientConnection) {
    this.#reader = new RequestReader(client, this);
    this.#log = new RequestLog(client);
  }

  get wantsBody(): boolean {
    return this.#exchange === null || this.#exchange.wantsBody;
  }

  /** Nothing of a request has come, and no answer is under way. */
  get isIdle(): boolean {
    return this.#reader.phase === "idle";
  }

  /** `engine.now()` when it became idle last. */
  get idleSince(): number {
    return this.#reader.since;
  }

  /** Requests that have ended. */
  get count(): number {
    return this.#log.count;
  }

  /** When {@link onTime} has something to do, as far as is known now. */
  get deadline(): number {
    if (this.#exchange !== null) {
      return Math.min(this.#exchange.deadline, this.#pace?.deadline ?? Infinity, this.#silenceEnd);
    }
    const { phase, since } = this.#reader;
    if (phase === "stopped") return Infinity;
    const { headerTimeoutMs, keepAliveTimeoutMs } = this.client.http.policy;
    return since + (phase === "idle" && this.count > 0 ? keepAliveTimeoutMs : headerTimeoutMs);
  }

  /** Whether one of the endpoints that are asked now is gone from the app. */
  usesRemoved(app: AppParts): boolean {
    return this.#asked.some((key) => !app.hasTarget(key));
  }

  /** The request under way, as a session that is open tells of it. */
  describe(): Pick<LiveSession, "target" | "bytesIn" | "bytesOut" | "requests"> {
    return {
      target: this.#asked[0] ?? null,
      bytesIn: this.isIdle ? 0 : this.#reader.bytes,
      bytesOut: this.#exchange === null ? 0 : this.client.answer.bytes,
      requests: this.count,
    };
  }

  /** Begins to read. Once. */
  start(): void {
    this.#reader.advance();
  }

  /** Takes what the client sent. */
  feed(bytes: Uint8Array): void {
    this.#reader.feed(bytes);
    if (this.#reader.phase === "head") this.#reach();
  }

  /** The client takes bytes again. */
  onDrain(): void {
    this.client.answer.blockedSince = null;
    this.#exchange?.onClientDrain();
    this.#reader.advance();
  }

  /** The client sent its FIN. @returns false when it had sent nothing but whole requests. */
  finish(): boolean {
    if (this.#reader.finish()) return true;
    if (this.#exchange !== null) {
      this.#endedAt = this.#now;
      this.client.connection.probePeer();
      this.#reach();
    }
    return false;
  }

  /** Does what is due, except that an idle connection is the owner's. */
  onTime(now: number): void {
    if (this.#exchange === null) return this.#refuseLate();
    if (now >= this.#silenceEnd) return this.cut("client_abort");
    if (now < (this.#pace?.deadline ?? Infinity)) return this.#exchange.onTime(now);
    this.#exchange.abort();
    if (this.client.answer.headWritten) this.#cut("idle_timeout");
    else this.#refuse(BODY_TIMEOUT, "idle_timeout");
  }

  /** Ends the request under way, with the connection: the client is gone, or has to go. */
  abort(reason: CloseReason): void {
    this.#exchange?.abort();
    if (this.#exchange !== null) this.#write(this.#exchange.status, reason);
    this.#exchange = null;
    this.#reader.stop();
  }

  /** As {@link abort}, where the client is to notice. */
  cut(reason: CloseReason): void {
    this.#exchange?.abort();
    this.#cut(reason);
  }

  /** The connection has ended, and its last record is written. */
  release(): void {
    this.#reader.release();
  }

  /** Answers a client that is not to be served at all. */
  turnAway(answer: LocalAnswer, reason: CloseReason): void {
    this.client.answer.begin();
    this.#answer(answer, UNREAD_REQUEST, reason);
  }

  /** Writes the record of the request that became a tunnel. */
  endTunnel(reason: CloseReason, { bytesFromClient, bytesFromEndpoint, firstEnded }: Tunnel): void {
    this.#reader.bytes += bytesFromClient;
    this.client.answer.bytes += bytesFromEndpoint;
    this.#log.write({ ...this.#end(101, reason), firstEnded });
  }

  /** What is known of the request under way, null while none is. */
  trace(): Trace | null {
    return this.#exchange === null ? null : this.#log.trace(this.#end(this.#exchange.status, null));
  }

  onRequest(): void {
    const { client } = this;
    client.useCurrentApp();
    client.answer.begin();
    const { parser } = this.#reader;
    const { head } = parser;
    client.context.counters.add(client.app.snapshot.slot, Counter.requests, 1);
    if (client.isDenied) return this.#refuse(DENIED_BY_ACCESS, "denied");
    const refusal = requestRefusal(head, client.http.hasBasePath);
    if (refusal !== null) return this.#refuse(refusal, "denied");
    if (maxForwards(head) === 0) return this.#answerFinally();
    // Its bytes are needed as long as endpoints may be asked.
    head.keep();
    if (head.framing === "chunked") parser.keepChunkFraming();
    const request = new ProxiedRequest(client, head);
    this.#exchange = new Exchange(this, request);
    if (!parser.complete && !request.expectsContinue) this.#startPace();
  }

  onBody(data: Uint8Array, start: number, end: number): void {
    this.#startPace();
    this.#pace?.onBytes(end - start, this.#now);
    this.#exchange?.addBody(data, start, end);
  }

  onWhole(trailers: FieldSection | null): void {
    this.#pace = null;
    this.#exchange?.endBody(trailers);
  }

  onPass(): void {
    this.#exchange?.proceed();
    this.#reachPace();
  }

  onBroken(error: CodecError): void {
    const reason = error.code === "truncated_head" || error.code === "truncated_body"
      ? "client_abort"
      : "denied";
    if (this.#exchange === null) return this.turnAway(error, reason);
    this.#exchange.abort();
    if (this.client.answer.headWritten) this.#cut(reason);
    else this.#refuse(error, reason);
  }

  onFlow(isHeld: boolean): void {
    this.#pace?.hold(isHeld, this.#now);
    if (!isHeld) this.#reach();
  }

  onBodyWanted(): void {
    if (this.#reader.phase === "body") this.#startPace();
    this.#reader.advance();
    this.#reachPace();
  }

  onEnd(end: ExchangeEnd): void {
    switch (end.type) {
      case "answered":
        return this.#answered();
      case "refused":
        return this.#refuse(end.answer, end.reason);
      case "truncated":
        return this.#cut(end.reason);
      case "switched":
        return this.#switched(end);
    }
  }

  get #now(): number {
    return this.client.context.engine.now();
  }

  /** The deadline may have come nearer. */
  #reach(): void {
    this.client.timer.reach(this.deadline);
  }

  /** So may that of the body alone. */
  #reachPace(): void {
    if (this.#pace !== null) this.client.timer.reach(this.#pace.deadline);
  }

  /** Keys of the endpoints that are asked now. */
  get #asked(): string[] {
    const { targets } = this.client.app.snapshot;
    return this.#exchange?.asked.map((index) => targets[index]?.key ?? "") ?? [];
  }

  /** When a client that sent its FIN has heard nothing for so long that it is taken for gone. */
  get #silenceEnd(): number {
    const { halfCloseTimeoutMs } = this.client.app.snapshot.policy;
    if (this.#endedAt === null || halfCloseTimeoutMs === 0) return Infinity;
    return Math.max(this.#endedAt, this.#exchange?.winner?.lastByteAt ?? 0) + halfCloseTimeoutMs;
  }

  #startPace(): void {
    this.#pace ??= new BodyPace(this.client.http.policy, this.#now);
  }

  #answered(): void {
    const { answer, hasEnded } = this.client;
    // A client that was told that the connection goes on may be asking already, also when a drain began meanwhile.
    const mayPersist = answer.persistent && !hasEnded && this.#reader.phase === "whole";
    this.#finish(this.#exchange?.status ?? 0, "done", mayPersist);
  }

  #switched(end: Switch): void {
    const { answer, context } = this.client;
    const early = this.#reader.held;
    this.#reader.stop();
    answer.write(end.rest);
    if (early.length > 0) end.connection.write(early);
    this.#reader.bytes += early.length;
    context.counters.add(end.target.slot, Counter.bytesIn, early.length);
    this.owner.onSwitched(end);
  }

  /** Answers the present request here. */
  #refuse(answer: LocalAnswer, reason: CloseReason): void {
    this.#answer(answer, this.#traits, reason);
  }

  /** The head did not come in time. */
  #refuseLate(): void {
    this.#reader.stop();
    this.turnAway(HEAD_TIMEOUT, "idle_timeout");
  }

  #answer(answer: LocalAnswer, traits: AnswerTraits, reason: CloseReason): void {
    const { answer: { out }, context: { clock } } = this.client;
    writeLocalAnswer(out, answer, traits, clock.wallTime());
    this.client.answer.flush();
    this.#finish(answer.status, reason, traits.persistent);
  }

  #answerFinally(): void {
    const { head } = this.#reader.parser;
    const traits = this.#traits;
    const { answer, context: { clock } } = this.client;
    writeFinalAnswer(answer.out, head, traits, clock.wallTime());
    answer.flush();
    this.#finish(head.method === "TRACE" ? 200 : 204, "done", traits.persistent);
  }

  get #traits(): AnswerTraits {
    const { head, complete } = this.#reader.parser;
    return {
      accept: head.get("accept"),
      toHead: head.method === "HEAD",
      minorVersion: head.minorVersion,
      persistent: this.client.mayPersist && head.persistent && complete,
    };
  }

  /** The present request is answered. */
  #finish(status: number, reason: CloseReason, persistent: boolean): void {
    this.#write(status, reason);
    this.#exchange = null;
    this.#pace = null;
    if (persistent) {
      this.#reader.next();
      return this.owner.onNext();
    }
    const { parser, held } = this.#reader;
    const isExpected = parser.complete && held.length === 0 && !parser.head.persistent;
    this.#reader.stop();
    this.owner.onLastAnswer(reason, isExpected);
  }

  #cut(reason: CloseReason): void {
    this.#write(this.#exchange?.status ?? 0, reason);
    this.#exchange = null;
    this.#reader.stop();
    const { headWritten, framing } = this.client.answer;
    this.owner.onCut(reason, headWritten && framing !== "close");
  }

  #write(status: number, reason: CloseReason): void {
    this.#log.write(this.#end(status, reason));
  }

  #end<Reason extends CloseReason | null>(status: number, reason: Reason): RequestEnd<Reason> {
    const { parser, bytes, since } = this.#reader;
    const exchange = this.#exchange;
    const hasHead = (parser.error === null || exchange !== null) && parser.head.isWhole;
    return {
      head: hasHead ? parser.head : null,
      exchange,
      startedAt: exchange?.request.startedAt ?? since,
      status,
      reason,
      bytesIn: bytes,
      bytesOut: this.client.answer.bytes,
      firstEnded: null,
    };
  }
}
