import type { Attempt } from "../../../engine/engine.ts";
import type { CallAnswer } from "../../../model/why.ts";
import type { App } from "../../app.ts";
import type { SessionContext } from "../../client_session.ts";
import type { EndpointConnection } from "../endpoint/endpoint_connection.ts";
import { type AttemptTrace, lostAttempt, withAttempt } from "../../why/attempt_trace.ts";
import type { ChoiceTrace } from "../../why/passed_over.ts";

/** What a trace tells of a try. */
export interface TracedTry {
  readonly index: number;
  readonly isHedge: boolean;
  readonly isReused: boolean;
  /** What became of the request there. */
  readonly outcome: CallAnswer;
  /** When it began to connect, or took a connection that was open. */
  readonly connectingAt: number;
  /** Null while there is no connection. */
  readonly connectedAt: number | null;
  readonly firstByteAt: number | null;
  readonly connection: Pick<EndpointConnection, "address" | "parser"> | null;
}

/** What of an exchange its trace tells besides the try whose answer was taken: nothing, of most. */
export class ExchangeTrace {
  /** The last choice of an endpoint. */
  choice: ChoiceTrace | null = null;
  others: AttemptTrace[] | null = null;

  constructor(private readonly context: SessionContext) {}

  /** An endpoint was chosen, or none was left. */
  chose(app: App): void {
    const { picker, traces } = this.context;
    if (traces.isOn) this.choice = picker.trace(app);
  }

  /** An attempt to connect came to nothing. */
  attemptLost(index: number, attempt: Attempt, error: string | null): void {
    const { engine, traces } = this.context;
    if (!traces.isOn) return;
    this.others = withAttempt(this.others, lostAttempt(index, attempt, error, engine.now()));
  }

  /** A try is over. */
  over(tried: TracedTry): void {
    if (tried.outcome === "taken" || tried.connectedAt === null || !this.context.traces.isOn) return;
    this.others = withAttempt(this.others, tracedTry(tried));
  }
}

/** A try that has a connection, as it is now. */
export function tracedTry(tried: TracedTry): AttemptTrace {
  const { index, isHedge, isReused, outcome, connectingAt, connectedAt, firstByteAt, connection } = tried;
  const isJudged = outcome === "not_terminal" || outcome === "taken";
  const status = isJudged ? connection?.parser.head.status ?? 0 : 0;
  return {
    target: index,
    address: connection?.address ?? "",
    startedAt: connectingAt,
    endedAt: connectedAt ?? connectingAt,
    result: "connected",
    error: null,
    call: { isHedge, isReused, answer: outcome, status, firstByteAt },
  };
}
