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
  const { client, listener, request, rule, attempts, first_byte_ms, duration_ms, open } = story;
  const asked = request === undefined ? "" : `, ${request.method} ${request.path ?? ""}`;
  return [
    { at: 0, severity: "well", text: `${client} came to ${listener}${asked}` },
    ...(rule === null ? [] : [{ at: null, severity: "planned" as const, text: `rule matched: ${rule}` }]),
    ...candidateSteps(story),
    ...attempts.map(attemptStep),
    ...(first_byte_ms === null
      ? []
      : [{ at: first_byte_ms, severity: "well" as const, text: "first byte from the target" }]),
    ...(open ? [] : [endStep(story, duration_ms)]),
  ];
}

function candidateSteps({ candidates }: WhyStory): StoryStep[] {
  const passed = candidates.filter(({ passed_over }) => passed_over !== null);
  if (candidates.length === 0) return [];
  const free = candidates.length - passed.length;
  return [
    { at: null, severity: "well", text: `${plural(free, "target")} of ${candidates.length} could take it` },
    ...passed.map(({ target, passed_over }) => ({
      at: null,
      severity: "planned" as const,
      text: `${target} was passed over: ${words(passed_over ?? "")}`,
    })),
  ];
}

function attemptStep({ target, address, at_ms, ms, result, error }: WhyAttempt): StoryStep {
  const where = address === null || address === target ? target : `${target} (${address})`;
  const how = error === null ? words(result) : `${words(result)}: ${error}`;
  const took = ms === null ? "" : ` after ${formatMs(ms)}`;
  return { at: at_ms, severity: result === "failed" ? "bad" : "well", text: `${where}: ${how}${took}` };
}

function endStep({ status, closed_by, close_reason }: WhyStory, at: number | null): StoryStep {
  const answered = status === undefined || status === 0 ? "" : `status ${status}, `;
  const by = closed_by === null ? "" : `closed by the ${closed_by}: `;
  return {
    at,
    severity: isError(close_reason ?? "") ? "bad" : "well",
    text: `${answered}${by}${words(close_reason ?? "")}`,
  };
}
