import type { Clock } from "../../../base/clock.ts";
import { SESSIONS_TIMEOUT_MS } from "../../../base/limits.ts";
import type { Command } from "../../../model/messages.ts";
import type { Thread } from "./thread.ts";

/** What one thread is asked. */
export interface PollQuestion {
  readonly thread: Pick<Thread, "index" | "send">;
  /** @param number tells answers apart. */
  command(number: number): Command;
}

/** What the data threads answered. */
export interface PollResult<Answer> {
  /** By thread. */
  readonly answers: readonly { readonly thread: number; readonly answer: Answer }[];
  /** Threads that did not answer in time. */
  readonly missing: readonly number[];
}

interface Poll<Answer> {
  readonly waiting: Set<number>;
  readonly answers: Map<number, Answer>;
  done(): void;
}

/** Asks data threads for something, and collects what they answer. A thread that hangs is not waited for long. */
export class ThreadPolls<Answer extends { readonly number: number }> {
  readonly #polls = new Map<number, Poll<Answer>>();
  #next = 1;

  constructor(private readonly clock: Pick<Clock, "timer">) {}

  /** Asks; resolves when all have answered, or the time is up. */
  async ask(questions: readonly PollQuestion[]): Promise<PollResult<Answer>> {
    const number = this.#next++;
    const { promise, resolve } = Promise.withResolvers<void>();
    const poll: Poll<Answer> = {
      waiting: new Set(questions.map(({ thread }) => thread.index)),
      answers: new Map(),
      done: resolve,
    };
    this.#polls.set(number, poll);
    for (const { thread, command } of questions) thread.send(command(number));
    const cancel = this.clock.timer(SESSIONS_TIMEOUT_MS, resolve);
    if (questions.length > 0) await promise;
    cancel();
    this.#polls.delete(number);
    const answers = [...poll.answers].sort(([a], [b]) => a - b)
      .map(([thread, answer]) => ({ thread, answer }));
    return { answers, missing: [...poll.waiting] };
  }

  /** Takes a thread's answer. One that comes too late counts no more. */
  answered(answer: Answer, thread: Pick<Thread, "index">): void {
    const poll = this.#polls.get(answer.number);
    if (poll === undefined) return;
    poll.answers.set(thread.index, answer);
    this.#settle(poll, thread.index);
  }

  /** A thread is gone, and what it could say with it. */
  gone({ index }: Pick<Thread, "index">): void {
    for (const poll of this.#polls.values()) this.#settle(poll, index);
  }

  #settle(poll: Poll<Answer>, thread: number): void {
    if (poll.waiting.delete(thread) && poll.waiting.size === 0) poll.done();
  }
}
