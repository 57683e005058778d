import type { ListenerChange } from "../changes/listener_change.ts";
import type { EffectCounts } from "../../model/session_effect.ts";
import type { Applied } from "../../model/messages.ts";
import type { Thread } from "./threads/thread.ts";
import { sumEffects } from "./threads/session_poll.ts";

/** What a rollout did, counted by those who did it. */
export interface RolloutReceipt {
  /** Sessions that were open and did not drain already. */
  readonly sessions: EffectCounts;
  readonly listeners: {
    readonly kept: number;
    readonly opened: number;
    readonly closed: number;
    /** Of those to be opened: not bound in any thread; they are tried again, and are not in `opened`. */
    readonly failed: number;
  };
  /** Data threads that had not told in time what became of their sessions: those are missing in `sessions`. */
  readonly threads_missing: number;
}

/** Collects what the data threads tell of their sessions in a rollout. */
export class SessionReceipt {
  readonly #waiting = new Set<Thread>();
  readonly #told = new Map<Thread, EffectCounts>();

  /** @param threads that are told of the rollout. */
  constructor(private readonly revision: number, threads: readonly Thread[]) {
    this.expect(threads);
  }

  /** Whether nobody is waited for any more who hears. */
  get isComplete(): boolean {
    return [...this.#waiting].every((thread) => thread.isHanging);
  }

  /** Threads that have not told. */
  get missing(): number {
    return this.#waiting.size;
  }

  /** What all told so far. */
  get sessions(): EffectCounts {
    return sumEffects([...this.#told.values()]);
  }

  /** These tell once more: the rollout has another step for them. */
  expect(threads: readonly Thread[]): void {
    for (const thread of threads) this.#waiting.add(thread);
  }

  /** A thread took a change over. */
  add(thread: Thread, { revision, effects }: Applied): void {
    if (revision !== this.revision || effects === undefined) return;
    this.#waiting.delete(thread);
    const before = this.#told.get(thread);
    // What was kept in one step may drain in the next.
    this.#told.set(thread, {
      kept: effects.kept,
      draining: effects.draining + (before?.draining ?? 0),
      cut: effects.cut + (before?.cut ?? 0),
    });
  }

  /** A thread is gone. */
  gone(thread: Thread): void {
    this.#waiting.delete(thread);
  }
}

/**
 * What became of listen addresses.
 * @param total addresses that there are now, those of apps that were not touched included.
 * @param isServed whether some thread serves the listener of that key.
 */
export function listenerReceipt(
  { opened, closed }: ListenerChange,
  total: number,
  isServed: (key: string) => boolean,
): RolloutReceipt["listeners"] {
  const served = opened.filter(isServed).length;
  return {
    kept: total - opened.length,
    opened: served,
    closed: closed.length,
    failed: opened.length - served,
  };
}
