import type { Clock } from "../../../base/clock.ts";
import { SESSIONS_TIMEOUT_MS } from "../../../base/limits.ts";
import type { LiveSession, SessionAnswer, SessionQuery } from "../../../model/live_session.ts";
import type { Thread } from "./thread.ts";

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

interface Poll {
  readonly waiting: Set<number>;
  readonly answers: Map<number, SessionAnswer>;
  done(): void;
}

/** Asks data threads for their open sessions, and collects what they answer. A thread that hangs is not waited for long. */
export class SessionPolls {
  readonly #polls = new Map<number, Poll>();
  #next = 1;

  constructor(private readonly clock: Pick<Clock, "timer">) {}

  /** Asks; resolves when all have answered, or the time is up. */
  async ask(questions: readonly ThreadQuestion[]): Promise<SessionPollResult> {
    const number = this.#next++;
    const { promise, resolve } = Promise.withResolvers<void>();
    const poll: Poll = {
      waiting: new Set(questions.map(({ thread }) => thread.index)),
      answers: new Map(),
      done: resolve,
    };
    this.#polls.set(number, poll);
    for (const { thread, query } of questions) thread.send({ type: "sessions", query: { ...query, number } });
    const cancel = this.clock.timer(SESSIONS_TIMEOUT_MS, resolve);
    if (questions.length > 0) await promise;
    cancel();
    this.#polls.delete(number);
    const byThread = [...poll.answers].sort(([a], [b]) => a - b);
    return {
      sessions: byThread.flatMap(([thread, { sessions }]) => sessions.map((one) => ({ ...one, thread }))),
      count: byThread.reduce((sum, [, { count }]) => sum + count, 0),
      missing: [...poll.waiting],
    };
  }

  /** Takes a thread's answer. One that comes too late counts no more. */
  answered(answer: SessionAnswer, thread: Pick<Thread, "index">): void {
    const poll = this.#polls.get(answer.number);
    if (poll === undefined) return;
    poll.answers.set(thread.index, answer);
    this.#settle(poll, thread.index);
  }

  /** A thread is gone, and its sessions with it. */
  gone({ index }: Pick<Thread, "index">): void {
    for (const poll of this.#polls.values()) this.#settle(poll, index);
  }

  #settle(poll: Poll, thread: number): void {
    if (poll.waiting.delete(thread) && poll.waiting.size === 0) poll.done();
  }
}
