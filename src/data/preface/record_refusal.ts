import { formatAddress } from "../../model/address.ts";
import type { CloseReason } from "../../model/close_reason.ts";
import type { RequestFacts, SessionFacts } from "../access_facts.ts";
import type { SessionContext } from "../client_session.ts";
import { keepRecords } from "../keep_records.ts";
import { NONE } from "../why/trace.ts";
import type { AcceptedClient } from "./accepted_client.ts";

/** Of a client in HTTP mode that asked for nothing. */
const NO_REQUEST: Omit<RequestFacts, "tls"> = {
  method: "",
  path: "",
  status: 0,
  endpoint: null,
  dispatch: "none",
  replay: "none",
  answerError: null,
};

/** Keeps the record and the trace of a client whose session never began. @param acceptedAt `engine.now()`. */
export function recordRefusal(
  context: SessionContext,
  { app, connection, listener, number }: AcceptedClient,
  id: string,
  reason: CloseReason,
  acceptedAt: number,
): void {
  const { access, clock, engine, traces } = context;
  const { snapshot } = app;
  const trace = traces.next();
  const isLogged = access.wants(snapshot.policy.accessLogSample);
  if (trace === null && !isLogged) return;
  const now = engine.now();
  const clientAddr = formatAddress(connection.remote);
  if (trace !== null) {
    trace.begin(snapshot, listener, clientAddr, number, app.isHttp ? 0 : NONE, acceptedAt);
    trace.end(now, reason, null, 0, 0);
  }
  if (!isLogged) return;
  const facts: SessionFacts = {
    ts: clock.wallTime(),
    id,
    app: snapshot.name,
    listener: listener.key,
    clientAddr,
    proxyAddr: null,
    target: null,
    attempts: 0,
    tried: [],
    connectMs: null,
    firstByteMs: null,
    durationMs: now - acceptedAt,
    bytesIn: 0,
    bytesOut: 0,
    revision: snapshot.revision,
    pickedBy: snapshot.strategy.type,
    closeReason: reason,
  };
  const request = app.isHttp ? { ...NO_REQUEST, tls: snapshot.certificate !== null } : null;
  keepRecords(context, facts, request, true, null);
}
