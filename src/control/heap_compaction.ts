import type { Clock } from "../base/clock.ts";
import { compactHeap } from "../base/compact_heap.ts";
import { HEAP_COMPACTION_MAX_MS, HEAP_COMPACTION_MIN_BYTES, HEAP_COMPACTION_MS } from "../base/limits.ts";

/** The heap of this thread. */
export interface Heap {
  /** Bytes that it has from the system. */
  size(): number;
  /** Gives back what is not used. */
  compact(): void;
}

const OWN: Heap = { size: () => Deno.memoryUsage().heapTotal, compact: compactHeap };

/**
 * Reading a config and sending it to threads leaves ten times its size behind; a while after a rollout control gives that
 * back.
 */
export class HeapCompaction {
  /** Size after the last time. */
  #kept = 0;
  #cancel: () => void = () => {};
  /** When the next time has to be, since a rollout waits for it; by the clock. */
  #latest: number | null = null;

  constructor(private readonly clock: Pick<Clock, "now" | "timer">, private readonly heap: Heap = OWN) {}

  /** A rollout is over. Several shortly after each other count as one, unless they do not end. */
  rolledOut(): void {
    this.#cancel();
    const now = this.clock.now();
    this.#latest ??= now + HEAP_COMPACTION_MAX_MS;
    this.#cancel = this.clock.timer(Math.max(0, Math.min(HEAP_COMPACTION_MS, this.#latest - now)), () => {
      this.#latest = null;
      if (this.heap.size() - this.#kept < HEAP_COMPACTION_MIN_BYTES) return;
      this.heap.compact();
      this.#kept = this.heap.size();
    });
  }

  close(): void {
    this.#cancel();
  }
}
