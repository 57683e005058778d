import type { Bag } from "../../base/bag.ts";
import type { WhyAnswer, WhyFilter, WhyQuery, WhyTrace } from "../../model/why.ts";
import type { ClientSession } from "../client_session.ts";
import { describeTrace, traceId, type TraceSurroundings } from "./describe_trace.ts";
import { NONE, type Trace } from "./trace.ts";
import type { TraceRing } from "./trace_ring.ts";

/** Whom a thread asks. */
export interface TraceSources {
  /** Those that have ended. */
  readonly traces: TraceRing;
  /** Those that are open. */
  readonly sessions: Bag<ClientSession>;
}

/** Answers why sessions went as they did. All words are made here: nobody pays who does not ask. */
export function answerWhy(
  { number, question }: WhyQuery,
  { traces, sessions }: TraceSources,
  surroundings: TraceSurroundings,
): WhyAnswer {
  const found = "id" in question
    ? one(findOpen(question.id, sessions, surroundings) ?? findEnded(question.id, traces, surroundings))
    : latest(question, traces, surroundings);
  return { type: "why", number, traces: traces.size > 0 ? found : [], kept: traces.size };
}

function one(trace: WhyTrace | null): WhyTrace[] {
  return trace === null ? [] : [trace];
}

function findOpen(
  id: string,
  sessions: Bag<ClientSession>,
  surroundings: TraceSurroundings,
): WhyTrace | null {
  let found: WhyTrace | null = null;
  const ofConnection = id.split(".", 1)[0];
  sessions.forEach((session) => {
    if (traceId(surroundings.idPrefix, session.number, NONE) !== ofConnection) return;
    const trace = session.trace();
    if (trace === null) return;
    const isMeant = id === ofConnection || id === traceId(surroundings.idPrefix, trace.number, trace.request);
    if (isMeant) found = describeTrace(trace, surroundings);
  });
  return found;
}

function findEnded(id: string, traces: TraceRing, surroundings: TraceSurroundings): WhyTrace | null {
  const { idPrefix } = surroundings;
  const trace = traces.newest().find(({ number, request }) =>
    traceId(idPrefix, number, request) === id || traceId(idPrefix, number, NONE) === id
  );
  return trace === undefined ? null : describeTrace(trace, surroundings);
}

function latest(
  { filter, limit }: { readonly filter: WhyFilter; readonly limit: number },
  traces: TraceRing,
  surroundings: TraceSurroundings,
): WhyTrace[] {
  return traces.newest().filter((trace) => isMeant(trace, filter)).slice(0, limit)
    .flatMap((trace) => one(describeTrace(trace, surroundings)));
}

function isMeant(trace: Trace, { app, target, client, reason }: WhyFilter): boolean {
  return (app === null || trace.app?.name === app) &&
    (reason === null || trace.reason === reason) &&
    (client === null || trace.client.startsWith(client)) &&
    (target === null || isAmong(trace, target));
}

/** Whether that target took the session, or was tried. */
function isAmong({ app, target, others }: Trace, key: string): boolean {
  const isIt = (index: number): boolean => app?.targets[index]?.key === key;
  return isIt(target) || others?.some((attempt) => isIt(attempt.target)) === true;
}
