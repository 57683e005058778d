import { systemClock } from "../../src/base/clock.ts";
import type {
  Assignments,
  Placement,
  PlacementApp,
  PlacementNode,
} from "../../src/region/model/placement.ts";
import { place } from "../../src/region/placement/place.ts";
import { makeNode, makeRegion, type RegionSize } from "./made_region.ts";

/** What one event of a region's life made placement do. */
export interface Step {
  readonly event: string;
  readonly ms: number;
  /** Replicas that came to a node they were not on. */
  readonly added: number;
  /** Of these, moves that nothing forced. */
  readonly unforced: number;
  /** Replicas for which there was no node. */
  readonly unplaced: number;
  /** Load of the fullest node, as a multiple of its share. */
  readonly fullest: number;
}

/** A region that things happen to. */
export class Simulation {
  readonly steps: Step[] = [];
  #assignments: Assignments = new Map();
  #nodes: PlacementNode[];
  #apps: PlacementApp[];

  constructor(private readonly size: RegionSize, seed: number) {
    const { nodes, apps } = makeRegion(size, seed);
    this.#nodes = nodes;
    this.#apps = apps;
  }

  /** All events, one after another. */
  run(): void {
    const all = this.#nodes;
    this.#happen("all apps, from nothing");
    this.#rest("nothing, until nothing moves");
    this.#nodes = standing(all, ({ name }) => name === "node-7", "gone");
    this.#happen("a node is lost");
    this.#nodes = all;
    this.#rest("it comes back, until nothing moves");
    this.#nodes = standing(all, ({ zone }) => zone === "zone-1", "gone");
    this.#happen("a zone is lost");
    this.#nodes = all;
    this.#rest("it comes back, until nothing moves");
    this.#nodes = standing(all, ({ name }) => name === "node-3", "draining");
    this.#happen("a node is drained");
    const more = Math.ceil(this.size.nodes / 50);
    this.#nodes = [
      ...all,
      ...Array.from({ length: more }, (_, at) => makeNode(this.size.nodes + at, this.size.zones, 1)),
    ];
    this.#rest(`${more} nodes come, until nothing moves`);
    this.#apps = this.#apps.map((app, at) => at % 100 === 0 ? { ...app, replicas: app.replicas + 1 } : app);
    this.#happen("one of a hundred apps wants one replica more");
    this.#apps = this.#apps.filter((_, at) => at % 100 !== 1);
    this.#happen("one of a hundred apps is deleted");
  }

  /** For each node its load as a multiple of its share. */
  loads(): number[] {
    const counts = new Map(this.#nodes.map(({ name }) => [name, 0]));
    for (const replicas of this.#assignments.values()) {
      for (const { node } of replicas) counts.set(node, (counts.get(node) ?? 0) + 1);
    }
    const able = this.#nodes.filter((node) => node.standing === "ready");
    const capacity = able.reduce((sum, node) => sum + node.capacity.apps, 0);
    const total = able.reduce((sum, { name }) => sum + counts.get(name)!, 0);
    return able.map((node) => counts.get(node.name)! / (total * node.capacity.apps / capacity));
  }

  #happen(event: string): void {
    const { placement, ms } = this.#place();
    this.#note(event, ms, [placement]);
  }

  /** Places again and again until nothing changes; the longest time counts. */
  #rest(event: string): void {
    const rounds: Placement[] = [];
    let longest = 0;
    for (;;) {
      const { placement, ms } = this.#place();
      longest = Math.max(longest, ms);
      rounds.push(placement);
      if (placement.changes.length === 0) break;
    }
    this.#note(`${event} (${rounds.length} rounds)`, longest, rounds);
  }

  #place(): { placement: Placement; ms: number } {
    const start = systemClock.now();
    const placement = place(this.#apps, this.#nodes, this.#assignments);
    const ms = systemClock.now() - start;
    this.#assignments = placement.assignments;
    return { placement, ms };
  }

  #note(event: string, ms: number, placements: readonly Placement[]): void {
    const changes = placements.flatMap((placement) => placement.changes);
    this.steps.push({
      event,
      ms,
      added: changes.filter(({ kind }) => kind === "add").length,
      unforced: changes.filter((one) =>
        one.kind === "remove" && (one.reason === "balance" || one.reason === "spread")
      ).length,
      unplaced: placements.at(-1)!.unplaced.reduce((sum, { missing }) =>
        sum + missing, 0),
      fullest: Math.max(...this.loads()),
    });
  }
}

function standing(
  nodes: readonly PlacementNode[],
  isMeant: (node: PlacementNode) => boolean,
  value: PlacementNode["standing"],
): PlacementNode[] {
  return nodes.map((node) => isMeant(node) ? { ...node, standing: value } : node);
}
