import type { Connection } from "../../../engine/engine.ts";
import { Counter } from "../../../model/board.ts";
import type { SocketAddress } from "../../../model/address.ts";
import type { CloseReason } from "../../../model/close_reason.ts";
import type { AppParts } from "../../../model/session_effect.ts";
import type { TargetSnapshot } from "../../../model/snapshot.ts";
import type { App } from "../../app.ts";
import type { SessionContext } from "../../client_session.ts";
import type { Place } from "../../place.ts";
import type { Trace } from "../../why/trace.ts";
import type { CodecError } from "../codec/codec_error.ts";
import type { FieldSection } from "../codec/field_section.ts";
import { AnswerWriter } from "../exchange/answer_writer.ts";
import { Exchange } from "../exchange/exchange.ts";
import type { ExchangeOwner } from "../exchange/exchange_owner.ts";
import { BODY_TIMEOUT, HEAD_TIMEOUT } from "../exchange/local_answers.ts";
import type { HttpApp } from "../http_app.ts";
import { writeFinalAnswer } from "../policy/final_recipient.ts";
import { ForwardedFields } from "../policy/forwarded_fields.ts";
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
  readonly context: SessionContext;
  readonly remote: SocketAddress;
  readonly answer: AnswerWriter;
  readonly #log: RequestLog;
  readonly #reader: RequestReader;
  #app: App;
  #http: HttpApp;
  #exchange: Exchange | null = null;
  #pace: BodyPace | null = null;
  #forwarded: ForwardedFields | null = null;
  /** `engine.now()` when the client sent its FIN, null while it awaits no answer after that. */
  #endedAt: number | null = null;

  /** @param number of the client in this thread. */
  constructor(private readonly owner: RequestServiceOwner, number: number) {
    const { client, context } = owner;
    const { app, http } = owner.currentApp();
    this.context = context;
    this.remote = client.remote;
    this.#app = app;
    this.#http = http;
    this.answer = new AnswerWriter(client, context.http.toClient, context.engine, context.http.date);
    this.#reader = new RequestReader(client, this, http.limits);
    this.#log = new RequestLog(owner, number);
  }

  get now(): number {
    return this.context.engine.now();
  }

  get listenAddress(): SocketAddress {
    return this.owner.listener.address;
  }

  get forwarded(): ForwardedFields {
    const { isTls, listener } = this.owner;
    return this.#forwarded ??= new ForwardedFields({
      ip: this.remote.ip,
      proto: isTls ? "https" : "http",
      port: listener.address.port,
    }, this.#http.policy.forwarded);
  }

  get mayPersist(): boolean {
    return this.owner.mayPersist && this.#reader.parser.head.persistent;
  }

  get wantsRequest(): boolean {
    return this.answer.blockedSince === null;
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

  /** Key of an endpoint that is asked now, null while none is. */
  get target(): string | null {
    let found: number | null = null;
    this.#exchange?.uses((index) => {
      found = index;
      return true;
    });
    return found === null ? null : this.#app.snapshot.targets[found]?.key ?? null;
  }

  /** Received of the request under way. */
  get bytesIn(): number {
    return this.isIdle ? 0 : this.#reader.bytes;
  }

  /** Sent of the answer under way. */
  get bytesOut(): number {
    return this.#exchange === null ? 0 : this.answer.bytes;
  }

  /** When {@link onTime} has something to do, as far as is known now. */
  get deadline(): number {
    if (this.#exchange !== null) {
      return Math.min(this.#exchange.deadline, this.#pace?.deadline ?? Infinity, this.#silenceEnd);
    }
    const { headerTimeoutMs, keepAliveTimeoutMs } = this.#http.policy;
    const { phase, since } = this.#reader;
    return since + (phase === "idle" && this.count > 0 ? keepAliveTimeoutMs : headerTimeoutMs);
  }

  /** Whether one of the endpoints that are asked now is gone from the app. */
  usesRemoved(app: AppParts): boolean {
    const { targets } = this.#app.snapshot;
    return this.#exchange !== null &&
      this.#exchange.uses((index) => !app.hasTarget(targets[index]?.key ?? ""));
  }

  /** Begins to read. Once. */
  start(): void {
    this.#reader.advance();
  }

  /** Takes what the client sent. */
  feed(bytes: Uint8Array): void {
    this.#reader.feed(bytes);
    if (this.#reader.phase === "head") this.owner.onDeadline();
  }

  /** The client takes bytes again. */
  onDrain(): void {
    this.answer.blockedSince = null;
    this.#exchange?.onClientDrain();
    this.#reader.advance();
  }

  /** The client sent its FIN. @returns false when it had sent nothing but whole requests. */
  finish(): boolean {
    if (this.#reader.finish()) return true;
    if (this.#exchange !== null) {
      this.#endedAt = this.now;
      this.owner.client.probePeer();
      this.owner.onDeadline();
    }
    return false;
  }

  /** Does what is due, except that an idle connection is the owner's. */
  onTime(now: number): void {
    if (this.#exchange === null) return this.#refuseLate();
    if (now >= this.#silenceEnd) return this.cut("client_abort");
    if (now < (this.#pace?.deadline ?? Infinity)) return this.#exchange.onTime(now);
    this.#exchange.abort();
    if (this.answer.headWritten) this.#cut("idle_timeout");
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
    this.answer.begin();
    this.#answer(answer, UNREAD_REQUEST, reason);
  }

  /** Writes the record of the request that became a tunnel. */
  endTunnel(reason: CloseReason, { bytesFromClient, bytesFromEndpoint, firstEnded }: Tunnel): void {
    this.#reader.bytes += bytesFromClient;
    this.answer.bytes += bytesFromEndpoint;
    this.#log.write({ ...this.#end(101, reason), firstEnded });
  }

  /** What is known of the request under way, null while none is. */
  trace(): Trace | null {
    return this.#exchange === null ? null : this.#log.trace(this.#end(this.#exchange.status, null));
  }

  onRequest(): void {
    this.#useCurrentApp();
    this.answer.begin();
    const { parser } = this.#reader;
    const { head } = parser;
    this.context.counters.add(this.#app.snapshot.slot, Counter.requests, 1);
    const refusal = requestRefusal(head, this.#http.hasBasePath);
    if (refusal !== null) return this.#refuse(refusal, "denied");
    if (maxForwards(head) === 0) return this.#answerFinally();
    // Its bytes are needed as long as endpoints may be asked.
    head.keep();
    if (head.framing === "chunked") parser.keepChunkFraming();
    this.#exchange = new Exchange(this, this.#app, this.#http, head);
    if (!parser.complete && !this.#exchange.expectsContinue) this.#startPace();
  }

  onBody(data: Uint8Array, start: number, end: number): void {
    this.#startPace();
    this.#pace?.onBytes(end - start, this.now);
    this.#exchange?.addBody(data, start, end);
  }

  onWhole(trailers: FieldSection | null): void {
    this.#pace = null;
    this.#exchange?.endBody(trailers);
  }

  onPass(): void {
    this.#exchange?.proceed();
  }

  onBroken(error: CodecError): void {
    const reason = error.code === "truncated_head" || error.code === "truncated_body"
      ? "client_abort"
      : "denied";
    if (this.#exchange === null) return this.turnAway(error, reason);
    this.#exchange.abort();
    if (this.answer.headWritten) this.#cut(reason);
    else this.#refuse(error, reason);
  }

  onFlow(isHeld: boolean): void {
    this.#pace?.hold(isHeld, this.now);
    if (!isHeld) this.owner.onDeadline();
  }

  onBodyWanted(): void {
    if (this.#reader.phase === "body") this.#startPace();
    this.#reader.advance();
  }

  onDeadline(): void {
    this.owner.onDeadline();
  }

  onAnswered(): void {
    // A client that was told that the connection goes on may be asking already, also when a drain began meanwhile.
    const mayPersist = this.answer.persistent && this.owner.mayAsk && this.#reader.phase === "whole";
    this.#finish(this.#exchange?.status ?? 0, "done", mayPersist);
  }

  onRefused(answer: LocalAnswer, reason: CloseReason): void {
    this.#refuse(answer, reason);
  }

  onTruncated(reason: CloseReason): void {
    this.#cut(reason);
  }

  onSwitched(connection: Connection, rest: Uint8Array, target: TargetSnapshot, place: Place): void {
    const early = this.#reader.held;
    this.#reader.stop();
    this.answer.write(rest);
    if (early.length > 0) connection.write(early);
    this.#reader.bytes += early.length;
    this.context.counters.add(target.slot, Counter.bytesIn, early.length);
    this.owner.onSwitched(connection, target, place);
  }

  /** A rollout may have changed the app: each request meets it as it is now. */
  #useCurrentApp(): void {
    const { app, http } = this.owner.currentApp();
    if (http.policy.forwarded !== this.#http.policy.forwarded) this.#forwarded = null;
    this.#app = app;
    this.#http = http;
  }

  /** When a client that sent its FIN has heard nothing for so long that it is taken for gone. */
  get #silenceEnd(): number {
    const { halfCloseTimeoutMs } = this.#app.snapshot.policy;
    if (this.#endedAt === null || halfCloseTimeoutMs === 0) return Infinity;
    return Math.max(this.#endedAt, this.#exchange?.winner?.lastByteAt ?? 0) + halfCloseTimeoutMs;
  }

  #startPace(): void {
    this.#pace ??= new BodyPace(this.#http.policy, this.now);
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
    writeLocalAnswer(this.answer.out, answer, traits, this.context.clock.wallTime());
    this.answer.flush();
    this.#finish(answer.status, reason, traits.persistent);
  }

  #answerFinally(): void {
    const { head } = this.#reader.parser;
    const traits = this.#traits;
    writeFinalAnswer(this.answer.out, head, traits, this.context.clock.wallTime());
    this.answer.flush();
    this.#finish(head.method === "TRACE" ? 200 : 204, "done", traits.persistent);
  }

  get #traits(): AnswerTraits {
    const { head, complete } = this.#reader.parser;
    return {
      accept: head.get("accept"),
      toHead: head.method === "HEAD",
      minorVersion: head.minorVersion,
      persistent: this.mayPersist && complete,
    };
  }

  /** The present request is answered. */
  #finish(status: number, reason: CloseReason, persistent: boolean): void {
    this.#write(status, reason);
    this.#exchange = null;
    this.#pace = null;
    if (persistent) {
      this.#reader.next();
      return this.owner.onDeadline();
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
    this.owner.onCut(reason, this.answer.headWritten && this.answer.framing !== "close");
  }

  #write(status: number, reason: CloseReason): void {
    this.#log.write(this.#end(status, reason));
  }

  #end<Reason extends CloseReason | null>(status: number, reason: Reason): RequestEnd<Reason> {
    const { parser, bytes, since } = this.#reader;
    const exchange = this.#exchange;
    const hasHead = (parser.error === null || exchange !== null) && parser.head.fieldsEnd > 0;
    return {
      head: hasHead ? parser.head : null,
      exchange,
      startedAt: exchange?.startedAt ?? since,
      status,
      reason,
      bytesIn: bytes,
      bytesOut: this.answer.bytes,
      firstEnded: null,
    };
  }
}
