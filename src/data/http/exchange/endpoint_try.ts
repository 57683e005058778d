import type { NetError } from "../../../base/errors.ts";
import type { Attempt, Connection, ConnectionHandler } from "../../../engine/engine.ts";
import type { CallAnswer } from "../../../model/why.ts";
import type { Connector, ConnectorHandler } from "../../connector.ts";
import type { Place } from "../../place.ts";
import { type CodecError, RESPONSE_ERRORS } from "../codec/codec_error.ts";
import { HttpEvent } from "../codec/http_event.ts";
import type { ResponseHead } from "../codec/response_head.ts";
import type { EndpointConnection } from "../endpoint/endpoint_connection.ts";
import type { Endpoint } from "../http_app.ts";
import { endpointConnector } from "./endpoint_connector.ts";
import { ANSWERED } from "./exchange_end.ts";
import { type TracedTry, traceLostAttempt, traceTry } from "./exchange_trace.ts";
import { InterimAnswers } from "./interim_answers.ts";
import type { ProxiedRequest } from "./proxied_request.ts";
import { RequestSender } from "./request_sender.ts";
import { TryAccount } from "./try_account.ts";
import type { TryFailure, TryOwner } from "./try_owner.ts";

/** A request that must not be sent twice goes over a used connection only if that was idle for no longer than this. */
const SURE_IDLE_MS = 1_000;
/** An unusable answer may take this long to come to its end, so that its connection can be used again, ... */
const UNUSABLE_GRACE_MS = 1_000;
/** ... and the answer of one that lost this long: most come nearly at the same time, and connections are dear. */
const LOSER_GRACE_MS = 20;
const NO_BYTES = new Uint8Array(0);

type State = "connecting" | "asking" | "held" | "answering" | "over";

/** One request at one endpoint: the connection, and what becomes of the answer. Times are `engine.now()`. */
export class EndpointTry implements ConnectorHandler, ConnectionHandler, TracedTry {
  /** When the connection was there, null before. */
  connectedAt: number | null = null;
  /** Of the answer's first byte, null before. */
  firstByteAt: number | null = null;
  /** Of its last byte so far. */
  lastByteAt = 0;
  readonly startedAt: number;
  connectingAt: number;
  isReused = false;
  outcome: CallAnswer = "awaited";
  connection: EndpointConnection | null = null;
  readonly #endpoint: Endpoint;
  readonly #account: TryAccount;
  #state: State = "connecting";
  #connector: Connector | null = null;
  #sender: RequestSender | null = null;
  #bytesReceived = 0;
  /** What was received of an answer that is held. */
  #held: Uint8Array = NO_BYTES;
  #interim: InterimAnswers | null = null;

  /**
   * @param index the target's, among the app's. @param isHedge sent because an earlier one was slow.
   * @param place at the target; given back at the end.
   */
  constructor(
    private readonly owner: TryOwner<EndpointTry>,
    private readonly request: ProxiedRequest,
    readonly index: number,
    readonly isHedge: boolean,
    private readonly place: Place,
  ) {
    this.#endpoint = request.http.endpoints[index]!;
    this.startedAt = this.#now;
    this.#account = new TryAccount(request, index, this.startedAt, isHedge);
    this.connectingAt = this.startedAt;
  }

  /** Head of its answer, once there is one. */
  get head(): ResponseHead {
    return this.connection!.parser.head;
  }

  /** Since when the endpoint takes no more of the body, null while it does. */
  get blockedSince(): number | null {
    return this.#sender?.blockedSince ?? null;
  }

  /** What sends it the request, null while there is no connection, and when its answer is not to be had any more. */
  get sender(): RequestSender | null {
    return this.#state === "asking" || this.#state === "answering" ? this.#sender : null;
  }

  /** Starts. Once. */
  start(): void {
    this.#account.asked();
    const idle = this.#takeIdle(this.request.mayRepeat ? Infinity : SURE_IDLE_MS);
    if (idle === null) return this.#connect();
    this.isReused = true;
    this.#use(idle);
  }

  onConnected(connection: Connection): void {
    this.#connector = null;
    this.#account.connected();
    this.#use(this.#adopt(connection));
    this.#account.connectTook((this.connectedAt ?? 0) - this.connectingAt);
    this.connection?.resume();
  }

  onAttemptLost(attempt: Attempt, error: string | null): void {
    traceLostAttempt(this.request, this.index, attempt, error);
  }

