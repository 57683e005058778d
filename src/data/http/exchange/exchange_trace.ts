import type { Attempt } from "../../../engine/engine.ts";
import type { CallAnswer } from "../../../model/why.ts";
import type { EndpointConnection } from "../endpoint/endpoint_connection.ts";
import { type AttemptTrace, lostAttempt, withAttempt } from "../../why/attempt_trace.ts";
import type { ProxiedRequest } from "./proxied_request.ts";

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

/** An endpoint was chosen, or none was left. */
export function traceChoice(request: ProxiedRequest): void {
  const { picker, traces } = request.client.context;
  if (traces.isOn) request.choice = picker.trace(request.app);
}

/** An attempt to connect came to nothing. */
export function traceLostAttempt(
  request: ProxiedRequest,
  index: number,
  attempt: Attempt,
  error: string | null,
): void {
  const { engine, traces } = request.client.context;
  if (!traces.isOn) return;
  request.otherAttempts = withAttempt(
    request.otherAttempts,
    lostAttempt(index, attempt, error, engine.now()),
  );
}

/** A try is over. */
export function traceTry(request: ProxiedRequest, tried: TracedTry): void {
  if (tried.outcome === "taken" || tried.connectedAt === null || !request.client.context.traces.isOn) return;
  request.otherAttempts = withAttempt(request.otherAttempts, tracedTry(tried));
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
