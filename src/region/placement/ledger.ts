import type { NodeStanding, PlacementApp, PlacementNode, Refusal } from "../model/placement.ts";
import { nameSeed } from "./score.ts";

/**
 * How much more than its share a node takes where others could: bounded load (Mirrokni, Thorup and Zadimoghaddam,
 * "Consistent Hashing with Bounded Loads", 2016).
 */
export const LOAD_FACTOR = 1.25;

/** What all apps ask for together. */
export class Demand {
  readonly replicas: number;
  readonly connections: number;
  /** Ports that apps ask for by number: none of them is given to one that takes any. */
  readonly fixedPorts: ReadonlySet<number>;

  constructor(apps: readonly PlacementApp[]) {
    this.replicas = apps.reduce((sum, { replicas }) => sum + replicas, 0);
    this.connections = apps.reduce((sum, { replicas, connections }) => sum + replicas * connections, 0);
    const ports = new Set<number>();
    for (const app of apps) {
      for (const port of app.ports) if (port !== "auto") ports.add(port);
    }
    this.fixedPorts = ports;
  }
}

/** What nodes have given away, while apps are placed. Nodes are numbers here, in the order of their names. */
export class Ledger {
  readonly nodes: readonly PlacementNode[];
  /** Zone of each node, from 0. */
  readonly zone: Int32Array;
  readonly zones: number;
  readonly seed: Uint32Array;
  /** Of the scores: the node's capacity for apps. */
  readonly weight: Float64Array;
  /** 1 for nodes that replicas may come to. */
  readonly isReady: Uint8Array;
  readonly apps: Int32Array;
  readonly connections: Float64Array;
  /** Fair shares of the nodes that take replicas; of the others 0. */
  readonly appShare: Float64Array;
  readonly #connectionShare: Float64Array;
  readonly #mostApps: Float64Array;
  readonly #mostConnections: Float64Array;
  readonly #taken: Set<number>[];
  /** Ports for those that take any. */
  readonly #free: Int32Array;
  readonly #indices = new Map<string, number>();

  /** @throws {TypeError} when two nodes have one name. */
  constructor(nodes: readonly PlacementNode[], private readonly demand: Demand) {
    this.nodes = nodes.toSorted((a, b) => a.name < b.name ? -1 : 1);
    for (const [index, { name }] of this.nodes.entries()) this.#indices.set(name, index);
    if (this.#indices.size < nodes.length) throw new TypeError("Two nodes have one name");
    const zones = [...new Set(this.nodes.map(({ zone }) => zone))];
    const zoneNumbers = new Map(zones.map((zone, index) => [zone, index]));
    this.zones = zones.length;
    this.zone = Int32Array.from(this.nodes, ({ zone }) => zoneNumbers.get(zone) ?? 0);
    this.seed = Uint32Array.from(this.nodes, ({ name }) => nameSeed(name));
    this.weight = Float64Array.from(this.nodes, ({ capacity }) => Math.max(1, capacity.apps));
    this.isReady = Uint8Array.from(this.nodes, ({ standing }) => standing === "ready" ? 1 : 0);
    this.#mostApps = Float64Array.from(this.nodes, ({ capacity }) => capacity.apps);
    this.#mostConnections = Float64Array.from(this.nodes, ({ capacity }) => capacity.connections);
    this.apps = new Int32Array(nodes.length);
    this.connections = new Float64Array(nodes.length);
    this.appShare = shares(this.nodes, demand.replicas, (node) => node.capacity.apps);
    this.#connectionShare = shares(this.nodes, demand.connections, (node) => node.capacity.connections);
    this.#taken = this.nodes.map(() => new Set());
    const fixed = [...demand.fixedPorts].sort((a, b) => a - b);
    this.#free = Int32Array.from(
      this.nodes,
      ({ portRange: { first, last } }) =>
        last - first + 1 - fixed.filter((port) => port >= first && port <= last).length,
    );
  }

  /** The node of this name. */
  find(name: string): number | null {
    return this.#indices.get(name) ?? null;
  }

  standing(node: number): NodeStanding {
    return this.nodes[node]!.standing;
  }

  /** Why a node has no room for a replica: its capacity and its ports, not where it stands. Null: it has. */
  refusal(node: number, { connections, ports }: PlacementApp): Refusal | null {
    if (this.apps[node]! >= this.#mostApps[node]!) return "apps_full";
    if (this.connections[node]! + connections > this.#mostConnections[node]!) return "connections_full";
    const taken = this.#taken[node]!;
    let free = this.#free[node]!;
    for (const port of ports) {
      if (port === "auto") {
        if (--free < 0) return "no_free_port";
      } else if (taken.has(port)) return "port_taken";
    }
    return null;
  }

  /** Whether a replica more would be above what the node should have while others have less. */
  isBeyondShare(node: number, connections: number): boolean {
    return this.apps[node]! + 1 > Math.ceil(LOAD_FACTOR * this.appShare[node]!) ||
      this.connections[node]! + connections > Math.ceil(LOAD_FACTOR * this.#connectionShare[node]!);
  }

  /**
   * Gives room to a replica, which {@link refusal} has allowed.
   * @param former ports that it had here; those that it may have are kept.
   * @returns its ports, in the order of the app's.
   */
  take(node: number, app: PlacementApp, former: readonly number[] = []): number[] {
    this.apps[node]!++;
    this.connections[node]! += app.connections;
    return app.ports.map((wanted, at) => {
      const port = wanted === "auto" ? this.#anyPort(node, app, at, former[at]) : wanted;
      this.#taken[node]!.add(port);
      if (this.#isForAny(node, port)) this.#free[node]!--;
      return port;
    });
  }

  /** Takes back what {@link take} gave. */
  release(node: number, app: PlacementApp, ports: readonly number[]): void {
    this.apps[node]!--;
    this.connections[node]! -= app.connections;
    for (const port of ports) {
      this.#taken[node]!.delete(port);
      if (this.#isForAny(node, port)) this.#free[node]!++;
    }
  }

  #anyPort(node: number, app: PlacementApp, at: number, former: number | undefined): number {
    const taken = this.#taken[node]!;
    const { first, last } = this.nodes[node]!.portRange;
    // One that another app asks for by number meanwhile stays with the one that has it.
    const isKept = former !== undefined && former >= first && former <= last && !taken.has(former) &&
      !app.ports.includes(former);
    if (isKept) return former;
    // Apps begin at different places, so that one that comes back finds its own port free.
    let port = first + nameSeed(`${app.name}:${at}`) % (last - first + 1);
    while (taken.has(port) || this.demand.fixedPorts.has(port)) port = port < last ? port + 1 : first;
    return port;
  }

  #isForAny(node: number, port: number): boolean {
    const { first, last } = this.nodes[node]!.portRange;
    return port >= first && port <= last && !this.demand.fixedPorts.has(port);
  }
}

/** What each node should have of something, by its part of the capacity of all that take replicas. */
function shares(
  nodes: readonly PlacementNode[],
  demand: number,
  capacity: (node: PlacementNode) => number,
): Float64Array {
  const able = (node: PlacementNode): number => node.standing === "ready" ? capacity(node) : 0;
  const total = nodes.reduce((sum, node) => sum + able(node), 0);
  return Float64Array.from(nodes, (node) => total === 0 ? 0 : demand * able(node) / total);
}
