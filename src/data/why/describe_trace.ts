import { MAX_TRACED_CANDIDATES } from "../../base/limits.ts";
import { formatAddress, type SocketAddress } from "../../model/address.ts";
import type { CloseReason } from "../../model/close_reason.ts";
import type { AppSnapshot, RuleSnapshot } from "../../model/snapshot.ts";
import type { PassedOverWord, WhyAttempt, WhyCandidate, WhyTrace } from "../../model/why.ts";
import type { AttemptTrace } from "./attempt_trace.ts";
import { type ChoiceTrace, reasonWord } from "./passed_over.ts";
import { NONE, type Trace } from "./trace.ts";
import type { WallTimes } from "./wall_times.ts";

/** What a thread knows besides. */
export interface TraceSurroundings {
  /** Prefix of the thread's session ids. */
  readonly idPrefix: string;
  readonly wallTimes: WallTimes;
}

/** Id of a session or request, as in its access record. */
export function traceId(idPrefix: string, number: number, request: number): string {
  const session = `${idPrefix}${number.toString(36)}`;
  return request === NONE ? session : `${session}.${request.toString(36)}`;
}

/** Puts a trace in words. @returns null where it is forgotten. */
export function describeTrace(trace: Trace, { idPrefix, wallTimes }: TraceSurroundings): WhyTrace | null {
  const { app, choice, startedAt } = trace;
  if (app === null) return null;
  const rule = heldRule(app, choice);
  const candidates = choice === null ? [] : describeCandidates(trace, app, choice, rule);
  const since = (at: number): number | null => at === 0 ? null : at - startedAt;
  return {
    id: traceId(idPrefix, trace.number, trace.request),
    app: app.name,
    client: trace.client,
    listener: trace.listener?.key ?? "",
    revision: app.revision,
    startedAt: wallTimes.of(startedAt),
    isOpen: trace.reason === null,
    pickedBy: app.strategy.type,
    rule: rule?.key ?? null,
    ...shortened(candidates),
    attempts: describeAttempts(trace, app),
    isRequest: trace.request !== NONE,
    request: trace.method === "" ? null : { method: trace.method, path: trace.path },
    status: trace.status === 0 ? null : trace.status,
    firstByteMs: since(trace.firstByteAt),
    durationMs: trace.endedAt - startedAt,
    bytesIn: trace.bytesIn,
    bytesOut: trace.bytesOut,
    firstEnded: trace.firstEnded,
    closedBy: closedBy(trace),
    closeReason: trace.reason,
  };
}

function heldRule({ strategy }: AppSnapshot, choice: ChoiceTrace | null): RuleSnapshot | null {
  return strategy.rules?.find(({ slot }) => slot === choice?.rule) ?? null;
}

function describeCandidates(
  { target, others }: Trace,
  { targets }: AppSnapshot,
  choice: ChoiceTrace,
  rule: RuleSnapshot | null,
): WhyCandidate[] {
  const tried = new Set(others?.map((attempt) => attempt.target));
  const full = new Set(choice.full);
  const own = new Set(rule?.targets);
  const wordOf = (index: number, isBackup: boolean): PassedOverWord | null => {
    if (index === target) return null;
    if (tried.has(index)) return "already_tried";
    if (isBackup && !choice.areBackupsAsked) return "backup_not_needed";
    const word = reasonWord(isBackup ? choice.backupReasons : choice.reasons, index);
    if (word !== null) return word;
    if (rule !== null && rule.targets === null) return "denied";
    if (rule !== null && !own.has(index)) return "other_rule";
    return full.has(index) ? "full" : null;
  };
  return targets.map(({ key, backup }, index) => ({
    target: key,
    isTaken: index === target,
    passedOver: wordOf(index, backup),
  }));
}

/** Of many candidates those go first of which there is something to say. */
function shortened(all: readonly WhyCandidate[]): Pick<WhyTrace, "candidates" | "candidatesLeftOut"> {
  if (all.length <= MAX_TRACED_CANDIDATES) return { candidates: all, candidatesLeftOut: 0 };
  const weight = ({ isTaken, passedOver }: WhyCandidate): number => isTaken ? 0 : passedOver !== null ? 1 : 2;
  const candidates = all.toSorted((a, b) => weight(a) - weight(b)).slice(0, MAX_TRACED_CANDIDATES);
  return { candidates, candidatesLeftOut: all.length - candidates.length };
}

function describeAttempts(trace: Trace, { targets }: AppSnapshot): WhyAttempt[] {
  const { startedAt } = trace;
  const taken = takenAttempt(trace);
  return [...trace.others ?? [], ...taken === null ? [] : [taken]]
    .toSorted((a, b) => a.startedAt - b.startedAt)
    .map(({ target, address, startedAt: at, endedAt, result, error, call }) => ({
      target: targets[target]?.key ?? "",
      address: addressText(address),
      atMs: at - startedAt,
      ms: endedAt - at,
      result,
      error,
      call: call === null ? null : {
        isHedge: call.isHedge,
        isReused: call.isReused,
        answer: call.answer,
        status: call.status,
        firstByteMs: call.firstByteAt === null ? null : call.firstByteAt - startedAt,
      },
    }));
}

function takenAttempt(trace: Trace): AttemptTrace | null {
  const { target, address, attemptedAt, connectedAt, firstByteAt, isHedge, isReused, status } = trace;
  if (target === NONE || address === null) return null;
  const call = trace.request === NONE ? null : {
    isHedge,
    isReused,
    answer: "taken",
    status,
    firstByteAt: firstByteAt === 0 ? null : firstByteAt,
  } as const;
  return {
    target,
    address,
    startedAt: attemptedAt,
    endedAt: connectedAt,
    result: "connected",
    error: null,
    call,
  };
}

function addressText(address: SocketAddress | string): string {
  return typeof address === "string" ? address : formatAddress(address);
}

/** Reasons that say by themselves whose doing the end was. */
const CLOSERS: Partial<Record<CloseReason, "client" | "target">> = {
  client_abort: "client",
  target_abort: "target",
};

function closedBy({ reason, firstEnded }: Trace): WhyTrace["closedBy"] {
  if (reason === null) return null;
  // The end of a request is not that of its connection.
  if (reason === "done") return firstEnded;
  return CLOSERS[reason] ?? "proxy";
}
