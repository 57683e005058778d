import type { Clock } from "../../../base/clock.ts";
import { SESSIONS_TIMEOUT_MS } from "../../../base/limits.ts";
import type { Command } from "../../../model/messages.ts";
import type { Thread } from "./thread.ts";

/** One thread's share of a question. */
export interface ThreadQuestion {
  readonly thread: Pick<Thread, "index" | "send">;
  /** What it is sent. @param number tells answers apart. */
  command(number: number): Command;
}

/** What the threads answered. */
export interface PollResult<A> {
  /** By the index of the thread, ascending. */
  readonly answers: readonly { readonly thread: number; readonly answer: A }[];
  /** Threads that did not answer in time. */
  readonly missing: readonly number[];
}

interface Poll<A> {
  readonly waiting: Set<number>;
  readonly answers: Map<number, A>;
  done(): void;
}

/** Asks data threads something, and collects what they answer. A thread that hangs is not waited for long. */
export class ThreadPolls<A extends { readonly number: number }> {
  readonly #polls = new Map<number, Poll<A>>();
  #next = 1;

  constructor(private readonly clock: Pick<Clock, "timer">) {}

  /** Asks; resolves when all have answered, or the time is up. */
  async ask(questions: readonly ThreadQuestion[]): Promise<PollResult<A>> {
    const number = this.#next++;
    const { promise, resolve } = Promise.withResolvers<void>();
    const poll: Poll<A> = {
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
    const answers = [...poll.answers].sort(([a], [b]) => a - b);
    return {
      answers: answers.map(([thread, answer]) => ({ thread, answer })),
      missing: [...poll.waiting],
    };
  }

  /** Takes a thread's answer. One that comes too late counts no more. */
  answered(answer: A, thread: Pick<Thread, "index">): void {
    const poll = this.#polls.get(answer.number);
    if (poll === undefined) return;
    poll.answers.set(thread.index, answer);
    this.#settle(poll, thread.index);
  }

  /** A thread is gone, and its sessions with it. */
  gone({ index }: Pick<Thread, "index">): void {
    for (const poll of this.#polls.values()) this.#settle(poll, index);
  }

  #settle(poll: Poll<A>, thread: number): void {
    if (poll.waiting.delete(thread) && poll.waiting.size === 0) poll.done();
  }
}
