import type { ScaleSettings } from "../model/app_settings.ts";

/** The metric as near to its target is as good as there. */
export const TOLERANCE = 0.1;

/** What a recommendation goes by. */
export interface ScaleFacts {
  /** Of each replica what the target is about; null where its node has not told. */
  readonly metrics: readonly (number | null)[];
  /** What a replica should have. */
  readonly target: number;
}

/** How many replicas there should be, and how that was worked out. */
export interface Recommendation {
  readonly replicas: number;
  readonly formula: string;
}

/** What the settings are about, and what a replica should have of it; shares as parts of 1. */
export function targetOf(
  { target }: ScaleSettings,
): { readonly metric: keyof ScaleSettings["target"]; readonly value: number } {
  const { connections, new_connections_per_second, requests_per_second, cpu } = target;
  if (connections !== undefined) return { metric: "connections", value: connections };
  if (new_connections_per_second !== undefined) {
    return { metric: "new_connections_per_second", value: new_connections_per_second };
  }
  if (requests_per_second !== undefined) return { metric: "requests_per_second", value: requests_per_second };
  return { metric: "cpu", value: Number(cpu!.slice(0, -1)) / 100 };
}

/**
 * Target tracking as Kubernetes documents it for its HorizontalPodAutoscaler ("Algorithm details"): as many replicas as
 * bring the average to the target, unless it is within 10 % of that. Replicas that have told nothing count as idle where
 * there would be more, and as on target where there would be fewer; where that turns the result round, nothing changes.
 */
export function recommend({ metrics, target }: ScaleFacts): Recommendation {
  const count = metrics.length;
  const known = metrics.filter((metric) => metric !== null);
  if (known.length === 0) return { replicas: count, formula: count === 0 ? "no replicas" : "no metrics" };
  const sum = known.reduce((total, metric) => total + metric, 0);
  const ratio = short6(sum / known.length / target);
  const shown = `${known.length} × ${short(sum / known.length)} / ${short(target)}`;
  if (short6(Math.abs(ratio - 1)) <= TOLERANCE) {
    return { replicas: count, formula: `${shown} = ${short(ratio * known.length)}, within 10 %` };
  }
  const missing = count - known.length;
  const assumed = ratio > 1 ? 0 : target;
  const whole = (sum + missing * assumed) / count / target;
  const isTurned = ratio > 1 ? whole <= 1 + TOLERANCE : whole >= 1 - TOLERANCE;
  if (missing > 0 && isTurned) return { replicas: count, formula: `${shown}, and ${missing} have not told` };
  const replicas = Math.ceil(short6(whole * count));
  const all = missing === 0 ? shown : `(${shown} and ${missing} at ${short(assumed)})`;
  return { replicas, formula: `ceil(${all}) = ${replicas}` };
}

function short(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** Without what binary fractions add: three times a third is one. */
function short6(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
