import { Board, Counter, PROCESS_SLOT, Shared } from "../../../model/board.ts";
import { CLOSE_REASONS } from "../../../model/close_reason.ts";
import { ThreadMemory } from "../../../model/thread_memory.ts";

/**
 * Gives back the places that a dead thread's sessions held, and counts those sessions as ended by us.
 * @param counters the thread's own.
 * @param appSlots slots of apps: each admitted session holds a place in one of those.
 * @param used slots from this one on were never used; all may have been, unless given.
 * @returns how many sessions the thread carried.
 */
export function repairBoard(
  board: Board,
  counters: Float64Array,
  appSlots: ReadonlySet<number>,
  used = new ThreadMemory(counters).slots,
): number {
  const sessions = counters[Board.counter(PROCESS_SLOT, Counter.held)] ?? 0;
  for (let slot = 0; slot < used; slot++) {
    const at = Board.counter(slot, Counter.held);
    const held = counters[at] ?? 0;
    if (held === 0) continue;
    counters[at] = 0;
    Atomics.sub(board.words, Board.word(slot, Shared.taken), held);
    if (!appSlots.has(slot)) continue;
    const ended = Board.counter(slot, Counter.closed + CLOSE_REASONS.indexOf("internal"));
    counters[ended] = (counters[ended] ?? 0) + held;
  }
  return sessions;
}
