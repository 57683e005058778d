import type { AppDetails } from "../api/types.ts";

/** What the width of a flow stands for. */
export type FlowMeasure = "active" | "rate";

/** An end of the flow picture. */
export interface FlowEnd {
  readonly name: string;
  /** Connections that are open, or new ones a second. */
  readonly value: number;
  /** Of all on its side, 0 to 1; where nothing flows all have the same. */
  readonly share: number;
  /** Whether it can take traffic. */
  readonly isWell: boolean;
  /** How many are drawn as one; 1 for an end of its own. */
  readonly count: number;
}

/** Listeners, an app, and its targets. */
export interface FlowGraph {
  readonly listeners: readonly FlowEnd[];
  readonly targets: readonly FlowEnd[];
  /** Whether nothing flows on a side, so that its shares say nothing. */
  readonly idle: { readonly listeners: boolean; readonly targets: boolean };
}

/** Ends that a side shows; those beyond are drawn as one. */
export const MAX_ENDS = 16;

/**
 * What flows from the listeners to the targets of an app. The sides are compared within themselves, by shares: in mode
 * `http` listeners count connections and targets requests, and even in `tcp` clients that still wait are at no target.
 */
export function flowGraph({ listeners, targets }: AppDetails, measure: FlowMeasure): FlowGraph {
  const valueOf = (one: { connections_active: number; connections_per_second: number }): number =>
    measure === "active" ? one.connections_active : one.connections_per_second;
  const left = side(
    Object.entries(listeners).map(([name, one]) => ({ name, value: valueOf(one), isWell: true })),
    "listeners",
  );
  const right = side(
    Object.entries(targets).map(([name, one]) => ({ name, value: valueOf(one), isWell: one.available })),
    "targets",
  );
  return {
    listeners: left.ends,
    targets: right.ends,
    idle: { listeners: left.total === 0, targets: right.total === 0 },
  };
}

interface RawEnd {
  readonly name: string;
  readonly value: number;
  readonly isWell: boolean;
}

function side(
  all: readonly RawEnd[],
  what: string,
): { readonly ends: FlowEnd[]; readonly total: number } {
  const total = all.reduce((sum, { value }) => sum + value, 0);
  const shown = all.length <= MAX_ENDS ? all : loudest(all);
  const rest = all.length - shown.length;
  const ends = shown.map((one) => ({ ...one, count: 1 }));
  if (rest > 0) {
    const left = all.filter((one) => !shown.includes(one));
    const value = left.reduce((sum, one) => sum + one.value, 0);
    ends.push({
      name: `${rest} more ${what}`,
      value,
      isWell: left.every(({ isWell }) => isWell),
      count: rest,
    });
  }
  const shareOf = (value: number): number => total === 0 ? 1 / ends.length : value / total;
  return { ends: ends.map((one) => ({ ...one, share: shareOf(one.value) })), total };
}

/** Those that are not well first, then those with the most traffic, in the order of the config. */
function loudest(all: readonly RawEnd[]): RawEnd[] {
  const chosen = new Set(
    [...all].sort((a, b) => Number(a.isWell) - Number(b.isWell) || b.value - a.value).slice(0, MAX_ENDS - 1),
  );
  return all.filter((one) => chosen.has(one));
}
