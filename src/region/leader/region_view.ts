import type { Clock } from "../../base/clock.ts";
import type { AppDocument } from "../model/app_document.ts";
import type { AssignmentDocument, FrontDocument, NodeDocument, StateDocument } from "../model/documents.ts";
import type { PlacementNode } from "../model/placement.ts";
import { LEASE_MS } from "../model/times.ts";
import { type Bucket, isDeleted, type Stored } from "../store/bucket.ts";
import type { RegionStore } from "../store/region_store.ts";

/** A node as it was heard of last. */
interface SeenNode {
  readonly document: NodeDocument;
  /** By the clock of this program: clocks of two machines are never compared. */
  readonly at: number;
}

/** What the store has, as this program has been told. */
export class RegionView {
  readonly apps = new Map<string, Stored<AppDocument>>();
  readonly assignments = new Map<string, Stored<AssignmentDocument>>();
  readonly #states = new Map<string, StateDocument>();
  readonly #nodes = new Map<string, SeenNode>();
  readonly #fronts = new Map<string, { readonly uses: FrontDocument["uses"]; readonly at: number }>();
  /** Since when silence counts: before, it may have been this program that did not hear. */
  #listeningSince = -Infinity;
  readonly #stops: (() => Promise<void>)[] = [];

  /** @param onChange called after anything changed that control derives something from. */
  constructor(private readonly clock: Pick<Clock, "now">, private readonly onChange: () => void) {}

  /** Begins to follow the store; resolves when it has all that was there. */
  async follow(store: RegionStore): Promise<void> {
    const current: Promise<void>[] = [];
    const watch = async <T>(bucket: Bucket<T>, onChange: (stored: Stored<T>) => void): Promise<void> => {
      const all = Promise.withResolvers<void>();
      current.push(all.promise);
      this.#stops.push(await bucket.watch(onChange, all.resolve));
    };
    await watch(store.apps, (stored) => this.#put(this.apps, stored));
    await watch(store.assignments, (stored) => this.#put(this.assignments, stored));
    await watch(store.states, (stored) => this.#onState(stored));
    await watch(store.nodes, (stored) => this.#onNode(stored));
    await watch(store.fronts, (stored) => this.#onFront(stored));
    await Promise.all(current);
  }

  /** What this program wrote itself; the store will tell of it later. */
  wrote(node: string, value: AssignmentDocument, revision: number): void {
    this.assignments.set(node, { name: node, value, problem: null, revision, at: new Date(0) });
  }

  /** From now on who is silent is gone after a while, not before. */
  listenAnew(): void {
    this.#listeningSince = this.clock.now();
  }

  /** All nodes that were heard of; those that were silent for too long are gone. */
  nodes(): PlacementNode[] {
    return [...this.#nodes].map(([name, { document, at }]) => ({
      name,
      zone: document.zone,
      labels: document.labels,
      standing: this.#silence(at) < LEASE_MS ? "ready" : "gone",
      capacity: document.capacity,
      portRange: document.port_range,
    }));
  }

  /** Milliseconds until the next node would be gone; infinite where all are. */
  nextSilence(): number {
    const seen = [...this.#nodes.values(), ...this.#fronts.values()];
    const left = seen.map(({ at }) => LEASE_MS - this.#silence(at)).filter((ms) => ms > 0);
    return Math.min(Infinity, ...left);
  }

  isReady(node: string, app: string, revision: number): boolean {
    const state = this.#states.get(`${node}/${app}`);
    return state?.state === "ready" && state.revision >= revision;
  }

  isUsed(node: string, app: string): boolean {
    return [...this.#fronts.values()].some(({ uses, at }) =>
      this.#silence(at) < LEASE_MS && uses[app]?.includes(node) === true
    );
  }

  async close(): Promise<void> {
    await Promise.all(this.#stops.map((stop) => stop()));
  }

  #put<T>(all: Map<string, Stored<T>>, stored: Stored<T>): void {
    // What this program wrote last may be told late.
    if ((all.get(stored.name)?.revision ?? 0) >= stored.revision) return;
    if (isDeleted(stored)) all.delete(stored.name);
    else all.set(stored.name, stored);
    this.onChange();
  }

  #onState({ name, value }: Stored<StateDocument>): void {
    if (value === null) this.#states.delete(name);
    else this.#states.set(name, value);
    this.onChange();
  }

  #onNode({ name, value }: Stored<NodeDocument>): void {
    const before = this.#nodes.get(name);
    if (value === null) {
      // It said that it leaves.
      if (this.#nodes.delete(name)) this.onChange();
      return;
    }
    const wasGone = before === undefined || this.#silence(before.at) >= LEASE_MS;
    this.#nodes.set(name, { document: value, at: this.clock.now() });
    // Most of what nodes say is that they are there.
    if (wasGone || JSON.stringify(before.document) !== JSON.stringify(value)) this.onChange();
  }

  #onFront({ name, value }: Stored<FrontDocument>): void {
    const before = this.#fronts.get(name);
    if (value === null) this.#fronts.delete(name);
    else this.#fronts.set(name, { uses: value.uses, at: this.clock.now() });
    if (JSON.stringify(before?.uses) !== JSON.stringify(value?.uses)) this.onChange();
  }

  #silence(at: number): number {
    return this.clock.now() - Math.max(at, this.#listeningSince);
  }
}
