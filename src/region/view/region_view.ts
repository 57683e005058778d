import type { Clock } from "../../base/clock.ts";
import type { AppDocument } from "../model/app_document.ts";
import type {
  AssignmentDocument,
  FrontDocument,
  NodeDocument,
  OverrideDocument,
  RolloutDocument,
  ScaleDocument,
  StateDocument,
} from "../model/documents.ts";
import type { PlacementNode } from "../model/placement.ts";
import { GAP_MS, LEASE_MS } from "../model/times.ts";
import { isDeleted, type Stored } from "../store/bucket.ts";
import type { RegionBuckets } from "../store/region_store.ts";
import { Watches } from "../store/watches.ts";
import { ProvidedNodes } from "./provided_nodes.ts";

/** A node as it was heard of last. */
interface SeenNode {
  readonly document: NodeDocument;
  readonly revision: number;
  /** By the clock of this program: clocks of two machines are never compared. */
  readonly at: number;
}

interface SeenFront {
  readonly uses: FrontDocument["uses"];
  readonly revision: number;
  readonly at: number;
}

/** A node, and what is thought of it. */
export interface ViewedNode {
  readonly document: NodeDocument;
  readonly standing: PlacementNode["standing"];
  /** Milliseconds since it was heard of last. */
  readonly silentMs: number;
}

/** A front, and whether it has been silent for too long. */
export interface ViewedFront {
  readonly uses: FrontDocument["uses"];
  readonly isGone: boolean;
}

/** What the store has, as this program has been told: control derives from it, and pictures of the region are made of it. */
export class RegionView {
  readonly apps = new Map<string, Stored<AppDocument>>();
  readonly assignments = new Map<string, Stored<AssignmentDocument>>();
  readonly rollouts = new Map<string, Stored<RolloutDocument>>();
  readonly scales = new Map<string, Stored<ScaleDocument>>();
  /** Since when each of these is as it is, by the clock of this program. */
  readonly #scaledAt = new Map<string, number>();
  readonly overrides = new Map<string, OverrideDocument>();
  /** Nodes that a provider was asked for. */
  readonly provided: ProvidedNodes;
  readonly #states = new Map<string, StateDocument>();
  /** Since when each rollout is as it is, by the clock of this program. */
  readonly #legs = new Map<string, number>();
  readonly #nodes = new Map<string, SeenNode>();
  /** When the store told of a node last. */
  #nodeHeardAt = -Infinity;
  readonly #fronts = new Map<string, SeenFront>();
  /** Since when silence counts: before, it may have been this program that did not hear. */
  #listeningSince = -Infinity;
  readonly #watches = new Watches();

  /** @param onChange called after anything changed that something is derived from. */
  constructor(private readonly clock: Pick<Clock, "now">, private readonly onChange: () => void) {
    this.provided = new ProvidedNodes(clock);
  }

