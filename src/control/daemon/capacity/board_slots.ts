import { COUNTER_ROW, DEFAULT_SLOTS, MAX_SLOTS } from "../../../model/board.ts";
import { HISTOGRAM_ROW } from "../../../model/histograms.ts";

/** Bytes that a data thread's memory reserves for a slot. */
const SLOT_BYTES = (COUNTER_ROW + HISTOGRAM_ROW) * Float64Array.BYTES_PER_ELEMENT;
/** The kernel refuses to reserve more memory at once than the machine has: how much of it a thread's counters may ask for. */
const SHARE = 1 / 4;

/**
 * Slots of the board of a machine: as many as there may be, fewer where it is small. What is reserved and not used costs
 * address space alone.
 * @param memory of the machine, bytes.
 */
export function boardSlots(memory: number): number {
  let slots = MAX_SLOTS;
  while (slots > DEFAULT_SLOTS && slots * SLOT_BYTES > memory * SHARE) slots /= 2;
  return slots;
}
