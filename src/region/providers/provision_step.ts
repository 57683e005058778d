import type { NodeStanding } from "../model/placement.ts";

/** When nodes are asked for and given back; shares are parts of 1, times milliseconds. */
export interface ProvisionSettings {
  /** Names of nodes that are made begin with it; a number follows. */
  readonly name_prefix: string;
  /** Nodes that take apps, whoever made them. */
  readonly min_nodes: number;
  /** The same, with those that are on their way. */
  readonly max_nodes: number;
  /** So much of the capacity in use: one more is asked for. */
  readonly out_at: number;
  /** Less than that in use: one is given back, unless more than `out_at` would be in use then. */
  readonly in_at: number;
  /** One could have been missed for so long. */
  readonly cool_down: number;
  /** A node that is not there for so long is taken for lost. */
  readonly join_timeout: number;
}

/** How much something is; of a node's capacity, or what it carries. */
export interface Amount {
  readonly apps: number;
  readonly connections: number;
}

/** A node that takes apps. */
export interface ProvisionNode {
  readonly name: string;
  readonly standing: NodeStanding;
  /** Whether the provider made it: no other is given back. */
  readonly isMade: boolean;
  readonly capacity: Amount;
  readonly carries: Amount;
}

/** What is decided from. */
export interface ProvisionFacts {
  readonly settings: ProvisionSettings;
  readonly nodes: readonly ProvisionNode[];
  /** Names of nodes that were asked for and are not there. */
  readonly awaited: readonly string[];
  /** Replicas that find no node. */
  readonly unplaced: number;
  /** Whether one more node would take some of those. */
  helps(): boolean;
  /** Whether as many replicas find a node without this one. */
  fitsWithout(node: string): boolean;
  /** How long it is that one node could have been given back; milliseconds. */
  readonly calmMs: number;
}

/** What to do about the number of nodes. */
export type ProvisionStep =
  | { readonly kind: "ask"; readonly reason: string }
  | { readonly kind: "give_back"; readonly node: string; readonly reason: string }
  | {
    readonly kind: "nothing";
    readonly reason: string;
    /** Whether one could be given back, but for the time that has to pass. */
    readonly isCalm: boolean;
  };

/** Of those that carry the least, so many are looked at: each look is a placement of the whole region. */
const LOOKS = 3;

/**
 * Whether a region needs one more node, or has one too many: one at a time, never a second one before the first has come,
 * and never one back whose apps would find no place, or whose loss would ask for another one at once.
 */
export function provisionStep(facts: ProvisionFacts): ProvisionStep {
  const { settings, nodes, awaited } = facts;
  const [late] = awaited;
  if (late !== undefined) return nothing(`${late} has not come yet`);
  const there = nodes.filter(({ standing }) => standing !== "gone");
  const need = needOf(facts, there);
  if (need !== null) {
    return there.length >= settings.max_nodes
      ? nothing(`${need}, and ${there.length} of at most ${settings.max_nodes} nodes are there`)
      : { kind: "ask", reason: need };
  }
  const leaving = there.find(({ isMade, standing }) => isMade && standing === "draining");
  if (leaving !== undefined) return nothing(`${leaving.name} is leaving`);
  const spare = spareOf(facts, there);
  if (spare === null) return nothing("all nodes are needed");
  if (facts.calmMs < settings.cool_down) {
    return { kind: "nothing", reason: `${spare} may be needed again`, isCalm: true };
  }
  const reason = `${percent(useOf(there))} of the capacity are in use, less than ${percent(settings.in_at)}`;
  return { kind: "give_back", node: spare, reason };
}

/** Why one more is needed; null where it is not. */
function needOf(facts: ProvisionFacts, there: readonly ProvisionNode[]): string | null {
  const { settings: { min_nodes: least, max_nodes: most, out_at: full }, unplaced } = facts;
  const ready = there.filter(isReady).length;
  if (ready < least) return `${ready} nodes take apps, and ${least} are wanted`;
  const use = useOf(there);
  if (use >= full) return `${percent(use)} of the capacity are in use`;
  // Where there may be none, it need not be known whether it would help.
  if (unplaced > 0 && (there.length >= most || facts.helps())) return `${unplaced} replicas find no node`;
  return null;
}

/** The node that is missed the least; null where each is missed. */
function spareOf(
  { settings: { min_nodes: least, in_at: empty, out_at: full }, fitsWithout }: ProvisionFacts,
  there: readonly ProvisionNode[],
): string | null {
  if (there.filter(isReady).length <= least || useOf(there) >= empty) return null;
  const candidates = there.filter((node) => node.isMade && isReady(node))
    .toSorted((a, b) => a.carries.apps - b.carries.apps || (a.name < b.name ? 1 : -1));
  const found = candidates.slice(0, LOOKS).find((one) =>
    useOf(there.map((node) => node === one ? { ...node, standing: "draining" } : node)) < full &&
    fitsWithout(one.name)
  );
  return found?.name ?? null;
}

/** Share of the capacity of the nodes that take apps which all apps together need, by what is scarcest. */
function useOf(there: readonly ProvisionNode[]): number {
  const shares = (["apps", "connections"] as const).map((what) => {
    const carried = there.reduce((sum, { carries }) => sum + carries[what], 0);
    const capacity = there.filter(isReady).reduce((sum, node) => sum + node.capacity[what], 0);
    return carried === 0 ? 0 : carried / capacity;
  });
  return Math.max(...shares);
}

function isReady({ standing }: ProvisionNode): boolean {
  return standing === "ready";
}

function nothing(reason: string): ProvisionStep {
  return { kind: "nothing", reason, isCalm: false };
}

function percent(share: number): string {
  return share === Infinity ? "more than all" : `${Math.round(share * 100)} %`;
}