  /** Begins to follow the store; resolves when it has all that was there. */
  async follow(store: RegionBuckets): Promise<void> {
    await this.#watches.add(store.apps, (stored) => this.#put(this.apps, stored));
    await this.#watches.add(store.assignments, (stored) => this.#put(this.assignments, stored));
    await this.#watches.add(store.states, (stored) => this.#onState(stored));
    await this.#watches.add(store.rollouts, (stored) => this.#onRollout(stored));
    await this.#watches.add(store.scales, (stored) => this.#onScale(stored));
    await this.#watches.add(store.overrides, ({ name, value }) => {
      if (value === null) this.overrides.delete(name);
      else this.overrides.set(name, value);
      this.onChange();
    });
    await this.#watches.add(store.provided, (stored) => this.provided.heard(stored));
    await this.#watches.add(store.nodes, (stored) => {
      this.#nodeHeardAt = this.clock.now();
      this.#onNode(stored);
    });
    await this.#watches.add(store.fronts, (stored) => this.#onFront(stored));
    await this.#watches.current();
  }

  /** What this program wrote itself; the store will tell of it later. */
  wrote(node: string, value: AssignmentDocument, revision: number): void {
    this.assignments.set(node, { name: node, value, problem: null, revision, at: new Date(0) });
  }

  /** As {@link wrote}, of a rollout. */
  wroteRollout(app: string, value: RolloutDocument, revision: number): void {
    this.#onRollout({ name: app, value, problem: null, revision, at: new Date(0) });
  }

  /**
   * Highest epoch of a leader that the store, or a node, knows of. Nodes remember more than a store that had to be made
   * anew.
   */
  get highestEpoch(): number {
    const written = [...this.assignments.values()].map(({ value }) => value?.epoch ?? 0);
    return Math.max(0, ...written, ...[...this.#nodes.values()].map(({ document }) => document.epoch));
  }

  /** Whether a replica waits for fronts to give it up. */
  get waitsForFronts(): boolean {
    return [...this.assignments.values()].some(({ value }) =>
      Object.values(value?.apps ?? {}).some(({ phase }) => phase === "closing" || phase === "updating")
    );
  }

  /**
   * Looks at the nodes where nothing has been heard of any for a while: the server that tells of them may be gone, while
   * they are there.
   */
  async lookAtNodes(store: Pick<RegionBuckets, "nodes">): Promise<void> {
    if (this.clock.now() - this.#nodeHeardAt <= GAP_MS) return;
    for (const stored of (await store.nodes.all()).values()) this.#onNode(stored);
  }

  /** Looks at the fronts now: what one of them wrote before is seen, whatever time its way takes. */
  async lookAtFronts(store: Pick<RegionBuckets, "fronts">): Promise<void> {
    for (const stored of (await store.fronts.all()).values()) this.#onFront(stored);
  }

  /** As {@link wrote}, of a number of replicas. */
  wroteScale(app: string, value: ScaleDocument, revision: number): void {
    this.#onScale({ name: app, value, problem: null, revision, at: new Date(0) });
  }

  /** Whether an app's number of replicas was set by hand, and still holds. */
  isHeld(app: string): boolean {
    const held = this.scales.get(app)?.value?.held ?? null;
    return held !== null && this.clock.now() - (this.#scaledAt.get(app) ?? -Infinity) < held.for_ms;
  }

  /** Milliseconds since an app's rollout is as it is. */
  legMs(app: string): number {
    return this.clock.now() - (this.#legs.get(app) ?? this.clock.now());
  }

  /** From now on who is silent is gone after a while, not before. */
  listenAnew(): void {
    this.#listeningSince = this.clock.now();
  }

  /** All nodes that were heard of; those that were silent for too long are gone. */
  nodes(): PlacementNode[] {
    return [...this.viewedNodes()].map(([name, { document, standing }]) => ({
      name,
      zone: document.zone,
      labels: document.labels,
      standing,
      capacity: document.capacity,
      portRange: document.port_range,
    }));
  }

  /** The same with all that they said, by name. */
  viewedNodes(): ReadonlyMap<string, ViewedNode> {
    return new Map(
      [...this.#nodes].map(([name, { document, at }]): [string, ViewedNode] => {
        const silentMs = this.#silence(at);
        const standing = silentMs < LEASE_MS ? this.overrides.get(name)?.standing ?? "ready" : "gone";
        return [name, { document, standing, silentMs }];
      }),
    );
  }

  /** All fronts that were heard of, by name. */
  viewedFronts(): ReadonlyMap<string, ViewedFront> {
    return new Map(
      [...this.#fronts].map(([name, { uses, at }]): [string, ViewedFront] => [
        name,
        { uses, isGone: this.#silence(at) >= LEASE_MS },
      ]),
    );
  }

  /** What somebody said of a node. */
  overrideOf(node: string): OverrideDocument | null {
    return this.overrides.get(node) ?? null;
  }

  /** How long a node has not been heard; infinite where it never was, milliseconds. */
  silenceOf(node: string): number {
    const seen = this.#nodes.get(node);
    return seen === undefined ? Infinity : this.#silence(seen.at);
  }

  /** Milliseconds until the next node would be gone; infinite where all are. */
  nextSilence(): number {
    const seen = [...this.#nodes.values(), ...this.#fronts.values()];
    const left = seen.map(({ at }) => LEASE_MS - this.#silence(at)).filter((ms) => ms > 0);
    return Math.min(Infinity, ...left);
  }

  stateOf(node: string, app: string): StateDocument | null {
    const state = this.#states.get(`${node}/${app}`);
    return state !== undefined && state.run === this.#nodes.get(node)?.document.run ? state : null;
  }

  isUsed(node: string, app: string): boolean {
    return [...this.#fronts.values()].some(({ uses, at }) =>
      this.#silence(at) < LEASE_MS && uses[app]?.includes(node) === true
    );
  }

  async close(): Promise<void> {
    await this.#watches.close();
  }

  #put<T>(all: Map<string, Stored<T>>, stored: Stored<T>): void {
    // What this program wrote last may be told late.
    if ((all.get(stored.name)?.revision ?? 0) >= stored.revision) return;
    if (isDeleted(stored)) all.delete(stored.name);
    else all.set(stored.name, stored);
    this.onChange();
  }

  #onScale(stored: Stored<ScaleDocument>): void {
    if ((this.scales.get(stored.name)?.revision ?? 0) >= stored.revision) return;
    this.#scaledAt.set(stored.name, this.clock.now());
    this.#put(this.scales, stored);
  }

  #onRollout(stored: Stored<RolloutDocument>): void {
    if ((this.rollouts.get(stored.name)?.revision ?? 0) >= stored.revision) return;
    this.#legs.set(stored.name, this.clock.now());
    this.#put(this.rollouts, stored);
  }

  #onState({ name, value }: Stored<StateDocument>): void {
    if (value === null) this.#states.delete(name);
    else this.#states.set(name, value);
    this.onChange();
  }

  #onNode({ name, value, revision }: Stored<NodeDocument>): void {
    const before = this.#nodes.get(name);
    if (before !== undefined && before.revision >= revision) return;
    if (value === null) {
      // It said that it leaves.
      if (this.#nodes.delete(name)) this.onChange();
      return;
    }
    const wasGone = before === undefined || this.#silence(before.at) >= LEASE_MS;
    this.#nodes.set(name, { document: value, revision, at: this.clock.now() });
    // Most of what nodes say is that they are there.
    const isSame = before !== undefined &&
      JSON.stringify({ ...before.document, epoch: 0 }) === JSON.stringify({ ...value, epoch: 0 });
    if (wasGone || !isSame) this.onChange();
  }

  #onFront({ name, value, revision }: Stored<FrontDocument>): void {
    const before = this.#fronts.get(name);
    if (before !== undefined && before.revision >= revision) return;
    if (value === null) this.#fronts.delete(name);
    else this.#fronts.set(name, { uses: value.uses, revision, at: this.clock.now() });
    if (JSON.stringify(before?.uses) !== JSON.stringify(value?.uses)) this.onChange();
  }

  #silence(at: number): number {
    return this.clock.now() - Math.max(at, this.#listeningSince);
  }
}
