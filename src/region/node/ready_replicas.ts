import type { Clock } from "../../base/clock.ts";
import type { AssignmentDocument, NodeDocument, StateDocument } from "../model/documents.ts";
import { GAP_MS, LEASE_MS } from "../model/times.ts";
import type { Stored } from "../store/bucket.ts";
import type { RegionBuckets } from "../store/region_store.ts";
import { Watches } from "../store/watches.ts";

/** Where a replica is reached. */
export interface ReadyReplica {
  readonly node: string;
  readonly address: string;
  readonly port: number;
  readonly zone: string;
}

/** For a front: which replicas of apps serve, as the store tells, without asking. */
export class ReadyReplicas {
  readonly #assignments = new Map<string, AssignmentDocument>();
  readonly #states = new Map<string, StateDocument>();
  readonly #nodes = new Map<string, { readonly document: NodeDocument; readonly at: number }>();
  readonly #watches = new Watches();
  /** Since when the store is heard without a gap; null where it is not. While it is silent nobody is missed. */
  #heardSince: number | null = null;
  /** When a node was heard last, this one included. */
  #nodeHeardAt = -Infinity;
  #isCurrent = false;

  /** @param onChange called when replicas may be others; not before all that was there has been told. */
  constructor(private readonly clock: Pick<Clock, "now">, private readonly onChange: () => void) {}

  async follow(store: Pick<RegionBuckets, "nodes" | "states" | "assignments">): Promise<void> {
    await this.#watches.add(store.nodes, (stored) => this.#onNode(stored));
    await this.#watches.add(store.states, ({ name, value }) => this.#put(this.#states, name, value));
    await this.#watches.add(
      store.assignments,
      ({ name, value }) => this.#put(this.#assignments, name, value),
    );
    await this.#watches.current();
    this.#isCurrent = true;
    this.onChange();
  }

  /** Whether the store answers: who is silent meanwhile is not missed while it does not. */
  heard(isHeard: boolean): void {
    if (!isHeard) this.#heardSince = null;
    else this.#heardSince ??= this.clock.now();
  }

  /**
   * Those of an app that serve, in the order of their nodes' names: at the revision that is wanted of them, and where there
   * is none, at the one before.
   */
  of(app: string): ReadyReplica[] {
    const all = [...this.#assignments].flatMap(([node, { apps }]) => {
      const assigned = apps[app];
      const offer = this.#nodes.get(node);
      const state = this.#states.get(`${node}/${app}`);
      const port = assigned?.ports[0];
      if (port === undefined || offer === undefined || this.#isMissed(offer.at)) return [];
      if (state?.state !== "ready" || state.run !== offer.document.run) return [];
      if (assigned?.phase === "closing") return [];
      const { address, zone } = offer.document;
      const isSure = assigned?.phase !== "updating" && state.turn === assigned?.turn;
      return [{ replica: { node, address, port, zone }, isSure }];
    });
    const sure = all.filter(({ isSure }) => isSure);
    return (sure.length > 0 ? sure : all).map(({ replica }) => replica).sort((a, b) =>
      a.node < b.node ? -1 : 1
    );
  }

  /** Connections that a node takes, as it says; 0 where it is not known. */
  connectionsOf(node: string): number {
    return this.#nodes.get(node)?.document.capacity.connections ?? 0;
  }

  async close(): Promise<void> {
    await this.#watches.close();
  }

  #put<T>(all: Map<string, T>, name: string, value: T | null): void {
    if (value === null) all.delete(name);
    else all.set(name, value);
    if (this.#isCurrent) this.onChange();
  }

  #onNode({ name, value }: Stored<NodeDocument>): void {
    const before = this.#nodes.get(name);
    const now = this.clock.now();
    // The server that told of nodes was gone: those that are told of now tell nothing of the others yet.
    if (now - this.#nodeHeardAt > GAP_MS && this.#heardSince !== null) this.#heardSince = now;
    this.#nodeHeardAt = now;
    if (value === null) this.#nodes.delete(name);
    else this.#nodes.set(name, { document: value, at: now });
    const isSame = before?.document.address === value?.address && before?.document.run === value?.run;
    if (this.#isCurrent && (!isSame || before !== undefined && this.#isMissed(before.at))) this.onChange();
  }

  #isMissed(at: number): boolean {
    if (this.#heardSince === null) return false;
    return this.#nodeHeardAt - Math.max(at, this.#heardSince) >= LEASE_MS;
  }
}
