import type { Connection } from "../../../engine/engine.ts";
import { formatAddress } from "../../../model/address.ts";
import { Counter } from "../../../model/board.ts";
import type { CloseReason } from "../../../model/close_reason.ts";
import { HISTOGRAMS } from "../../../model/histograms.ts";
import type { ListenerSnapshot } from "../../../model/snapshot.ts";
import type { RequestFacts, SessionFacts } from "../../access_line.ts";
import type { App } from "../../app.ts";
import type { SessionContext } from "../../client_session.ts";
import { keepRecords } from "../../keep_records.ts";
import type { Trace } from "../../tracing/trace.ts";
import type { TracedHead, TraceFacts } from "../../tracing/trace_record.ts";
import type { RequestHead } from "../codec/request_head.ts";
import type { Exchange } from "../exchange/exchange.ts";
import { traceParentOf } from "../policy/trace_context.ts";

/** Whose requests a {@link RequestLog} writes. */
export interface LoggedSession {
  readonly context: SessionContext;
  readonly app: App;
  readonly listener: ListenerSnapshot;
  readonly client: Connection;
  readonly isTls: boolean;
}

/** How a request ended. */
export interface RequestEnd {
  /** Null where no head was read. */
  readonly head: RequestHead | null;
  /** Null where the request was answered without asking anybody. */
  readonly exchange: Exchange | null;
  /** `engine.now()` when its head was whole, or its reading began. */
  readonly startedAt: number;
  /** 0 where no final head went to the client. */
  readonly status: number;
  readonly reason: CloseReason;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** Keeps the books of one client's requests: counters, and an access record for each. */
export class RequestLog {
  /** Requests that have ended. */
  count = 0;
  #clientAddr = "";

  /** @param number of the client in this thread. */
  constructor(private readonly session: LoggedSession, private readonly number: number) {}

  /** Counts a request and writes its record. */
  write(end: RequestEnd): void {
    const { app, context } = this.session;
    const { slot, policy } = app.snapshot;
    const { counters } = context;
    const durationMs = context.engine.now() - end.startedAt;
    counters.add(slot, Counter.bytesIn, end.bytesIn);
    counters.add(slot, Counter.bytesOut, end.bytesOut);
    if (end.status > 0) counters.answered(slot, end.status);
    if (end.head !== null) counters.took(slot, HISTOGRAMS.request, durationMs);
    const firstByteAt = end.exchange?.winner?.firstByteAt ?? null;
    if (firstByteAt !== null) counters.took(slot, HISTOGRAMS.firstByte, firstByteAt - end.startedAt);
    const isLogged = context.access.wants(policy.accessLogSample);
    const traced = context.tracer === null ? null : this.#traced(end, end.startedAt + durationMs);
    if (isLogged || traced !== null) {
      keepRecords(context, this.#session(end, durationMs), this.#request(end), isLogged, traced);
    }
    this.count++;
  }

  /** Also of a request that no endpoint was asked for. */
  #traced({ head, exchange, startedAt }: RequestEnd, endedAt: number): TraceFacts | null {
    const { context: { tracer }, listener } = this.session;
    const parent = exchange === null && head !== null ? traceParentOf(head) : null;
    const trace = exchange?.trace ?? tracer?.request(parent) ?? null;
    if (trace === null || !trace.isSampled) return null;
    const localAddr = formatAddress(listener.address);
    return { trace, startedAt, endedAt, localAddr, head: head === null ? null : tracedHead(head, trace) };
  }

  #session(
    { exchange, startedAt, reason, bytesIn, bytesOut }: RequestEnd,
    durationMs: number,
  ): SessionFacts {
    const { app: { snapshot }, context, listener, client } = this.session;
    const winner = exchange?.winner ?? null;
    this.#clientAddr ||= formatAddress(client.remote);
    const tried = exchange?.tried ?? [];
    const since = (at: number | null | undefined): number | null => at == null ? null : at - startedAt;
    return {
      ts: context.clock.wallTime(),
      id: `${context.idPrefix}${this.number.toString(36)}.${this.count.toString(36)}`,
      app: snapshot.name,
      listener: listener.key,
      clientAddr: this.#clientAddr,
      target: winner === null ? null : snapshot.targets[winner.index]?.key ?? null,
      attempts: tried.length,
      tried: tried.filter((index) => index !== winner?.index).map((index) =>
        snapshot.targets[index]?.key ?? ""
      ),
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

  #request({ head, exchange, status }: RequestEnd): RequestFacts {
    const winner = exchange?.winner ?? null;
    return {
      method: head?.method ?? "",
      path: head === null ? "" : head.slice(head.pathStart, head.targetEnd),
      status,
      endpoint: winner === null ? null : winner.index + 1,
      dispatch: exchange?.dispatch ?? "none",
      replay: exchange?.body.plan ?? "none",
      tls: this.session.isTls,
      answerError: exchange?.answerError ?? null,
    };
  }
}

function tracedHead(head: RequestHead, { parent }: Trace): TracedHead {
  return {
    authority: head.authority,
    userAgent: head.get("user-agent"),
    minorVersion: head.minorVersion,
    traceState: parent === null ? null : head.get("tracestate"),
  };
}
