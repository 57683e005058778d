import type { LiveSession, SessionAnswer, SessionQuery } from "../../../model/live_session.ts";
import type {
  EffectCounts,
  EffectRow,
  RehearseAnswer,
  RehearseQuery,
} from "../../../model/session_effect.ts";
import type { Thread } from "./thread.ts";
import type { ThreadPolls } from "./thread_polls.ts";

/** What the data threads answered. */
export interface SessionPollResult {
  /** By thread, in the order of its clients. */
  readonly sessions: readonly (LiveSession & { readonly thread: number })[];
  /** How many are meant, over all threads that answered. */
  readonly count: number;
  /** Threads that did not answer in time. */
  readonly missing: readonly number[];
}

/** What a change would do to the sessions of all threads. */
export interface RehearseResult {
  readonly total: EffectCounts;
  readonly rows: readonly EffectRow[];
  /** Sessions that drain now, by the revision that began it. */
  readonly departing: ReadonlyMap<number, number>;
  /** Threads that did not answer in time. */
  readonly missing: readonly number[];
}

type AskedThread = Pick<Thread, "index" | "send">;

/** Asks these threads for their open sessions. @param queryOf what each is asked. */
export async function pollSessions(
  polls: ThreadPolls<SessionAnswer>,
  threads: readonly AskedThread[],
  queryOf: (thread: number) => Omit<SessionQuery, "number">,
): Promise<SessionPollResult> {
  const { answers, missing } = await polls.ask(threads.map((thread) => ({
    thread,
    command: (number) => ({ type: "sessions", query: { ...queryOf(thread.index), number } }),
  })));
  return {
    sessions: answers.flatMap(({ thread, answer }) => answer.sessions.map((one) => ({ ...one, thread }))),
    count: answers.reduce((sum, { answer }) => sum + answer.count, 0),
    missing,
  };
}

/** Asks these threads what a change would do to their sessions. */
export async function pollRehearsal(
  polls: ThreadPolls<RehearseAnswer>,
  threads: readonly AskedThread[],
  query: Omit<RehearseQuery, "number">,
): Promise<RehearseResult> {
  const { answers, missing } = await polls.ask(threads.map((thread) => ({
    thread,
    command: (number) => ({ type: "rehearse", query: { ...query, number } }),
  })));
  const departing = new Map<number, number>();
  for (const { answer } of answers) {
    for (const [revision, sessions] of answer.departing) {
      departing.set(revision, (departing.get(revision) ?? 0) + sessions);
    }
  }
  return {
    total: sumEffects(answers.map(({ answer }) => answer.total)),
    rows: answers.flatMap(({ answer }) => answer.rows),
    departing,
    missing,
  };
}

/** Adds counts up. */
export function sumEffects(counts: readonly EffectCounts[]): EffectCounts {
  const sum = (effect: keyof EffectCounts): number => counts.reduce((total, one) => total + one[effect], 0);
  return { kept: sum("kept"), draining: sum("draining"), cut: sum("cut") };
}
