import { Board, Counter, PROCESS_SLOT } from "../../../model/board.ts";
import type { SentBytes } from "../daemon_options.ts";

/** Reads off a thread's counters how many bytes of records it sent. */
export function sentBytes(counters: Float64Array): SentBytes {
  const of = (counter: number): number => counters[Board.counter(PROCESS_SLOT, counter)] ?? 0;
  return { access: of(Counter.accessBytes), traces: of(Counter.traceBytes) };
}
