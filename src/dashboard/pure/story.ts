import type { WhyAttempt, WhyStory } from "../api/why.ts";
import { formatMs, plural } from "../base/format.ts";
import { isError, type Severity, words } from "./reasons.ts";

/** One thing that happened in a session. */
export interface StoryStep {
  /** From its begin, milliseconds; null where that is not known. */
  readonly at: number | null;
  readonly severity: Severity;
  readonly text: string;
}

/** What happened, in order. */
export function storySteps(story: WhyStory): StoryStep[] {
  const { client, listener, request, rule, attempts, first_byte_ms } = story;
  const asked = request === undefined ? "" : `: ${request.method} ${request.path}`;
  return [
    { at: 0, severity: "well", text: `${client} came to ${listener}${asked}` },
    ...(rule === null ? [] : [{ at: null, severity: "well" as const, text: `rule ${rule} held` }]),
    ...candidateSteps(story),
    ...attempts.flatMap(attemptSteps),
    ...(first_byte_ms === null
      ? []
      : [{ at: first_byte_ms, severity: "well" as const, text: "first byte from the target" }]),
    ...endSteps(story),
  ];
}

function candidateSteps({ candidates, candidates_left_out, picked_by }: WhyStory): StoryStep[] {
  if (candidates.length === 0) return [];
  const passed = candidates.filter(({ passed_over }) => passed_over !== null);
  const all = candidates.length + candidates_left_out;
  const free = plural(all - passed.length, "target");
  return [
    { at: null, severity: "well", text: `${picked_by} chose among ${free} of ${all}` },
    ...passed.map(({ target, passed_over }) => ({
      at: null,
      severity: "planned" as const,
      text: `${target} was passed over: ${words(passed_over ?? "")}`,
    })),
  ];
}

function attemptSteps({ target, address, at_ms, ms, result, error, call }: WhyAttempt): StoryStep[] {
  const where = address === target ? target : `${target} (${address})`;
  const hedge = call?.hedge === true ? ", as a hedge" : "";
  const how = call?.reused === true
    ? "an open connection was used"
    : `${words(result)} after ${formatMs(ms)}${error === null ? "" : `: ${error}`}`;
  const connect: StoryStep = {
    at: at_ms,
    severity: result === "failed" ? "bad" : "well",
    text: `${where}: ${how}${hedge}`,
  };
  if (call === null) return [connect];
  const status = call.status === null ? "" : ` ${call.status}`;
  const severity = call.answer === "taken" ? "well" : call.answer === "not_needed" ? "planned" : "warn";
  return [connect, {
    at: call.first_byte_ms,
    severity,
    text: `${where}: answer${status} ${words(call.answer)}`,
  }];
}

function endSteps(
  { open, status, first_ended, closed_by, close_reason, duration_ms }: WhyStory,
): StoryStep[] {
  if (open) return [];
  const answered = status === undefined || status === null || status === 0 ? "" : `, status ${status}`;
  const first = first_ended === null ? "" : `the ${first_ended} ended first; `;
  const by = closed_by === null ? "ended" : `closed by the ${closed_by}`;
  return [{
    at: duration_ms,
    severity: isError(close_reason ?? "") ? "bad" : "well",
    text: `${first}${by}: ${words(close_reason ?? "")}${answered}`,
  }];
}
