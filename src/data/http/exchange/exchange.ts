import type { Connection } from "../../../engine/engine.ts";
import { Counter } from "../../../model/board.ts";
import type { CloseReason } from "../../../model/close_reason.ts";
import type { Policy, TargetSnapshot } from "../../../model/snapshot.ts";
import type { App } from "../../app.ts";
import type { SessionContext } from "../../client_session.ts";
import { Place } from "../../place.ts";
import type { TargetOutcomes } from "../../target_outcomes.ts";
import type { ServerSpan } from "../../tracing/server_span.ts";
import type { CodecErrorCode } from "../codec/codec_error.ts";
import type { FieldSection } from "../codec/field_section.ts";
import type { RequestHead } from "../codec/request_head.ts";
import type { RequestTraits } from "../codec/response_parser.ts";
import type { HttpApp } from "../http_app.ts";
import { expectationOf } from "../policy/expectation.ts";
import type { ForwardedFields } from "../policy/forwarded_fields.ts";
import { CONTINUE, type LocalAnswer } from "../policy/local_answer.ts";
import { type Dispatch, dispatchOf, type ReplayFacts, retryRefusal } from "../policy/replay.ts";
import { traceParentOf } from "../policy/trace_context.ts";
import type { AnswerWriter } from "./answer_writer.ts";
import { EndpointOrder, NONE } from "./endpoint_order.ts";
import { EndpointTry } from "./endpoint_try.ts";
import type { ExchangeOwner } from "./exchange_owner.ts";
import { ExchangeTrace } from "./exchange_trace.ts";
import { exhaustedOutcome } from "./exhausted_outcome.ts";
import { Hedge } from "./hedge.ts";
import { DENIED_BY_RULE, NO_ENDPOINT, TIMED_OUT } from "./local_answers.ts";
import { answerDeadline, tryDeadline } from "./deadlines.ts";
import { RequestBody } from "./request_body.ts";
import { requestTraits } from "./request_traits.ts";
import type { TryFailure, TryOwner, Verdict } from "./try_owner.ts";

/**
 * One request from its whole head to the end of its answer: who is asked and when, and whose answer is taken. The tries
 * do the talking; this decides. Times are `engine.now()`.
 */
export class Exchange implements TryOwner<EndpointTry> {
  readonly context: SessionContext;
  readonly policy: Policy;
  readonly outcomes: TargetOutcomes | null;
  readonly body: RequestBody;
  readonly traits: RequestTraits;
  readonly startedAt: number;
  readonly trace: ExchangeTrace;
  /** Null where nothing is traced for OpenTelemetry. */
  readonly span: ServerSpan | null;
  /** How the request meets the endpoints; known once it was started. */
  dispatch: Dispatch = "sequential";
  /** Of the answer that the client gets, 0 while it is not known. */
  status = 0;
  /** Whose answer the client gets, null while it is not known. */
  winner: EndpointTry | null = null;
  /** Tries under way, without the winner. */
  readonly running: EndpointTry[] = [];
  expectsContinue: boolean;
  answerError: CodecErrorCode | null = null;
  readonly #order: EndpointOrder;
  /** An answer that was not usable, kept in case no other comes. */
  #last: EndpointTry | null = null;
  #isStarted = false;
  #isOver = false;
  /** Some endpoint may have had the request. */
  #isReached = false;
  /** When the request had come whole: what is the endpoints' time counts from then. */
  #wholeAt = Infinity;
  readonly #hedge = new Hedge();
  /** What became of the last try that failed. */
  #failure: TryFailure = "connect_failed";

  constructor(
    private readonly owner: ExchangeOwner,
    private readonly app: App,
    readonly http: HttpApp,
    readonly head: RequestHead,
  ) {
    const { context } = owner;
    this.context = context;
    this.policy = app.snapshot.policy;
    this.outcomes = app.outcomes;
    this.body = new RequestBody(head, http.policy.maxReplayBodyBytes);
    this.traits = requestTraits(head);
    this.trace = new ExchangeTrace(context);
    this.startedAt = context.engine.now();
    this.span = context.tracer === null ? null : context.tracer.request(traceParentOf(head));
    this.expectsContinue = expectationOf(head) === "continue";
    this.#order = new EndpointOrder(context, app, owner, head, this.trace);
    if (this.body.complete || this.expectsContinue) this.#wholeAt = this.startedAt;
  }

  get answer(): AnswerWriter {
    return this.owner.answer;
  }

  get forwarded(): ForwardedFields {
    return this.owner.forwarded;
  }

  get mayPersist(): boolean {
    return this.owner.mayPersist && this.body.complete;
  }

