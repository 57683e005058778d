import { Counter } from "../../../model/board.ts";
import type { CloseReason } from "../../../model/close_reason.ts";
import { Place } from "../../place.ts";
import type { FieldSection } from "../codec/field_section.ts";
import { CONTINUE, type LocalAnswer } from "../policy/local_answer.ts";
import { type Dispatch, dispatchOf, retryRefusal } from "../policy/replay.ts";
import { answerDeadline, tryDeadline } from "./deadlines.ts";
import { EndpointOrder, NONE } from "./endpoint_order.ts";
import { EndpointTry } from "./endpoint_try.ts";
import type { ExchangeEnd } from "./exchange_end.ts";
import type { ExchangeOwner } from "./exchange_owner.ts";
import { exhaustedOutcome } from "./exhausted_outcome.ts";
import { Hedge } from "./hedge.ts";
import { DENIED_BY_RULE, NO_ENDPOINT, TIMED_OUT } from "./local_answers.ts";
import type { ProxiedRequest } from "./proxied_request.ts";
import type { TryFailure, TryOwner, Verdict } from "./try_owner.ts";

/**
 * One request from its whole head to the end of its answer: who is asked and when, and whose answer is taken. The tries
 * do the talking; this decides. Times are `engine.now()`.
 */
export class Exchange implements TryOwner<EndpointTry> {
  /** How the request meets the endpoints; known once it was started. */
  dispatch: Dispatch = "sequential";
  /** Of the answer that the client gets, 0 while it is not known. */
  status = 0;
  /** Whose answer the client gets, null while it is not known. */
  winner: EndpointTry | null = null;
  /** Tries under way, without the winner. */
  readonly running: EndpointTry[] = [];
  readonly #order: EndpointOrder;
  /** An answer that was not usable, kept in case no other comes. */
  #last: EndpointTry | null = null;
  #isStarted = false;
  #isOver = false;
  /** Some endpoint may have had the request. */
  #isReached = false;
  /** When the request had come whole: what is the endpoints' time counts from then. */
  #wholeAt = Infinity;
  /** Null where the request is not sent to one more endpoint because others are slow, or not any more. */
  #hedge: Hedge | null = null;
  /** What became of the last try that failed. */
  #failure: TryFailure = "connect_failed";

  constructor(private readonly owner: ExchangeOwner, readonly request: ProxiedRequest) {
    this.#order = new EndpointOrder(request);
    if (request.body.complete || request.expectsContinue) this.#wholeAt = request.startedAt;
  }

  /** Indices of the endpoints that were asked. */
  get tried(): readonly number[] {
    return this.#order.tried;
  }

  /** Indices of the endpoints that are asked now. */
  get asked(): readonly number[] {
    return this.winner === null ? this.running.map(({ index }) => index) : [this.winner.index];
  }

  /** Whether the client may send more of the body: what is not needed yet would have to be held. */
  get wantsBody(): boolean {
    const { body } = this.request;
    return !body.streamed || body.complete || this.#receiver?.sender?.takesBody === true;
  }

  /** Takes a part of the request's body. */
  addBody(data: Uint8Array, start: number, end: number): void {
    const { body, expectsContinue } = this.request;
    // A client that does not wait for the 100: from now on the time is its own.
    if (expectsContinue) this.#stopExpecting();
    if (body.streamed && this.#receiver?.sender?.passBody(data.subarray(start, end)) === true) {
      body.passed(end - start);
    } else body.append(data, start, end);
  }

  /** The body has come whole. */
  endBody(trailers: FieldSection | null): void {
    const { request } = this;
    request.expectsContinue = false;
    request.body.finish(trailers);
    this.#wholeAt = this.#now;
  }