  onConnectFailed(error: NetError): void {
    const { code } = error;
    this.#connector = null;
    this.#account.connectFailed(error);
    this.#fail(code === "exhausted" ? "resource" : code === "timed_out" ? "timed_out" : "connect_failed");
  }

  onData(bytes: Uint8Array): void {
    this.lastByteAt = this.#now;
    this.firstByteAt ??= this.lastByteAt;
    this.#bytesReceived += bytes.length;
    this.#parse(bytes);
  }

  onDrain(): void {
    if (this.#sender !== null) this.#sender.blockedSince = null;
    this.owner.onBodyTaken();
  }

  onEnd(): void {
    const event = this.connection!.parser.finish();
    if (event === HttpEvent.end) this.#answered(true);
    else this.#broken();
  }

  onClose(): void {
    this.connection!.parser.finish();
    this.#broken();
  }

  /** Keeps an interim answer until it is known whether the final one is taken. */
  keepInterim(): void {
    this.#interim ??= new InterimAnswers();
    this.#interim.keep(this.head, this.request.http.requestPolicy.via);
  }

  /** The client takes bytes again. */
  resume(): void {
    this.connection?.resume();
  }

  /** Gives the held answer to the client after all. */
  deliver(): void {
    const held = this.#held;
    this.#held = NO_BYTES;
    this.#writeHead();
    this.#parse(held);
    if (this.#state === "answering" && this.request.client.answer.blockedSince === null) this.resume();
  }

  /** Throws the held answer away. */
  discard(): void {
    if (this.#state === "held") this.#letGo(this.#held);
  }

  /** Another answer is taken: this one may still come to its end if that is soon; nobody hears of it. */
  giveWay(): void {
    if (this.#state !== "over") this.outcome = "not_needed";
    if (this.#state !== "asking" || this.#sender?.isDone !== true) return this.abort();
    this.#discard(NO_BYTES, LOSER_GRACE_MS);
  }

  /** Gives up at once: nothing more is sent or received. After the end it does nothing. */
  abort(): void {
    if (this.#state === "over") return;
    if (this.outcome === "awaited") this.outcome = "cut";
    this.#connector?.cancel(this.outcome === "timed_out" ? "timed_out" : null);
    this.connection?.reset();
    this.#leave();
  }

  /** Its time is over: gives up, and says so. */
  timeOut(): void {
    if (this.#state === "connecting") this.#account.connectTimedOut();
    else this.#account.unanswered("timed_out");
    this.outcome = "timed_out";
    this.abort();
    this.owner.onFailed(this, "timed_out");
  }

  get #now(): number {
    return this.request.client.context.engine.now();
  }

  #connect(): void {
    this.#account.attempted();
    this.#connector = endpointConnector(this.request, this.index, this);
    this.#connector.start();
  }

  #use(connection: EndpointConnection): void {
    this.connection = connection;
    this.#state = "asking";
    this.connectedAt = this.#now;
    connection.user = this;
    connection.parser.begin(this.request.traits);
    this.#sender = new RequestSender(this.request, connection.connection);
    this.#account.askedOn(connection.address);
    this.#sender.start(this.#endpoint.route, this.#account.attempt, this.#prologue);
    this.owner.onSent(this);
  }

  /** An endpoint that is told who the client is shares its connections with no other client. */
  #takeIdle(maxIdleMs: number): EndpointConnection | null {
    const { pool, sendProxy } = this.#endpoint;
    return sendProxy === null ? pool.take(maxIdleMs) : this.request.client.own?.take(pool, maxIdleMs) ?? null;
  }

  #adopt(connection: Connection): EndpointConnection {
    const { pool, sendProxy } = this.#endpoint;
    return sendProxy === null
      ? pool.adopt(connection)
      : this.request.client.ownConnection().adopt(connection, pool);
  }

  /** What a new connection begins with; over TLS it went before the handshake. */
  get #prologue(): Uint8Array | null {
    const { sendProxy, tls } = this.#endpoint;
    if (sendProxy === null || tls !== null || this.isReused) return null;
    return this.request.client.proxyHeader(sendProxy);
  }

  #parse(bytes: Uint8Array): void {
    const { answer } = this.request.client;
    const { parser } = this.connection!;
    for (let at = 0;;) {
      const event = parser.parse(bytes, at);
      at = parser.position;
      switch (event) {
        case HttpEvent.needMore:
          return this.#settle();
        case HttpEvent.head:
          if (!this.#onHead(bytes, at)) return;
          break;
        case HttpEvent.body:
          answer.part(parser.data, parser.dataStart, parser.dataEnd);
          break;
        case HttpEvent.trailers:
          break;
        case HttpEvent.end:
          return this.#answered(at === bytes.length);
        case HttpEvent.upgraded:
          return this.#switched(bytes.subarray(at));
        default:
          return this.#broken();
      }
    }
  }

  /** @returns whether to parse on. */
  #onHead(bytes: Uint8Array, at: number): boolean {
    const { head } = this;
    if (head.interim && head.status !== 101) {
      this.owner.onInterim(this);
      return true;
    }
    this.#account.answered(head.status);
    const verdict = this.owner.judge(this);
    if (verdict === "take") {
      this.#writeHead();
      return true;
    }
    this.outcome = "not_terminal";
    if (verdict === "refuse") this.#letGo(bytes.subarray(at));
    else this.#hold(bytes.slice(at));
    this.owner.onPassedOver(this);
    return false;
  }

