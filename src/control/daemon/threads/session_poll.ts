import type { Clock } from "../../../base/clock.ts";
import type { LiveSession, SessionAnswer, SessionQuery } from "../../../model/live_session.ts";
import type { Thread } from "./thread.ts";
import { ThreadPolls } from "./thread_polls.ts";

/** What the data threads answered. */
export interface SessionPollResult {
  /** By thread, in the order of its clients. */
  readonly sessions: readonly (LiveSession & { readonly thread: number })[];
  /** How many are meant, over all threads that answered. */
  readonly count: number;
  /** Threads that did not answer in time. */
  readonly missing: readonly number[];
}

/** One thread's share of a question. */
export interface ThreadQuestion {
  readonly thread: Pick<Thread, "index" | "send">;
  readonly query: Omit<SessionQuery, "number">;
}

/** Asks data threads for their open sessions, and adds up what they answer. */
export class SessionPolls {
  readonly #polls: ThreadPolls<SessionAnswer>;

  constructor(clock: Pick<Clock, "timer">) {
    this.#polls = new ThreadPolls(clock);
  }

  /** As {@link ThreadPolls.ask}. */
  async ask(questions: readonly ThreadQuestion[]): Promise<SessionPollResult> {
    const { answers, missing } = await this.#polls.ask(questions.map(({ thread, query }) => ({
      thread,
      command: (number) => ({ type: "sessions", query: { ...query, number } }),
    })));
    return {
      sessions: answers.flatMap(({ thread, answer }) => answer.sessions.map((one) => ({ ...one, thread }))),
      count: answers.reduce((sum, { answer }) => sum + answer.count, 0),
      missing,
    };
  }

  /** As {@link ThreadPolls.answered}. */
  answered(answer: SessionAnswer, thread: Pick<Thread, "index">): void {
    this.#polls.answered(answer, thread);
  }

  /** As {@link ThreadPolls.gone}. */
  gone(thread: Pick<Thread, "index">): void {
    this.#polls.gone(thread);
  }
}
