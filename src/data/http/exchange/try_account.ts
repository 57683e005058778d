import type { NetError } from "../../../base/errors.ts";
import { Counter } from "../../../model/board.ts";
import { HISTOGRAMS } from "../../../model/histograms.ts";
import type { TargetSnapshot } from "../../../model/snapshot.ts";
import type { TargetOutcomes } from "../../target_outcomes.ts";
import type { AttemptSpan } from "../../tracing/server_span.ts";
import type { CodecError } from "../codec/codec_error.ts";
import type { ProxiedRequest } from "./proxied_request.ts";

/** What one try at an endpoint counts, and tells, of that endpoint. */
export class TryAccount {
  /** The span of the try, null where nothing is traced. */
  readonly attempt: AttemptSpan | null;
  readonly target: TargetSnapshot;

  /** @param index the target's, among the app's. @param startedAt `engine.now()`. @param isHedge see `EndpointTry`. */
  constructor(
    private readonly request: ProxiedRequest,
    index: number,
    startedAt: number,
    isHedge: boolean,
  ) {
    const { app, span } = request;
    this.target = app.snapshot.targets[index]!;
    this.attempt = span === null ? null : span.attempt(this.target.key, startedAt, isHedge);
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
    this.#outcomes?.connected(this.target.slot);
  }

  /** The connection that it is asked on took this long to open. */
  connectTook(ms: number): void {
    const { client: { context: { counters } }, http } = this.request;
    counters.took(http.appSlot, HISTOGRAMS.connect, ms);
  }

  /** It is asked on a connection to this `ip:port`. */
  askedOn(address: string): void {
    if (this.attempt !== null) this.attempt.address = address;
  }

  connectFailed(error: NetError): void {
    const { client: { context: { tlsFailures } }, http } = this.request;
    this.#failed(error.code);
    this.#add(Counter.connectFailures, 1);
    this.#outcomes?.connectFailed(this.target.slot, error);
    if (error.code === "tls") tlsFailures.ofTarget(http.appName, this.target, error);
  }

  /** The time of the try was over before it was connected to. */
  connectTimedOut(): void {
    this.#failed("timed_out");
    this.#add(Counter.connectFailures, 1);
    this.#outcomes?.connectTimedOut(this.target.slot);
  }

  /** It gave a final answer, or a 101. */
  answered(status: number): void {
    this.request.client.context.counters.answered(this.target.slot, status);
    this.#outcomes?.answered(this.target.slot, status);
    if (this.attempt !== null) this.attempt.status = status;
  }

  /** Its answer was refused, or broke off. */
  refused(error: CodecError): void {
    const { client: { context }, http } = this.request;
    this.#failed(error.code);
    context.http.refusals.ofTarget(http.appName, this.target, error, this.attempt);
  }

  /** It gave no final answer. @param error for its span. */
  unanswered(error: "unanswered" | "timed_out" = "unanswered"): void {
    this.#failed(error);
    this.#add(Counter.unanswered, 1);
    this.#outcomes?.unanswered(this.target.slot);
  }

  /** It is over; what went to it and came of it. */
  bytes(sent: number, received: number): void {
    if (this.attempt !== null) this.attempt.end(this.request.client.context.engine.now());
    this.#add(Counter.bytesIn, sent);
    this.#add(Counter.bytesOut, received);
  }

  /** Whom to tell how it went, null where nobody wants to know. */
  get #outcomes(): TargetOutcomes | null {
    return this.request.app.outcomes;
  }

  #failed(error: string): void {
    if (this.attempt !== null) this.attempt.failed(error, this.request.client.context.engine.now());
  }

  #add(counter: number, amount: number): void {
    this.request.client.context.counters.add(this.target.slot, counter, amount);
  }
}
