import type { NetError } from "../../../base/errors.ts";
import { Counter } from "../../../model/board.ts";
import { HISTOGRAMS } from "../../../model/histograms.ts";
import type { TargetSnapshot } from "../../../model/snapshot.ts";
import type { SessionContext } from "../../client_session.ts";
import type { TargetOutcomes } from "../../target_outcomes.ts";
import type { HttpApp } from "../http_app.ts";

/** For whom a try is counted. */
export interface AccountOwner {
  readonly context: SessionContext;
  readonly http: HttpApp;
  /** Whom to tell how it went, null where nobody wants to know. */
  readonly outcomes: TargetOutcomes | null;
}

/** What one try at an endpoint counts, and tells, of that endpoint. */
export class TryAccount {
  constructor(private readonly owner: AccountOwner, private readonly target: TargetSnapshot) {}

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

  connectFailed(error: NetError): void {
    const { context: { tlsFailures }, http, outcomes } = this.owner;
    this.#add(Counter.connectFailures, 1);
    outcomes?.connectFailed(this.target.slot, error);
    if (error.code === "tls") tlsFailures.ofTarget(http.appName, this.target, error);
  }

  /** The time of the try was over before it was connected to. */
  connectTimedOut(): void {
    this.#add(Counter.connectFailures, 1);
    this.owner.outcomes?.connectTimedOut(this.target.slot);
  }

  /** It gave no final answer. */
  unanswered(): void {
    this.#add(Counter.unanswered, 1);
    this.owner.outcomes?.unanswered(this.target.slot);
  }

  /** What went to it and came of it. */
  bytes(sent: number, received: number): void {
    this.#add(Counter.bytesIn, sent);
    this.#add(Counter.bytesOut, received);
  }

  #add(counter: number, amount: number): void {
    this.owner.context.counters.add(this.target.slot, counter, amount);
  }
}
