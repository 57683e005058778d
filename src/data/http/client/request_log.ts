import { MAX_TRACED_PATH_CHARS } from "../../../base/limits.ts";
import type { Side } from "../../../engine/engine.ts";
import { formatAddress } from "../../../model/address.ts";
import { Counter } from "../../../model/board.ts";
import type { CloseReason } from "../../../model/close_reason.ts";
import { HISTOGRAMS } from "../../../model/histograms.ts";
import type { RequestFacts, SessionFacts } from "../../access_facts.ts";
import { keepRecords } from "../../keep_records.ts";
import { proxyAddressOf } from "../../proxy_protocol/proxied_client.ts";
import type { ServerSpan } from "../../tracing/server_span.ts";
import type { TracedHead, TraceFacts } from "../../tracing/trace_record.ts";
import { Trace } from "../../why/trace.ts";
import type { ClientConnection } from "../client_connection.ts";
import type { RequestHead } from "../codec/request_head.ts";
import type { Exchange } from "../exchange/exchange.ts";
import { tracedTry } from "../exchange/exchange_trace.ts";
import { traceParentOf } from "../policy/trace_context.ts";

/** How a request ended, or with a reason of null how it is now. */
export interface RequestEnd<Reason extends CloseReason | null = CloseReason> {
  /** Null where no head was read. */
  readonly head: RequestHead | null;
  /** Null where the request was answered without asking anybody. */
  readonly exchange: Exchange | null;
  /** `engine.now()` when its head was whole, or its reading began. */
  readonly startedAt: number;
  /** 0 where no final head went to the client. */
  readonly status: number;
  readonly reason: Reason;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** After an upgrade: side of the tunnel that ended first. */
  readonly firstEnded: Side | null;
}

const NO_KEYS: readonly string[] = [];

/** Keeps the books of one client's requests: counters, and an access record and a trace for each. */
export class RequestLog {
  /** Requests that have ended. */
  count = 0;
  /** Both are made with the first record: what all records of the client have in common. */
  #clientAddr = "";
  #idPrefix = "";

  constructor(private readonly client: ClientConnection) {}

  /** Counts a request and writes its record. */
  write(end: RequestEnd): void {
    const { app, context } = this.client;
    const { slot, policy } = app.snapshot;
    const { counters } = context;
    const durationMs = context.engine.now() - end.startedAt;
    counters.add(slot, Counter.bytesIn, end.bytesIn);
    counters.add(slot, Counter.bytesOut, end.bytesOut);
    if (end.status > 0) counters.answered(slot, end.status);
    if (end.head !== null) counters.took(slot, HISTOGRAMS.request, durationMs);
    const firstByteAt = end.exchange?.winner?.firstByteAt ?? null;
    if (firstByteAt !== null) counters.took(slot, HISTOGRAMS.firstByte, firstByteAt - end.startedAt);
    const trace = context.traces.next();
    const isLogged = context.access.wants(policy.accessLogSample);
    const traced = context.tracer === null ? null : this.#traced(end, end.startedAt + durationMs);
    const isRecorded = isLogged || traced !== null;
    if (trace !== null || isRecorded) {
      this.#name();
      const path = pathOf(end.head);
      if (isRecorded) {
        keepRecords(context, this.#session(end, durationMs), this.#request(end, path), isLogged, traced);
      }
      if (trace !== null) this.#trace(trace, end, path);
    }
    this.count++;
  }

  /** What is known of the request under way. */
  trace(end: RequestEnd<null>): Trace {
    const trace = new Trace();
    this.#name();
    this.#trace(trace, end, pathOf(end.head));
    const under = (end.exchange?.running ?? []).filter(({ connectedAt }) => connectedAt !== null);
    trace.others = [...trace.others ?? [], ...under.map(tracedTry)];
    return trace;
  }

  #name(): void {
    if (this.#clientAddr !== "") return;
    const { connection, context, number } = this.client;
    this.#clientAddr = formatAddress(connection.remote);
    this.#idPrefix = `${context.idPrefix}${number.toString(36)}.`;
  }

  #trace(trace: Trace, end: RequestEnd<CloseReason | null>, path: string): void {
    const { app: { snapshot }, context, listener, number } = this.client;
    const { exchange, head } = end;
    trace.begin(snapshot, listener, this.#clientAddr, number, this.count, end.startedAt);
    trace.status = end.status;
    if (head !== null) {
      trace.method = head.method;
      trace.path = path.length > MAX_TRACED_PATH_CHARS ? path.slice(0, MAX_TRACED_PATH_CHARS) : path;
    }
    if (exchange !== null) {
      const { request: { choice, otherAttempts }, winner } = exchange;
      trace.choice = choice;
      trace.others = otherAttempts;
      if (winner !== null) {
        const { index, connection, connectingAt, connectedAt, firstByteAt } = winner;
        trace.took(index, connection?.address ?? null, connectingAt, connectedAt ?? 0, firstByteAt ?? 0);
        trace.isHedge = winner.isHedge;
        trace.isReused = winner.isReused;
      }
    }
    trace.end(context.engine.now(), end.reason, end.firstEnded, end.bytesIn, end.bytesOut);
  }

  /** What its spans tell, also of a request that no endpoint was asked for; null where it is not traced. */
  #traced({ head, exchange, startedAt }: RequestEnd, endedAt: number): TraceFacts | null {
    const { context: { tracer }, listener } = this.client;
    const parent = exchange === null && head !== null ? traceParentOf(head) : null;
    const span = exchange?.request.span ?? tracer?.request(parent) ?? null;
    if (span === null || !span.isSampled) return null;
    const localAddr = formatAddress(listener.address);
    return { span, startedAt, endedAt, localAddr, head: head === null ? null : tracedHead(head, span) };
  }

