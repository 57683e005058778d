import { formatDateTime, formatRate, formatSpan, plural } from "../base/format.ts";
import type { AppDetails, AppSample, Listener, Target, WholeApp } from "../api/types.ts";

/**
 * How bad something is: `bad` fails clients, `warn` costs reserve or some clients, `planned` is what an operator wanted,
 * `well` is well.
 */
export type Severity = "bad" | "warn" | "planned" | "well";

/** Why an app is not as it should be, in a sentence. */
export interface Reason {
  readonly severity: Severity;
  readonly text: string;
}

/** An app now, and how it was in the last seconds. */
export interface AppNow extends AppSample {
  /** Errors a second, over some ten seconds: a single error is to be seen for longer than half a second. */
  readonly errors_recent: number;
}

const RECENT_SECONDS = 10;
/** What is less has been long ago. */
const LEAST_RECENT = 0.02;

/** What {@link AppNow.errors_recent} comes to with another sample. */
export function recentErrors(before: number, rate: number, seconds: number): number {
  const kept = Math.exp(-seconds / RECENT_SECONDS);
  const now = before * kept + rate * (1 - kept);
  return now < LEAST_RECENT ? 0 : now;
}

const ORDER: readonly Severity[] = ["bad", "warn", "planned", "well"];

/** Puts what is worse first. */
export function bySeverity(a: Severity, b: Severity): number {
  return ORDER.indexOf(a) - ORDER.indexOf(b);
}

/** The worse of several; `well` of none. */
export function worst(all: readonly Severity[]): Severity {
  return [...all].sort(bySeverity)[0] ?? "well";
}

/** How bad an app is, as far as one sample tells. */
export function severityOf({ state, targets, targets_available, errors_recent }: AppNow): Severity {
  if (state === "failed") return "bad";
  if (state === "degraded" || targets_available < targets || errors_recent > 0) return "warn";
  return state === "ready" ? "well" : "planned";
}

/** Why, as far as the sample alone tells. */
export function shortReason({ state, targets, targets_available, errors_recent }: AppNow): string {
  const missing = targets - targets_available;
  const parts = [
    ...(missing > 0
      ? [`${missing} of ${plural(targets, "target")} ${missing === 1 ? "is" : "are"} out`]
      : []),
    ...(errors_recent > 0 ? [`${formatRate(errors_recent)} errors a second`] : []),
  ];
  return parts.length === 0 ? state : parts.join(", ");
}

/** Why a target takes no new sessions, or fewer; null where it is as the config has it. */
export function targetReason(target: Target, now: number): Reason | null {
  const { override, health, effective } = target;
  const state = override?.state ?? null;
  if (health.state === "down") {
    const since = health.probe === undefined ? "" : ` for ${age(health.probe.since, now)}`;
    return { severity: "bad", text: `down${since}${because(health.reason)}` };
  }
  if (health.state === "ejected") {
    const until = health.ejection === undefined ? "" : ` until ${formatDateTime(health.ejection.until)}`;
    return { severity: "bad", text: `ejected${until}${because(words(health.ejection?.cause))}` };
  }
  if (state !== null && state.value !== "ready") {
    return { severity: "planned", text: `${state.value} by ${state.by}${note(state)}` };
  }
  if (effective.state !== "ready") {
    return { severity: "planned", text: `${effective.state}, as its agent says` };
  }
  const weight = override?.weight ?? null;
  if (weight !== null) {
    return { severity: "planned", text: `weight ${weight.value} by ${weight.by}${note(weight)}` };
  }
  if (effective.available) return null;
  if (target.addresses.length === 0) return { severity: "bad", text: "its name has no address" };
  return { severity: "warn", text: effective.weight === 0 ? "its weight is 0" : "takes no new sessions" };
}

/** Everything that is not as it should be with an app, the worst first. */
export function appReasons(
  app: WholeApp,
  sample: AppNow | undefined,
  details: AppDetails | undefined,
  now: number,
): Reason[] {
  const reasons = [
    ...app.listeners.flatMap(listenerReason),
    ...(app.fails_open
      ? [{ severity: "bad" as const, text: "so few targets are well that all of them are used" }]
      : []),
    ...app.targets.flatMap((target) => {
      const reason = targetReason(target, now);
      return reason === null ? [] : [{ ...reason, text: `${target.target}: ${reason.text}` }];
    }),
    ...errorReason(sample, details),
  ];
  return reasons.sort((a, b) => bySeverity(a.severity, b.severity));
}

function listenerReason({ listener, bound, error }: Listener): Reason[] {
  return bound ? [] : [{ severity: "bad", text: `${listener} does not listen${because(error)}` }];
}

/** Reasons of an end that no client meets when all is well. */
const ERRORS: ReadonlySet<string> = new Set([
  "target_abort",
  "connect_failed",
  "no_target",
  "limit",
  "denied",
  "target_down",
  "resource",
  "internal",
  // Not an end, but counted with them: an answer with such a status.
  "status_5xx",
]);

/** Whether a session that ended so is an error, as the proxy counts them. */
export function isError(reason: string): boolean {
  return ERRORS.has(reason);
}

function errorReason(sample: AppNow | undefined, details: AppDetails | undefined): Reason[] {
  if (sample === undefined || sample.errors_recent === 0) return [];
  const kinds = Object.entries(details?.reasons ?? {}).filter(([name, count]) => count > 0 && isError(name))
    .sort(([, a], [, b]) => b - a).map(([name]) => words(name));
  const of = kinds.length === 0 ? "" : `: ${kinds.join(", ")}`;
  return [{ severity: "warn", text: `${formatRate(sample.errors_recent)} errors a second${of}` }];
}

/** A word of the proxy as people write it. */
export function words(name: string | undefined): string {
  return (name ?? "").replaceAll("_", " ");
}

function because(reason: string | undefined): string {
  return reason === undefined || reason === "" ? "" : `: ${reason}`;
}

function note({ reason, until }: { readonly reason: string; readonly until: string | null }): string {
  const why = reason === "" ? "" : ` (${reason})`;
  return `${why}${until === null ? ", until it is taken back" : `, until ${formatDateTime(until)}`}`;
}

function age(since: string, now: number): string {
  return formatSpan(now - Date.parse(since));
}