  get mayRepeat(): boolean {
    return retryRefusal(this.#facts, true) === null;
  }

  /** Indices of the endpoints that were asked. */
  get tried(): readonly number[] {
    return this.#order.tried;
  }

  /** Whether one of the endpoints that are asked now is among those. */
  uses(isGone: (index: number) => boolean): boolean {
    return this.winner === null ? this.running.some(({ index }) => isGone(index)) : isGone(this.winner.index);
  }

  /** Whether the client may send more of the body: what is not needed yet would have to be held. */
  get wantsBody(): boolean {
    return !this.body.streamed || this.body.complete || this.#receiver?.takesBody === true;
  }

  /** Takes a part of the request's body. */
  addBody(data: Uint8Array, start: number, end: number): void {
    // A client that does not wait for the 100: from now on the time is its own.
    if (this.expectsContinue) this.#stopExpecting();
    if (this.body.streamed && this.#receiver?.passBody(data.subarray(start, end)) === true) {
      this.body.passed(end - start);
    } else this.body.append(data, start, end);
  }

  /** The body has come whole. */
  endBody(trailers: FieldSection | null): void {
    this.expectsContinue = false;
    this.body.finish(trailers);
    this.#wholeAt = this.context.engine.now();
  }

  /** Sends on what has come; the first call starts the tries. To be called after each read from the client. */
  proceed(): void {
    if (this.#isOver) return;
    if (!this.#isStarted) {
      const mayFanOut = this.http.policy.dispatch !== "sequential" && !this.expectsContinue;
      // Whether such a body can be kept shows only at its end, and decides how many endpoints are asked.
      return mayFanOut && this.body.undecided ? undefined : this.#start();
    }
    if (this.winner !== null) this.winner.sendBody();
    else for (const tried of this.running) tried.sendBody();
    this.owner.onDeadline();
  }

  /** When {@link onTime} has something to do, as far as is known now. */
  get deadline(): number {
    const { http: { policy }, winner } = this;
    if (winner !== null) {
      const { answer: { blockedSince }, body, policy: { idleTimeoutMs } } = this;
      return answerDeadline(winner, blockedSince, this.#wholeAt, body, idleTimeoutMs, policy);
    }
    let at = Math.min(this.#hedge.at, this.#wholeAt + policy.requestTimeoutMs);
    for (const tried of this.running) at = Math.min(at, tryDeadline(tried, this.#wholeAt, policy));
    return at;
  }

  /** Does what is due. */
  onTime(now: number): void {
    const { http: { policy }, winner } = this;
    if (now < this.deadline) return;
    if (winner !== null) {
      winner.abort();
      this.#isOver = true;
      return this.owner.onTruncated("idle_timeout");
    }
    if (now >= this.#wholeAt + policy.requestTimeoutMs) return this.#timeUp();
    if (now >= this.#hedge.at) this.#sendHedge(now);
    for (const tried of [...this.running]) {
      if (this.#isOver || now < tryDeadline(tried, this.#wholeAt, policy)) continue;
      tried.timeOut();
    }
  }

  /** The client takes bytes again. */
  onClientDrain(): void {
    this.winner?.resume();
  }

  /** Gives up all endpoints at once. */
  abort(): void {
    this.#isOver = true;
    this.winner?.abort();
    for (const tried of this.running.splice(0)) tried.abort();
    this.#last?.discard();
    this.#last = null;
  }

  onSent(tried: EndpointTry): void {
    this.#isReached = true;
    if (tried.takesBody && !this.expectsContinue) this.owner.onBodyWanted();
    this.owner.onDeadline();
  }

  onBodyTaken(): void {
    this.owner.onBodyWanted();
  }

  onBlocked(): void {
    this.owner.onDeadline();
  }

  onInterim(tried: EndpointTry): void {
    if (tried.head.status === 100) return this.#continue();
    if (this.head.minorVersion === 0) return;
    const isSure = this.running.length === 1 && (!this.mayRepeat || this.#order.peek() === NONE);
    if (!isSure) return tried.keepInterim();
    this.answer.head(tried.head, this.head.minorVersion, true, this.http.requestPolicy.via);
    this.answer.flush();
  }

  judge(tried: EndpointTry): Verdict {
    const { status } = tried.head;
    const isTerminal = this.http.terminal.has(status);
    this.#learn(tried, isTerminal);
    if (isTerminal) {
      this.#take(tried);
      return "take";
    }
    if (this.http.policy.onExhausted !== "last" || status === 101) return "refuse";
    this.#last?.discard();
    this.#last = tried;
    return "hold";
  }

  onPassedOver(tried: EndpointTry): void {
    this.#lost(tried, "bad_answer");
  }

  onHeldLost(tried: EndpointTry): void {
    if (this.#last === tried) this.#last = null;
  }

  onFailed(tried: EndpointTry, failure: TryFailure): void {
    if (this.dispatch === "hedged" && failure === "timed_out") this.#recordTime(tried);
    // A lack of descriptors is our own.
    if (failure !== "resource") this.#learn(tried, false);
    this.#lost(tried, failure);
  }

  onAnswered(): void {
    this.#isOver = true;
    this.owner.onAnswered();
  }

  onTruncated(): void {
    this.#isOver = true;
    this.owner.onTruncated("target_abort");
  }

  onSwitched(connection: Connection, rest: Uint8Array, target: TargetSnapshot, place: Place): void {
    this.#isOver = true;
    this.owner.onSwitched(connection, rest, target, place);
  }

  get #facts(): ReplayFacts {
    const { head: { method }, http: { policy: { replay } }, body, traits: { upgrade } } = this;
    return { method, replay, body: body.plan, upgrade };
  }

  /** Who gets a body that only one endpoint can get. */
  get #receiver(): EndpointTry | undefined {
    return this.winner ?? this.running[0];
  }

  #start(): void {
    this.#isStarted = true;
    const { http } = this;
    const wanted = http.policy.dispatch;
    if (wanted !== "sequential" && !this.body.undecided) this.dispatch = dispatchOf(wanted, this.#facts);
    if (this.dispatch === "hedged") this.#hedge.start(http, this.context.engine.now());
    if (this.#launchNext()) this.owner.onDeadline();
    else if (this.#order.isDenied) this.#refuse(DENIED_BY_RULE, "denied");
    else this.#refuse(NO_ENDPOINT, "no_target");
  }

  /** Asks the next endpoint, or in fan-out all that are as good. @returns false when none is left. */
  #launchNext(): boolean {
    const tier = this.#order.peek();
    if (!this.#launch(false)) return false;
    while (this.dispatch === "fanout" && this.#order.peek() === tier) this.#launch(false);
    return true;
  }

  #launch(isHedge: boolean): boolean {
    const place = new Place(this.context.counters);
    const index = this.#order.take(place);
    const target = this.app.snapshot.targets[index];
    if (target === undefined) return false;
    const tried = new EndpointTry(this, target, index, isHedge, place);
    this.running.push(tried);
    tried.start();
    return true;
  }

  #sendHedge(now: number): void {
    const { counters } = this.context;
    const { slot } = this.app.snapshot;
    const isLeft = this.#order.peek() !== NONE;
    this.#hedge.stop();
    if (!isLeft) return;
    if (!this.http.hedgeBudget.take()) return counters.add(slot, Counter.hedgeBudgetExhausted, 1);
    counters.add(slot, Counter.hedgesSent, 1);
    this.#launch(true);
    this.#hedge.sent(now);
  }

  #lost(tried: EndpointTry, failure: TryFailure): void {
    this.#forget(tried);
    this.#failure = failure;
    if (this.running.length === 0 && !this.#isOver) this.#moveOn();
  }

  /** Nobody is asked any more: the next one, or what is left to say. */
  #moveOn(): void {
    if (retryRefusal(this.#facts, this.#isReached) !== null || !this.#launchNext()) return this.#exhausted();
    this.context.counters.add(this.app.snapshot.slot, Counter.retries, 1);
    this.owner.onDeadline();
  }

  #exhausted(): void {
    if (this.#last !== null) return this.#deliver(this.#last);
    const { answer, reason } = exhaustedOutcome(this.#failure, this.http.policy.onExhausted);
    this.#refuse(answer, reason);
  }

  /** The time of the whole request is over. */
  #timeUp(): void {
    const last = this.#last;
    for (const tried of this.running.splice(0)) tried.abort();
    if (last === null) this.#refuse(TIMED_OUT, "idle_timeout");
    else this.#deliver(last);
  }

  #deliver(last: EndpointTry): void {
    this.#take(last);
    last.deliver();
  }

  /** This answer is the client's; the others are not needed any more. */
  #take(tried: EndpointTry): void {
    this.winner = tried;
    tried.outcome = "taken";
    this.status = tried.head.status;
    this.#hedge.stop();
    this.#forget(tried);
    if (tried !== this.#last) this.#last?.discard();
    this.#last = null;
    if (this.dispatch === "hedged") this.#recordTime(tried);
    if (tried.isHedge) this.context.counters.add(this.app.snapshot.slot, Counter.hedgesWon, 1);
    for (const other of this.running.splice(0)) {
      // It ran for at least this long: without it the quantile would sink with every hedge.
      if (this.dispatch === "hedged") this.#recordTime(other);
      other.giveWay();
    }
  }

  #refuse(answer: LocalAnswer, reason: CloseReason): void {
    this.#isOver = true;
    this.owner.onRefused(answer, reason);
  }

  /** Some endpoint is ready for the body: the client hears it once. */
  #continue(): void {
    if (!this.expectsContinue) return;
    this.#stopExpecting();
    this.answer.write(CONTINUE);
    this.owner.onBodyWanted();
  }

  #stopExpecting(): void {
    this.expectsContinue = false;
    this.#wholeAt = Infinity;
  }

  #forget(tried: EndpointTry): void {
    const at = this.running.indexOf(tried);
    if (at >= 0) this.running.splice(at, 1);
  }

  /** Tells a strategy that wants to hear it how the endpoint fared. A client's own time does not count against it. */
  #learn(tried: EndpointTry, isServed: boolean): void {
    const { learner } = this.app;
    if (learner === null) return;
    const ms = this.context.engine.now() - Math.max(tried.startedAt, this.#wholeAt);
    if (!isServed) learner.failed(tried.index, Math.max(0, ms));
    else if (ms >= 0) learner.served(tried.index, ms);
  }

  #recordTime(tried: EndpointTry): void {
    const now = this.context.engine.now();
    this.http.times.record(now - tried.startedAt, now);
  }
}
