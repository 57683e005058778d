import { Board, Counter, Header, MAX_SLOTS, Shared } from "../../model/board.ts";
import { CLOSE_REASONS } from "../../model/close_reason.ts";

/**
 * Gives back the places that a dead thread's sessions held, and counts those sessions as ended by us.
 * @param appSlots slots of apps: each session is counted in one of those.
 * @returns how many sessions the thread carried.
 */
export function repairBoard(board: Board, thread: number, appSlots: ReadonlySet<number>): number {
  const counters = board.counters(thread);
  let sessions = 0;
  for (let slot = 0; slot < MAX_SLOTS; slot++) {
    const at = Board.counter(slot, Counter.active);
    const active = counters[at] ?? 0;
    if (active === 0) continue;
    counters[at] = 0;
    Atomics.sub(board.words, Board.word(slot, Shared.active), active);
    if (!appSlots.has(slot)) continue;
    sessions += active;
    const ended = Board.counter(slot, Counter.closed + CLOSE_REASONS.indexOf("internal"));
    counters[ended] = (counters[ended] ?? 0) + active;
  }
  Atomics.sub(board.words, Header.openConnections, sessions);
  return sessions;
}
