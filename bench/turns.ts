import { median } from "./stats.ts";
import type { Sample, Scenario } from "./suite.ts";

/** One turn of one rival. */
export interface Turn<T> {
  readonly one: T;
  /** Of its turns so far; the same list in each of them. */
  readonly samples: Sample[];
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

/** All rivals' turns, one rival after the other, each time beginning with another one. */
export function turns<T>(count: number, rivals: readonly T[]): Turn<T>[] {
  const rows = rivals.map((one) => ({ one, samples: [] }));
  return Array.from({ length: count }, (_, turn) => (
    rotate(rows, turn).map((row) => ({ ...row, isFirst: turn === 0, isLast: turn === count - 1 }))
  )).flat();
}

/** The median of each metric. */
export function medians(scenario: Pick<Scenario, "metrics">, samples: readonly Sample[]): Sample {
  return Object.fromEntries(
    scenario.metrics.map(({ name }) => [name, median(samples.map((sample) => sample[name] ?? NaN))]),
  );
}

/** The list, beginning with another element and going round. */
export function rotate<T>(list: readonly T[], by: number): T[] {
  const at = list.length === 0 ? 0 : by % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}
