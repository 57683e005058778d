import type { Percentiles } from "./sample.ts";

/**
 * Estimates percentiles of times that were counted in buckets, as if times were spread evenly over each bucket.
 * @param counts by bucket, the last of which has no upper bound: its times are taken for the last bound.
 * @param boundsMs upper bounds of the others, ascending.
 * @returns null where nothing was counted.
 */
export function percentiles(counts: readonly number[], boundsMs: readonly number[]): Percentiles | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total <= 0) return null;
  const at = (share: number): number => quantile(counts, boundsMs, share * total);
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99) };
}

function quantile(counts: readonly number[], boundsMs: readonly number[], rank: number): number {
  let below = 0;
  for (const [index, upper] of boundsMs.entries()) {
    const count = counts[index] ?? 0;
    if (count > 0 && below + count >= rank) {
      const lower = boundsMs[index - 1] ?? 0;
      return threeDigits(lower + (upper - lower) * (rank - below) / count);
    }
    below += count;
  }
  return boundsMs.at(-1) ?? 0;
}

/** More would be pretence, and longer messages. */
function threeDigits(value: number): number {
  return Number(value.toPrecision(3));
}
