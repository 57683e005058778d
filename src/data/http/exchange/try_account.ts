import type { NetError } from "../../../base/errors.ts";
import { Counter } from "../../../model/board.ts";
import { HISTOGRAMS } from "../../../model/histograms.ts";
import type { TargetSnapshot } from "../../../model/snapshot.ts";
import type { SessionContext } from "../../client_session.ts";
import type { TargetOutcomes } from "../../target_outcomes.ts";
import type { AttemptSpan, ServerSpan } from "../../tracing/server_span.ts";
import type { CodecError } from "../codec/codec_error.ts";
import type { HttpApp } from "../http_app.ts";

/** For whom a try is counted. */
export interface AccountOwner {
  readonly context: SessionContext;
  readonly http: HttpApp;
  /** Whom to tell how it went, null where nobody wants to know. */
  readonly outcomes: TargetOutcomes | null;
  /** Null where nothing is traced. */
  readonly span: ServerSpan | null;
}

/** What one try at an endpoint counts, and tells, of that endpoint. */
export class TryAccount {
  /** The span of the try, null where nothing is traced. */
  readonly attempt: AttemptSpan | null;

  /** @param startedAt `engine.now()`. @param isHedge see `EndpointTry`. */
  constructor(
    private readonly owner: AccountOwner,
    private readonly target: TargetSnapshot,
    startedAt: number,
    isHedge: boolean,
  ) {
    this.attempt = owner.span === null ? null : owner.span.attempt(target.key, startedAt, isHedge);
  }

  /** A request is for it. */
  asked(): void {
    this.#add(Counter.requests, 1);
  }

  /** It is connected to. */
  attempted(): void {
    this.#add(Counter.connectAttempts, 1);
  }

  connected(): void {
    this.#add(Counter.connections, 1);
    this.owner.outcomes?.connected(this.target.slot);
  }

  /** The connection that it is asked on took this long to open. */
  connectTook(ms: number): void {
    const { context: { counters }, http } = this.owner;
    counters.took(http.appSlot, HISTOGRAMS.connect, ms);
  }

  /** It is asked on a connection to this `ip:port`. */
  askedOn(address: string): void {
    if (this.attempt !== null) this.attempt.address = address;
  }

  connectFailed(error: NetError): void {
    const { context: { tlsFailures }, http, outcomes } = this.owner;
    this.#failed(error.code);
    this.#add(Counter.connectFailures, 1);
    outcomes?.connectFailed(this.target.slot, error);
    if (error.code === "tls") tlsFailures.ofTarget(http.appName, this.target, error);
  }

  /** The time of the try was over before it was connected to. */
  connectTimedOut(): void {
    this.#failed("timed_out");
    this.#add(Counter.connectFailures, 1);
    this.owner.outcomes?.connectTimedOut(this.target.slot);
  }

  /** It gave a final answer, or a 101. */
  answered(status: number): void {
    const { context: { counters }, outcomes } = this.owner;
    counters.answered(this.target.slot, status);
    outcomes?.answered(this.target.slot, status);
    if (this.attempt !== null) this.attempt.status = status;
  }

  /** Its answer was refused, or broke off. */
  refused(error: CodecError): void {
    const { context, http } = this.owner;
    this.#failed(error.code);
    context.http.refusals.ofTarget(http.appName, this.target, error, this.attempt);
  }

  /** It gave no final answer. @param error for its span. */
  unanswered(error: "unanswered" | "timed_out" = "unanswered"): void {
    this.#failed(error);
    this.#add(Counter.unanswered, 1);
    this.owner.outcomes?.unanswered(this.target.slot);
  }

  /** It is over; what went to it and came of it. */
  bytes(sent: number, received: number): void {
    if (this.attempt !== null) this.attempt.end(this.owner.context.engine.now());
    this.#add(Counter.bytesIn, sent);
    this.#add(Counter.bytesOut, received);
  }

  #failed(error: string): void {
    if (this.attempt !== null) this.attempt.failed(error, this.owner.context.engine.now());
  }

  #add(counter: number, amount: number): void {
    this.owner.context.counters.add(this.target.slot, counter, amount);
  }
}