  /** Sends on what has come; the first call starts the tries. To be called after each read from the client. */
  proceed(): void {
    if (this.#isOver) return;
    if (!this.#isStarted) {
      const { body, expectsContinue, http } = this.request;
      const mayFanOut = http.policy.dispatch !== "sequential" && !expectsContinue;
      // Whether such a body can be kept shows only at its end, and decides how many endpoints are asked.
      return mayFanOut && body.undecided ? undefined : this.#start();
    }
    if (this.winner !== null) this.winner.sender?.sendBody();
    else for (const tried of this.running) tried.sender?.sendBody();
    this.#reach();
  }

  /** When {@link onTime} has something to do, as far as is known now. */
  get deadline(): number {
    const { request: { app, body, client, http: { policy } }, winner } = this;
    if (winner !== null) {
      const { idleTimeoutMs } = app.snapshot.policy;
      return answerDeadline(winner, client.answer.blockedSince, this.#wholeAt, body, idleTimeoutMs, policy);
    }
    let at = Math.min(this.#hedge?.at ?? Infinity, this.#wholeAt + policy.requestTimeoutMs);
    for (const tried of this.running) at = Math.min(at, tryDeadline(tried, this.#wholeAt, policy));
    return at;
  }

  /** Does what is due. */
  onTime(now: number): void {
    const { request: { http: { policy } }, winner } = this;
    if (now < this.deadline) return;
    if (winner !== null) {
      winner.abort();
      return this.onEnd({ type: "truncated", reason: "idle_timeout" });
    }
    if (now >= this.#wholeAt + policy.requestTimeoutMs) return this.#timeUp();
    if (this.#hedge !== null && now >= this.#hedge.at) this.#sendHedge(this.#hedge, now);
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
    if (tried.sender?.takesBody === true && !this.request.expectsContinue) this.owner.onBodyWanted();
    this.#reach();
  }

  onBodyTaken(): void {
    this.owner.onBodyWanted();
  }

  onBlocked(): void {
    this.#reach();
  }

  onInterim(tried: EndpointTry): void {
    const { client: { answer }, head: { minorVersion }, http, mayRepeat } = this.request;
    if (tried.head.status === 100) return this.#continue();
    if (minorVersion === 0) return;
    const isSure = this.running.length === 1 && (!mayRepeat || this.#order.peek() === NONE);
    if (!isSure) return tried.keepInterim();
    answer.head(tried.head, minorVersion, true, http.requestPolicy.via);
    answer.flush();
  }

  judge(tried: EndpointTry): Verdict {
    const { status } = tried.head;
    const { http } = this.request;
    const isTerminal = http.terminal.has(status);
    this.#learn(tried, isTerminal);
    if (isTerminal) {
      this.#take(tried);
      return "take";
    }
    if (http.policy.onExhausted !== "last" || status === 101) return "refuse";
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

  onEnd(end: ExchangeEnd): void {
    this.#isOver = true;
    this.owner.onEnd(end);
  }

  /** The deadline may have come nearer. */
  #reach(): void {
    if (!this.#isOver) this.request.client.timer.reach(this.deadline);
  }

  get #now(): number {
    return this.request.client.context.engine.now();
  }

  /** Who gets a body that only one endpoint can get. */
  get #receiver(): EndpointTry | undefined {
    return this.winner ?? this.running[0];
  }

  #start(): void {
    this.#isStarted = true;
    const { body, facts, http } = this.request;
    const wanted = http.policy.dispatch;
    if (wanted !== "sequential" && !body.undecided) this.dispatch = dispatchOf(wanted, facts);
    if (this.dispatch === "hedged") this.#hedge = new Hedge(http, this.#now);
    if (this.#launchNext()) this.#reach();
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
    const { request } = this;
    const place = new Place(request.client.context.counters);
    const index = this.#order.take(place);
    if (index === NONE) return false;
    const tried = new EndpointTry(this, request, index, isHedge, place);
    this.running.push(tried);
    tried.start();
    return true;
  }

  #sendHedge(hedge: Hedge, now: number): void {
    this.#hedge = null;
    if (this.#order.peek() === NONE) return;
    if (!this.request.http.hedgeBudget.take()) return this.#count(Counter.hedgeBudgetExhausted);
    this.#count(Counter.hedgesSent);
    hedge.sent(now);
    this.#hedge = hedge;
    this.#launch(true);
  }

  #lost(tried: EndpointTry, failure: TryFailure): void {
    this.#forget(tried);
    this.#failure = failure;
    if (this.running.length === 0 && !this.#isOver) this.#moveOn();
  }

  /** Nobody is asked any more: the next one, or what is left to say. */
  #moveOn(): void {
    const mayRetry = retryRefusal(this.request.facts, this.#isReached) === null;
    if (!mayRetry || !this.#launchNext()) return this.#exhausted();
    this.#count(Counter.retries);
    this.#reach();
  }

  #exhausted(): void {
    if (this.#last !== null) return this.#deliver(this.#last);
    this.onEnd(exhaustedOutcome(this.#failure, this.request.http.policy.onExhausted));
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
    this.#hedge = null;
    this.#forget(tried);
    if (tried !== this.#last) this.#last?.discard();
    this.#last = null;
    if (this.dispatch === "hedged") this.#recordTime(tried);
    if (tried.isHedge) this.#count(Counter.hedgesWon);
    for (const other of this.running.splice(0)) {
      // It ran for at least this long: without it the quantile would sink with every hedge.
      if (this.dispatch === "hedged") this.#recordTime(other);
      other.giveWay();
    }
  }

  #refuse(answer: LocalAnswer, reason: CloseReason): void {
    this.onEnd({ type: "refused", answer, reason });
  }

  /** Some endpoint is ready for the body: the client hears it once. */
  #continue(): void {
    const { client: { answer }, expectsContinue } = this.request;
    if (!expectsContinue) return;
    this.#stopExpecting();
    answer.write(CONTINUE);
    this.owner.onBodyWanted();
  }

  #stopExpecting(): void {
    this.request.expectsContinue = false;
    this.#wholeAt = Infinity;
  }

  #forget(tried: EndpointTry): void {
    const at = this.running.indexOf(tried);
    if (at >= 0) this.running.splice(at, 1);
  }

  /** Tells a strategy that wants to hear it how the endpoint fared. A client's own time does not count against it. */
  #learn(tried: EndpointTry, isServed: boolean): void {
    const { learner } = this.request.app;
    if (learner === null) return;
    const ms = this.#now - Math.max(tried.startedAt, this.#wholeAt);
    if (!isServed) learner.failed(tried.index, Math.max(0, ms));
    else if (ms >= 0) learner.served(tried.index, ms);
  }

  #recordTime(tried: EndpointTry): void {
    const now = this.#now;
    this.request.http.times.record(now - tried.startedAt, now);
  }

  #count(counter: number): void {
    const { app, client } = this.request;
    client.context.counters.add(app.snapshot.slot, counter, 1);
  }
}
