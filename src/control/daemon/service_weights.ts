import type { ServiceRecord } from "../dns/services/service_record.ts";

/** Largest weight of a target. */
const MAX_WEIGHT = 256;

/**
 * Weights of a service's hosts as targets have them, 1 to 256 (RFC 2782 has 0 to 65,535): shares within a priority stay as
 * they are where they can be told with such numbers. A host of weight 0 among others gets 1 beside their 256; where all have
 * 0 they are equal.
 * @param factor `weight` of the target, 0 to 256: each host's is multiplied by it, as far as there is room.
 */
export function serviceWeights(records: readonly ServiceRecord[], factor: number): number[] {
  if (factor === 0) return records.map(() => 0);
  const groups = Map.groupBy(records, ({ priority }) => priority);
  const scales = new Map(
    [...groups].map(([priority, group]) => [priority, scaleOf(group.map(({ weight }) => weight), factor)]),
  );
  return records.map(({ priority, weight }) => {
    const scale = scales.get(priority);
    if (scale === undefined) return Math.min(MAX_WEIGHT, factor);
    return Math.max(1, Math.round(weight * scale));
  });
}

/** What to multiply weights with; undefined where all are 0. */
function scaleOf(weights: readonly number[], factor: number): number | undefined {
  const most = Math.max(...weights);
  if (most === 0) return undefined;
  const unit = weights.reduce(greatestDivisor);
  const isPlain = !weights.includes(0) && most / unit * factor <= MAX_WEIGHT;
  return isPlain ? factor / unit : MAX_WEIGHT / most;
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}
