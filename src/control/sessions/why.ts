import type { WhyAnswer, WhyFilter, WhyQuestion, WhyTrace } from "../../model/why.ts";
import type { PollResult } from "../daemon/threads/thread_polls.ts";

/** A trace, and the data thread that it is of. */
export type ThreadTrace = WhyTrace & { readonly thread: number };

/** Traces that were found. */
export interface FoundTraces {
  /** Newest first. */
  readonly traces: readonly ThreadTrace[];
  /** Most sessions that a thread keeps now; 0 where it keeps none. */
  readonly kept: number;
  /** Threads that did not answer in time. */
  readonly missing: readonly number[];
}

/** Who can be asked. */
export interface WhyThreads {
  why(question: WhyQuestion): Promise<PollResult<WhyAnswer>>;
}

/** Why the last sessions of all data threads went as they did. */
export class Why {
  constructor(private readonly threads: WhyThreads) {}

  /** One session or request by its id, open or ended: one trace or none. */
  find(id: string): Promise<FoundTraces> {
    return this.#ask({ id }, 1);
  }

  /** Those that ended last. */
  latest(filter: WhyFilter, limit: number): Promise<FoundTraces> {
    return this.#ask({ filter, limit }, limit);
  }

  async #ask(question: WhyQuestion, limit: number): Promise<FoundTraces> {
    const { answers, missing } = await this.threads.why(question);
    const traces = answers
      .flatMap(({ thread, answer }) => answer.traces.map((trace) => ({ ...trace, thread })))
      .toSorted((a, b) => endOf(b) - endOf(a))
      .slice(0, limit);
    return { traces, kept: Math.max(0, ...answers.map(({ answer }) => answer.kept)), missing };
  }
}

function endOf({ startedAt, durationMs }: WhyTrace): number {
  return startedAt + durationMs;
}
