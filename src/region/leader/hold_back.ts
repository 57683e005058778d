import type { Clock } from "../../base/clock.ts";

/** Times that a node was gone count for so long; milliseconds. */
const MEMORY_MS = 600_000;
/** A node that was gone twice is held back for the first of these, then for twice as long each time, up to the last. */
const FIRST_MS = 15_000;
const LONGEST_MS = MEMORY_MS;

/**
 * Nodes that come and go. What is placed on one that is soon gone again is moved twice for nothing, so it gets nothing new
 * for a while, longer each time; what it has it keeps. What a leader saw of that, the next one does not know.
 */
export class HoldBack {
  /** When each node was gone, by the clock of this program; the oldest first. */
  readonly #absences = new Map<string, readonly number[]>();

  constructor(private readonly clock: Pick<Clock, "now">) {}

  /** A node is gone. */
  left(node: string): void {
    this.#absences.set(node, [...this.#recent(node), this.clock.now()]);
  }

  /** Milliseconds that a node is held back for yet; 0 where it is not. */
  heldMs(node: string): number {
    const absences = this.#recent(node);
    const last = absences.at(-1);
    if (last === undefined || absences.length < 2) return 0;
    const length = Math.min(LONGEST_MS, FIRST_MS * 2 ** (absences.length - 2));
    return Math.max(0, last + length - this.clock.now());
  }

  /**
   * Those of the nodes that get nothing new now. None where that would be more than half of them: then it is not the nodes
   * that are ill.
   */
  among(nodes: readonly string[]): ReadonlySet<string> {
    const held = nodes.filter((node) => this.heldMs(node) > 0);
    return new Set(held.length * 2 > nodes.length ? [] : held);
  }

  #recent(node: string): readonly number[] {
    const since = this.clock.now() - MEMORY_MS;
    const recent = (this.#absences.get(node) ?? []).filter((at) => at > since);
    if (recent.length === 0) this.#absences.delete(node);
    return recent;
  }
}