  #hold(rest: Uint8Array): void {
    this.#state = "held";
    this.head.keep();
    this.#held = rest;
    this.connection?.pause();
  }

  #writeHead(): void {
    const { client: { answer }, head, mayPersist, http } = this.request;
    this.#state = "answering";
    this.#interim?.writeTo(answer.out);
    answer.head(this.head, head.minorVersion, mayPersist, http.requestPolicy.via);
    if (answer.keepsChunks) this.connection!.parser.keepChunkFraming();
  }

  /** All that was received is with the client's connection: holds the endpoint back where that does not take it. */
  #settle(): void {
    const { answer } = this.request.client;
    answer.flush();
    if (this.#state !== "answering" || answer.blockedSince === null) return;
    this.connection?.pause();
    this.owner.onBlocked();
  }

  /** @param isClean no bytes came behind the answer. */
  #answered(isClean: boolean): void {
    const { answer } = this.request.client;
    const connection = this.connection!;
    answer.end(connection.parser.trailers);
    answer.flush();
    this.#leave();
    if (isClean && this.#sender?.isDone === true) connection.done();
    else connection.reset();
    this.owner.onEnd(ANSWERED);
  }

  #switched(rest: Uint8Array): void {
    const { connection } = this.connection!;
    const { target } = this.#account;
    this.request.client.answer.flush();
    this.#state = "over";
    this.#close();
    this.owner.onEnd({ type: "switched", connection, rest, target, place: this.place });
  }

  /** The connection failed, or what came on it is no answer. */
  #broken(): void {
    this.connection?.reset();
    if (this.isReused && this.firstByteAt === null && this.request.mayRepeat) return this.#startAnew();
    this.#noteRefusal(this.connection!.parser.error ?? RESPONSE_ERRORS.truncated_body);
    if (this.#state === "answering") {
      this.request.client.answer.flush();
      this.#leave();
      this.owner.onEnd({ type: "truncated", reason: "target_abort" });
    } else if (this.#state === "held") {
      this.#leave();
      this.owner.onHeldLost(this);
    } else {
      this.#account.unanswered();
      this.outcome = "broken";
      this.#fail("bad_answer");
    }
  }

  /** Tells the log and the record why there is no whole answer. */
  #noteRefusal(error: CodecError): void {
    this.request.answerError = error.code;
    this.#account.refused(error);
  }

  /** The endpoint had closed the connection while it was idle, most likely (RFC 9112 section 9.3.1). */
  #startAnew(): void {
    this.outcome = "broken";
    traceTry(this.request, this);
    this.outcome = "awaited";
    this.isReused = false;
    this.connectedAt = null;
    this.connection = null;
    this.#sender = null;
    this.#interim = null;
    this.#state = "connecting";
    this.connectingAt = this.#now;
    this.#connect();
  }

  #fail(failure: TryFailure): void {
    this.#leave();
    this.owner.onFailed(this, failure);
  }

  /** The answer is not wanted. */
  #letGo(rest: Uint8Array): void {
    const isWhole = this.#sender?.isDone === true && this.head.status !== 101;
    if (isWhole) return this.#discard(rest, UNUSABLE_GRACE_MS);
    this.connection?.reset();
    this.#leave();
  }

  /** It may end by itself; until then it is a call to its endpoint. */
  #discard(rest: Uint8Array, timeoutMs: number): void {
    this.#state = "over";
    this.#close();
    this.connection?.discard(rest, timeoutMs, () => this.place.leave());
  }

  #leave(): void {
    this.#state = "over";
    this.place.leave();
    this.#close();
  }

  #close(): void {
    this.#account.bytes(this.#sender?.bytes ?? 0, this.#bytesReceived);
    traceTry(this.request, this);
  }
}
