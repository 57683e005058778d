import { MAX_TRACED_OLD_TARGETS } from "../../base/limits.ts";
import { Header } from "../../model/board.ts";
import type { AppSnapshot } from "../../model/snapshot.ts";
import { Trace } from "./trace.ts";

/** What an app takes besides its targets, counted in targets. */
const APP_TARGETS = 10;

/**
 * The last sessions of a data thread that have ended. How many is a word on the board, so that a change of the config is in
 * force at once; a record is made the first time that it is needed, and then used again.
 */
export class TraceRing {
  /** Up to the size in the order of the ends; then the oldest is at {@link #next}. */
  #traces: Trace[] = [];
  #next = 0;
  #size = 0;
  /** Apps as they are no longer in force, the oldest first, and what they take. */
  readonly #old: AppSnapshot[] = [];
  #oldTargets = 0;

  /** @param words of the board. */
  constructor(private readonly words: Int32Array) {}

  /** Whether anything is kept. */
  get isOn(): boolean {
    return this.words[Header.tracedSessions] !== 0;
  }

  /** How many are kept at most. */
  get size(): number {
    return this.words[Header.tracedSessions] ?? 0;
  }

  /** The record for a session that ends, which forgets the oldest one; null where nothing is kept. */
  next(): Trace | null {
    const size = this.#update();
    if (size === 0) return null;
    const at = this.#next;
    this.#next = at + 1 === size ? 0 : at + 1;
    return this.#traces[at] ??= new Trace();
  }

  /** Newest first. What is given is used again when further sessions end. */
  newest(): Trace[] {
    this.#update();
    return this.#inOrder().reverse().filter(({ app }) => app !== null);
  }

  /**
   * The app is not in force like this any more. Traces keep it alive, so those of the oldest are forgotten where that would
   * be too much: an app of thousands of targets may change with every session.
   */
  replaced(app: AppSnapshot): void {
    if (!this.isOn) return;
    this.#old.push(app);
    this.#oldTargets += app.targets.length + APP_TARGETS;
    while (this.#oldTargets > MAX_TRACED_OLD_TARGETS) {
      const oldest = this.#old.shift();
      if (oldest === undefined) return;
      this.#oldTargets -= oldest.targets.length + APP_TARGETS;
      for (const trace of this.#traces) {
        if (trace.app === oldest) trace.app = null;
      }
    }
  }

  #update(): number {
    const { size } = this;
    if (size !== this.#size) this.#resize(size);
    return size;
  }

  #resize(size: number): void {
    const kept = size === 0 ? [] : this.#inOrder().slice(-size);
    this.#traces = kept;
    this.#size = size;
    this.#next = kept.length === size ? 0 : kept.length;
    if (size > 0) return;
    this.#old.length = 0;
    this.#oldTargets = 0;
  }

  /** Oldest first. */
  #inOrder(): Trace[] {
    return [...this.#traces.slice(this.#next), ...this.#traces.slice(0, this.#next)];
  }
}
