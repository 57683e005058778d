import { PASSED_OVER, type PassedOverWord } from "../../model/why.ts";
import type { WhyView } from "../../control/admin/api/schemas/why.ts";

type Attempt = WhyView["attempts"][number];
type Call = NonNullable<Attempt["call"]>;

/** Width of the times at the beginnings of lines. */
const TIME_COLUMNS = 12;
/** Targets that a line names of those that were passed over for one reason. */
const NAMED_TARGETS = 5;

const PASSED_OVER_TEXTS: Readonly<Record<PassedOverWord, string>> = {
  down: "down",
  ejected: "ejected",
  drain: "drained",
  maint: "in maintenance",
  full: "full",
  no_address: "without an address",
  zero_weight: "of weight 0",
  backup_not_needed: "backup, not needed",
  already_tried: "tried before",
  other_rule: "not the rule's",
  denied: "the rule turns it away",
};

const ANSWER_TEXTS: Readonly<Record<Call["answer"], string>> = {
  taken: "its answer was taken",
  not_terminal: "its answer is not terminal",
  broken: "no answer that could be read",
  timed_out: "no answer in time",
  not_needed: "not needed, another answer was there",
  cut: "the request ended before it answered",
  awaited: "no answer yet",
};

/** What became of a session, a line for each thing that happened, with times since its start. Ends with a newline. */
export function formatWhy(why: WhyView): string {
  const lines = [
    `${why.id}  app ${why.app}, client ${why.client}${requestText(why)}`,
    at(0, `${why.started_at} on ${why.listener}, data thread ${why.thread}, revision ${why.revision}`),
    ...choiceLines(why),
    ...why.attempts.flatMap(attemptLines),
    ...(why.first_byte_ms === null ? [] : [at(why.first_byte_ms, "first byte of the target")]),
    endLine(why),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

function requestText({ request, status }: WhyView): string {
  if (request === undefined) return "";
  return `: ${request.method} ${request.path}${status == null ? "" : ` ${status}`}`;
}

function choiceLines({ candidates, candidates_left_out, picked_by, rule }: WhyView): string[] {
  if (candidates.length === 0) return [];
  const rules = rule === null ? "" : `, rule ${rule}`;
  const total = candidates.length + candidates_left_out;
  const passed = candidates.filter(({ passed_over }) => passed_over !== null);
  const summary = passed.length === 0
    ? `all ${total} targets were candidates`
    : `${total - passed.length} of ${total} targets were candidates`;
  const byReason = PASSED_OVER.flatMap((word) => {
    const names = passed.filter(({ passed_over }) => passed_over === word).map(({ target }) => target);
    return names.length === 0 ? [] : [aside(`passed over, ${PASSED_OVER_TEXTS[word]}: ${namesText(names)}`)];
  });
  return [aside(`${picked_by}${rules}: ${summary}`), ...byReason];
}

function namesText(names: readonly string[]): string {
  const more = names.length - NAMED_TARGETS;
  return names.slice(0, NAMED_TARGETS).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

function attemptLines({ target, address, at_ms, ms, result, error, call }: Attempt): string[] {
  const where = target === address || address === "" ? target : `${target} at ${address}`;
  const how = call?.hedge === true ? "hedge to" : "try";
  if (call?.reused === true) return [at(at_ms, `${how} ${where}, on an open connection`), ...callLines(call)];
  const outcome = result === "failed"
    ? `failed after ${msText(ms)}: ${error}`
    : result === "under_way"
    ? "under way"
    : `${result} after ${msText(ms)}`;
  return [at(at_ms, `${how} ${where}: ${outcome}`), ...(call === null ? [] : callLines(call))];
}

function callLines({ answer, status, first_byte_ms }: Call): string[] {
  const text = `${ANSWER_TEXTS[answer]}${status === null ? "" : `: ${status}`}`;
  return [first_byte_ms === null ? aside(text) : at(first_byte_ms, text)];
}

function endLine(
  { open, duration_ms, closed_by, close_reason, first_ended, bytes_in, bytes_out }: WhyView,
): string {
  const bytes = `${bytes_in} bytes in, ${bytes_out} bytes out`;
  if (open) return aside(`open; ${bytes} so far`);
  const who = closed_by === null ? `ended: ${close_reason}` : `closed by the ${closed_by}: ${close_reason}`;
  const half = first_ended !== null && first_ended !== closed_by
    ? `, the ${first_ended} had ended first`
    : "";
  return at(duration_ms ?? 0, `${who}${half}; ${bytes}`);
}

function at(ms: number, text: string): string {
  return `${`+${msText(ms)}`.padStart(TIME_COLUMNS)}  ${text}`;
}

function aside(text: string): string {
  return `${" ".repeat(TIME_COLUMNS)}  ${text}`;
}

function msText(ms: number): string {
  return `${ms < 100 ? ms.toFixed(1) : Math.round(ms)} ms`;
}
