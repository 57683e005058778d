import { freePortBlock } from "./free_port_block.ts";

/** A NATS server. */
export interface PlannedServer {
  readonly name: string;
  readonly port: number;
  readonly clusterPort: number;
}

/** A node: in a zone, with ports of its own, since all share one machine. */
export interface PlannedNode {
  readonly name: string;
  readonly zone: string;
  readonly adminPort: number;
  readonly ports: PortRange;
}

/** A front: a proxy where clients come in, with a port for each app. */
export interface PlannedFront {
  readonly name: string;
  readonly adminPort: number;
  readonly appPorts: readonly number[];
}

/** Ports in a row, both ends included. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** What a demonstration of a region is made of. */
export interface DemoPlan {
  /** Folder of all files, which nothing else is in. */
  readonly dir: string;
  /** The command that starts this program. */
  readonly program: readonly string[];
  readonly servers: readonly PlannedServer[];
  readonly controls: readonly string[];
  readonly nodes: readonly PlannedNode[];
  readonly fronts: readonly PlannedFront[];
  readonly apps: readonly string[];
  /** Ports of the echo servers behind the apps. */
  readonly targets: readonly number[];
  /** Ports of nodes that are started when apps do not fit. */
  readonly madePorts: PortRange;
}

/** Ports that a node has for apps. */
export const PORTS_PER_NODE = 20;
/** Most nodes, with those that are made when apps do not fit. */
export const MOST_NODES = 8;

const SERVERS = ["nats-1", "nats-2", "nats-3"];
const CONTROLS = ["control-1", "control-2"];
const ZONES = ["a", "b", "c", "a", "b"];
const FRONTS = ["front-1", "front-2"];
const APPS = ["echo-1", "echo-2", "echo-3"];
const TARGETS = 2;
/** Ports of servers, admin servers, fronts and targets. */
const SINGLE_PORTS = SERVERS.length * 2 + ZONES.length + FRONTS.length * (1 + APPS.length) + TARGETS;

/** Plans a demonstration on ports that are free now. @throws {Error} when there are not enough. */
export function planDemo(dir: string, program: readonly string[]): DemoPlan {
  let next = freePortBlock(SINGLE_PORTS + PORTS_PER_NODE * (ZONES.length + MOST_NODES));
  const range = (count: number): PortRange => {
    next += count;
    return { first: next - count, last: next - 1 };
  };
  const port = (): number => range(1).first;
  return {
    dir,
    program,
    servers: SERVERS.map((name) => ({ name, port: port(), clusterPort: port() })),
    controls: CONTROLS,
    nodes: ZONES.map((zone, index) => ({
      name: `n${index + 1}`,
      zone,
      adminPort: port(),
      ports: range(PORTS_PER_NODE),
    })),
    fronts: FRONTS.map((name) => ({ name, adminPort: port(), appPorts: APPS.map(port) })),
    apps: APPS,
    targets: Array.from({ length: TARGETS }, port),
    madePorts: range(PORTS_PER_NODE * MOST_NODES),
  };
}
