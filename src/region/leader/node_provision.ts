import { BackOff } from "../../base/back_off.ts";
import type { Clock } from "../../base/clock.ts";
import { errorMessage } from "../../base/errors.ts";
import type { RegionTeller } from "../events/region_log.ts";
import { LEASE_MS, PROVISION_MS } from "../model/times.ts";
import type { NodeProvider } from "../providers/provider.ts";
import { provisionFacts } from "../providers/provision_facts.ts";
import { type ProvisionFacts, type ProvisionSettings, provisionStep } from "../providers/provision_step.ts";
import type { RegionBuckets } from "../store/region_store.ts";
import { StoreError } from "../store/store_error.ts";
import type { RegionView } from "../view/region_view.ts";
import { placementApp, presentReplicas } from "./wanted_assignments.ts";

/** Who drains nodes that are to be given back. */
const PROVIDER = "provider";
const LEAST_RETRY_MS = 5_000;
const MOST_RETRY_MS = 300_000;
/** A node that was given back may still say that it is there; after that it is given back once more. */
const LEAVING_MS = 30_000;

/** Who makes nodes, and when. */
export interface Provision {
  /** Kind of the provider. */
  readonly type: string;
  readonly provider: NodeProvider;
  readonly settings: ProvisionSettings;
}

/** What it works with. */
export interface NodeProvisionParts extends Provision {
  readonly store: Pick<RegionBuckets, "provided" | "overrides" | "nodes">;
  readonly view: RegionView;
  readonly clock: Clock;
  readonly log: RegionTeller;
  /** Whether this program leads. */
  isLeader(): boolean;
}

/**
 * Has nodes made and taken away, one at a time and beside all else that a leader does. What it has begun stands in the
 * store: which nodes were asked for (`provided`), and which are drained to be given back (an override by `provider`). So
 * whoever leads next goes on in the middle; what the provider may have done already it is asked for once more.
 */
export class NodeProvision {
  #working: Promise<void> | null = null;
  #nextLook = 0;
  /** Since when one node could be given back; null where it could not. */
  #calmSince: number | null = null;
  /** What this program has asked the provider for, and when. */
  readonly #added = new Set<string>();
  readonly #removed = new Map<string, number>();
  readonly #pauses = new BackOff(LEAST_RETRY_MS, MOST_RETRY_MS);
  readonly #closing = new AbortController();

  constructor(private readonly parts: NodeProvisionParts) {}

  /** This program leads from now on. Nodes that start at the same time have a while to come. */
  begin(): void {
    this.#nextLook = this.parts.clock.now() + LEASE_MS;
    this.#calmSince = null;
    this.#added.clear();
    this.#removed.clear();
  }

  /** Looks whether there is something to do, unless it does something already. @param unplaced replicas that find no node. */
  look(unplaced: number): void {
    const { clock, log } = this.parts;
    if (this.#working !== null || clock.now() < this.#nextLook) return;
    this.#nextLook = clock.now() + PROVISION_MS;
    this.#working = this.#work(unplaced).catch((error: unknown) => {
      // Somebody else wrote it, and the view will tell what.
      if (this.#closing.signal.aborted || error instanceof StoreError && error.code === "store_conflict") {
        return;
      }
      log.warn("region_provider_failed", { error: errorMessage(error) });
      this.#nextLook = clock.now() + this.#pauses.next();
    }).finally(() => this.#working = null);
  }

