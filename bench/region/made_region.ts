import { seededRandom } from "../../src/base/random.ts";
import type { PlacementApp, PlacementNode } from "../../src/region/model/placement.ts";

/** How large a region is. */
export interface RegionSize {
  readonly nodes: number;
  readonly zones: number;
  readonly apps: number;
}

const LARGE_NODE = { apps: 800, connections: 800_000 };
const SMALL_NODE = { apps: 400, connections: 400_000 };
/** Ports that apps ask for by number; nearly as often as not two ask for the same. */
const FIXED_PORTS = { first: 10_000, count: 8_000 };

/**
 * A region as one might find it, the same for the same seed: nodes of two sizes, three of ten with fast disks; apps with two,
 * three or five replicas, a tenth of which need a fast disk and a fifth a port by number.
 */
export function makeRegion(size: RegionSize, seed: number): { nodes: PlacementNode[]; apps: PlacementApp[] } {
  const random = seededRandom(seed);
  const nodes = Array.from({ length: size.nodes }, (_, index) => makeNode(index, size.zones, random()));
  const apps = Array.from({ length: size.apps }, (_, index): PlacementApp => {
    const [kind, disk, port] = [random(), random(), random()];
    return {
      name: `app-${index}`,
      replicas: kind < 0.1 ? 2 : kind < 0.9 ? 3 : 5,
      maxPerZone: kind < 0.3 ? 1 : null,
      requireLabels: disk < 0.1 ? { disk: "fast" } : {},
      spreadBy: ["zone", "node"],
      ports: port < 0.2 ? [FIXED_PORTS.first + Math.floor(random() * FIXED_PORTS.count)] : ["auto"],
      connections: Math.floor(random() * 1_000),
    };
  });
  return { nodes, apps };
}

/** The node of this number; one of two is large. @param luck 0 (included) to 1 (excluded): whether its disk is fast. */
export function makeNode(index: number, zones: number, luck: number): PlacementNode {
  return {
    name: `node-${index}`,
    zone: `zone-${index % zones}`,
    labels: luck < 0.3 ? { disk: "fast" } : {},
    standing: "ready",
    capacity: Math.floor(index / zones) % 2 === 0 ? LARGE_NODE : SMALL_NODE,
    portRange: { first: 20_000, last: 29_999 },
  };
}