  #session(
    { exchange, startedAt, reason, bytesIn, bytesOut }: RequestEnd,
    durationMs: number,
  ): SessionFacts {
    const { app: { snapshot }, context, listener } = this.client;
    const winner = exchange?.winner ?? null;
    const tried = exchange?.tried ?? [];
    const since = (at: number | null | undefined): number | null => at == null ? null : at - startedAt;
    return {
      ts: context.clock.wallTime(),
      id: `${this.#idPrefix}${this.count.toString(36)}`,
      app: snapshot.name,
      listener: listener.key,
      clientAddr: this.#clientAddr,
      proxyAddr: proxyAddressOf(this.client.proxied),
      target: winner === null ? null : snapshot.targets[winner.index]?.key ?? null,
      attempts: tried.length,
      tried: this.#failed(tried, winner?.index),
      connectMs: since(winner?.connectedAt),
      firstByteMs: since(winner?.firstByteAt),
      durationMs,
      bytesIn,
      bytesOut,
      revision: snapshot.revision,
      pickedBy: snapshot.strategy.type,
      closeReason: reason,
    };
  }

  /** Keys of the endpoints that were asked, without the one whose answer was taken. */
  #failed(tried: readonly number[], taken: number | undefined): readonly string[] {
    if (tried.length === 0 || tried.length === 1 && tried[0] === taken) return NO_KEYS;
    const { targets } = this.client.app.snapshot;
    return tried.filter((index) => index !== taken).map((index) => targets[index]?.key ?? "");
  }

  #request({ head, exchange, status }: RequestEnd, path: string): RequestFacts {
    const winner = exchange?.winner ?? null;
    return {
      method: head?.method ?? "",
      path,
      status,
      endpoint: winner === null ? null : winner.index + 1,
      dispatch: exchange?.dispatch ?? "none",
      replay: exchange?.request.body.plan ?? "none",
      tls: this.client.isTls,
      answerError: exchange?.request.answerError ?? null,
    };
  }
}

/** Path and query as they were sent. */
function pathOf(head: RequestHead | null): string {
  return head === null ? "" : head.slice(head.pathStart, head.targetEnd);
}

function tracedHead(head: RequestHead, { parent }: ServerSpan): TracedHead {
  return {
    authority: head.authority,
    userAgent: head.get("user-agent"),
    minorVersion: head.minorVersion,
    traceState: parent === null ? null : head.get("tracestate"),
  };
}