  /** Ends what the provider is doing. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#working;
  }

  async #work(unplaced: number): Promise<void> {
    const { provided } = this.parts.view;
    for (const name of provided.names) if (this.#isOver(name)) return await this.#giveBack(name);
    const awaited = provided.names.filter((name) => !this.#isThere(name));
    for (const name of awaited) if (!this.#added.has(name)) return await this.#add(name);
    const facts = this.#facts(awaited, unplaced);
    const step = provisionStep(facts);
    const isCalm = step.kind === "give_back" || step.kind === "nothing" && step.isCalm;
    this.#calmSince = isCalm ? this.#calmSince ?? this.parts.clock.now() : null;
    if (step.kind === "ask") await this.#ask(step.reason);
    if (step.kind === "give_back") await this.#drain(step.node, step.reason);
  }

  /** Whether a node is to be given back now: it was drained for that and is empty, or it is not there for too long. */
  #isOver(name: string): boolean {
    const { view, settings } = this.parts;
    const isLeaving = view.overrideOf(name)?.by === PROVIDER;
    if (this.#isThere(name)) {
      const carried = view.assignments.get(name)?.value?.apps ?? {};
      return isLeaving && Object.keys(carried).length === 0;
    }
    return isLeaving || Math.min(view.provided.knownMs(name), view.silenceOf(name)) >= settings.join_timeout;
  }

  async #ask(reason: string): Promise<void> {
    const { store, view, type, log } = this.parts;
    if (!this.parts.isLeader()) return;
    const name = this.#freeName();
    const value = { format: 1, provider: type } as const;
    const revision = await store.provided.write(name, value, view.provided.revisionOf(name));
    view.provided.heard({ name, value, problem: null, revision });
    log.info("region_node_asked", { node: name, reason });
    await this.#add(name);
  }

  async #add(name: string): Promise<void> {
    if (!this.parts.isLeader()) return;
    await this.parts.provider.add(name, this.#closing.signal);
    this.#added.add(name);
    this.#pauses.reset();
  }

  async #drain(node: string, reason: string): Promise<void> {
    if (!this.parts.isLeader()) return;
    this.parts.log.info("region_node_leaving", { node, reason });
    await this.parts.store.overrides.put(node, { format: 1, standing: "draining", by: PROVIDER });
  }

  async #giveBack(name: string): Promise<void> {
    const { store, view, provider, clock, log, isLeader } = this.parts;
    if (!isLeader()) return;
    if (clock.now() - (this.#removed.get(name) ?? -Infinity) >= LEAVING_MS) {
      await provider.remove(name, this.#closing.signal);
      this.#removed.set(name, clock.now());
      this.#pauses.reset();
      log.info("region_node_returned", { node: name });
    }
    // It stays drained until nobody hears of it any more.
    if (this.#isThere(name) || !isLeader()) return;
    await store.nodes.drop(name);
    if (view.overrideOf(name)?.by === PROVIDER) await store.overrides.drop(name);
    await store.provided.remove(name, view.provided.revisionOf(name) ?? 0);
    view.provided.returned(name);
    this.#added.delete(name);
    this.#removed.delete(name);
  }

  #isThere(name: string): boolean {
    return this.parts.view.silenceOf(name) < LEASE_MS;
  }

  #freeName(): string {
    const { view, settings } = this.parts;
    const taken = new Set([...view.provided.names, ...view.nodes().map(({ name }) => name)]);
    for (let number = 1;; number++) {
      const name = `${settings.name_prefix}${number}`;
      if (!taken.has(name)) return name;
    }
  }

  #facts(awaited: readonly string[], unplaced: number): ProvisionFacts {
    const { view, clock, settings } = this.parts;
    const assignments = [...view.assignments].flatMap(([node, { value }]) =>
      value === null ? [] : [[node, value] as const]
    );
    return provisionFacts({
      settings,
      awaited,
      unplaced,
      nodes: view.nodes(),
      made: new Set(view.provided.names),
      apps: [...view.apps.values()].flatMap(({ name, value }) => {
        const replicas = view.scales.get(name)?.value?.replicas;
        const app = value === null ? null : placementApp(name, value, replicas);
        return app === null ? [] : [app];
      }),
      present: presentReplicas(new Map(assignments)),
      calmMs: this.#calmSince === null ? 0 : clock.now() - this.#calmSince,
    });
  }
}
