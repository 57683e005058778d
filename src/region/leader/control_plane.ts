import { type Clock, sleep } from "../../base/clock.ts";
import { errorMessage } from "../../base/errors.ts";
import type { RegionTeller } from "../events/region_log.ts";
import type { AssignedApp, AssignmentDocument, LoadDocument, RolloutDocument } from "../model/documents.ts";
import type { PlacementNode, Unplaced } from "../model/placement.ts";
import { RENEWAL_MS, SCALE_MS } from "../model/times.ts";
import type { Loads } from "../store/loads.ts";
import type { RegionBuckets } from "../store/region_store.ts";
import { StoreError } from "../store/store_error.ts";
import { scaleSettings } from "../model/app_settings.ts";
import { Autoscaler, type ScaledApp } from "./autoscaler.ts";
import { type ControlCounts, writeControlMetrics } from "./control_metrics.ts";
import { ErrorRates } from "./error_rates.ts";
import { Lease } from "./lease.ts";
import { NodeProvision, type Provision } from "./node_provision.ts";
import { Presence } from "./presence.ts";
import { RegionView } from "../view/region_view.ts";
import { tellPlacement } from "./tell_placement.ts";
import { placementApp, wantedAssignments } from "./wanted_assignments.ts";

/** Who does not lead tries to this often. */
const CANDIDACY_MS = 1_000;
/** Changes that come within this time are worked through together. */
const GATHER_MS = 20;
/** The longest time between two looks: a node may have been silent for too long. */
const LOOK_MS = 1_000;
/** Writes that are under way at once. */
const AT_ONCE = 64;

/** What a control plane is made from. */
export interface ControlPlaneOptions {
  readonly store: RegionBuckets & { readonly loads?: Pick<Loads, "subscribe"> };
  readonly clock: Clock;
  readonly log: RegionTeller;
  /** Of this program among all controls of the region. */
  readonly id: string;
  /** Who makes nodes where they are needed; nobody unless given. */
  readonly provision?: Provision | undefined;
}

/**
 * Control of a region: whoever leads derives what each node has to carry from what the store holds, and writes what is
 * different. It keeps nothing of its own, so that another one can go on at any time.
 */
export class ControlPlane {
  readonly #view: RegionView;
  readonly #lease: Lease;
  #isClosed = false;
  #wake: () => void = () => {};
  #isDirty = true;
  /** How nodes were at the last look: silence changes things, too, and nothing tells of it. */
  #standings = "";
  readonly #presence: Presence;
  readonly #errors = new ErrorRates();
  /** When time alone may change something. */
  #nextLook = Infinity;
  readonly #autoscaler: Autoscaler;
  #scaleAt = 0;
  /** What was said of apps that found no node, and how many replicas these lack. */
  #unplaced = "";
  readonly #counts: ControlCounts = {
    isLeading: false,
    looks: 0,
    lookMs: 0,
    writes: 0,
    conflicts: 0,
    unplaced: [],
  };
  #missing = 0;
  readonly #provision: NodeProvision | null;
  /** Of what it writes: no lower than that of its lease, and above all that nodes have obeyed before. */
  #epoch = 0;

  constructor(private readonly options: ControlPlaneOptions) {
    const { store, clock, id } = options;
    this.#lease = new Lease(store.leader, id, clock);
    this.#autoscaler = new Autoscaler(clock);
    this.#presence = new Presence(clock, options.log);
    this.#view = new RegionView(clock, () => {
      this.#isDirty = true;
      this.#wake();
    });
    const { log, provision } = options;
    this.#provision = provision === undefined ? null : new NodeProvision({
      ...provision,
      store,
      view: this.#view,
      clock,
      log,
      isLeader: () => this.#lease.isHeld,
    });
  }

  /** Leads whenever nobody else does, until it is closed. @throws {StoreError} when it cannot begin to follow the store. */
  async run(): Promise<void> {
    await this.#view.follow(this.options.store);
    const stopLoads = this.options.store.loads?.subscribe((node, load) => this.#heard(node, load));
    while (!this.#isClosed) {
      try {
        if (await this.#lease.acquire()) await this.#lead();
      } catch (error) {
        this.options.log.warn("region_store_failed", { error: errorMessage(error) });
      }
      // What changes is for whoever leads.
      if (!this.#isClosed) await this.#wait(CANDIDACY_MS, false);
    }
    stopLoads?.();
    await this.#provision?.close();
    await this.#lease.release();
    await this.#view.close();
  }

  /** Its metrics. @param isOpenMetrics else in the text format of Prometheus. */
  metrics(isOpenMetrics: boolean): ReturnType<typeof writeControlMetrics> {
    const nodes = this.#presence.of(this.#view.nodes());
    return writeControlMetrics(this.#counts, this.#view, nodes, isOpenMetrics);
  }

  close(): void {
    this.#isClosed = true;
    this.#wake();
  }

  #heard(node: string, load: LoadDocument): void {
    this.#autoscaler.heard(node, load);
    this.#errors.heard(node, load);
    // How a change does is seen by this alone.
    if (this.#bakes().size > 0) this.#isDirty = true;
  }

  /** Apps whose change has to do well now, with what tells this leg from others. */
  #bakes(): ReadonlyMap<string, string> {
    return new Map(
      [...this.#view.rollouts].flatMap(([app, { value }]) =>
        value?.leg === "baking" ? [[app, `${value.to}`]] : []
      ),
    );
  }

  async #lead(): Promise<void> {
    const { log, clock } = this.options;
    this.#epoch = Math.max(this.#lease.epoch, this.#view.highestEpoch + 1);
    log.info("region_leads", { epoch: this.#epoch });
    this.#counts.isLeading = true;
    let renewAt = clock.now() + RENEWAL_MS;
    this.#isDirty = true;
    this.#presence.begin();
    this.#view.listenAnew();
    try {
      await this.#takeOver();
      this.#provision?.begin();
      while (!this.#isClosed) {
        if (clock.now() >= renewAt) {
          renewAt = clock.now() + RENEWAL_MS;
          if (!await this.#lease.renew()) break;
        }
        if (!this.#lease.isHeld) break;
        if (clock.now() >= this.#scaleAt) await this.#scale();
        await this.#view.lookAtNodes(this.options.store);
        const isDue = this.#isDirty || clock.now() >= this.#nextLook;
        if (isDue || standingsOf(this.#presence.of(this.#view.nodes())) !== this.#standings) {
          await this.#reconcile();
        }
        this.#provision?.look(this.#missing);
        await this.#rest(
          Math.min(LOOK_MS, renewAt - clock.now(), this.#nextLook - clock.now(), this.#view.nextSilence()),
        );
      }
    } finally {
      this.#counts.isLeading = false;
      log.info("region_leads_no_more", { epoch: this.#epoch });
    }
  }

  /** Writes all assignments anew: what a former leader may still be about to write is refused from now on. */
  async #takeOver(): Promise<void> {
    const epoch = this.#epoch;
    await this.#writeAll(
      [...this.#view.assignments].flatMap(([node, { value, revision }]) =>
        value === null || value.epoch === epoch ? [] : [{ node, document: { ...value, epoch }, revision }]
      ),
    );
  }

  async #reconcile(): Promise<void> {
    this.#isDirty = false;
    const view = this.#view;
    // After it was written that fronts have to give a replica up: see `FrontUses`.
    if (view.waitsForFronts) await view.lookAtFronts(this.options.store);
    // A node that comes may have obeyed a leader of a store that is no more.
    this.#epoch = Math.max(this.#epoch, view.highestEpoch);
    this.#presence.note(view.nodes());
    const nodes = this.#presence.of(view.nodes());
    this.#standings = standingsOf(nodes);
    this.#errors.watch(this.#bakes());
    const startedAt = this.options.clock.now();
    const { assignments, placement, rollouts, nextMs } = wantedAssignments({
      apps: view.apps,
      nodes,
      assignments: new Map(
        [...view.assignments].flatMap(([node, { value }]) => value === null ? [] : [[node, value]]),
      ),
      scales: new Map(
        [...view.scales].flatMap(([app, { value }]) => value === null ? [] : [[app, value.replicas]]),
      ),
      turn: 1 + Math.max(0, ...[...view.assignments.values()].map(({ revision }) => revision)),
      rollouts: new Map(
        [...view.rollouts].flatMap(([app, { value }]) => value === null ? [] : [[app, value]]),
      ),
      legMs: (app) => view.legMs(app),
      stateOf: (node, app) => view.stateOf(node, app),
      triesOf: (app, node) => this.#errors.of(app, node),
      isUsed: (node, app) => view.isUsed(node, app),
    });
    const writes = [...assignments].flatMap(([node, apps]) => {
      const there = view.assignments.get(node);
      // What a newer program wrote is not for this one to change.
      if (there?.value === null) return [];
      if (isSame(there?.value.apps ?? {}, apps)) return [];
      return [{
        node,
        document: { format: 1, epoch: this.#epoch, apps } as const,
        revision: there?.revision ?? null,
      }];
    });
    this.#nextLook = this.options.clock.now() + nextMs;
    this.#counts.looks++;
    this.#counts.lookMs += this.options.clock.now() - startedAt;
    this.#counts.unplaced = placement.unplaced;
    tellPlacement(this.options.log, placement.changes);
    this.#tellUnplaced(placement.unplaced);
    // Who goes on after this leader has to find the leg that the assignments are of.
    if (await this.#writeRollouts(rollouts)) await this.#writeAll(writes);
    // What is written now may be all that the next step waits for, and nobody else would tell of it.
    if (writes.length > 0) this.#isDirty = true;
  }

  /** Gives apps as many replicas as they need. */
  async #scale(): Promise<void> {
    const { clock, log, store } = this.options;
    this.#scaleAt = clock.now() + SCALE_MS;
    for (const { app, from, replicas, reason } of this.#autoscaler.look(scaledApps(this.#view))) {
      if (!this.#lease.isHeld) return;
      const record = { format: 1, replicas, reason, held: null } as const;
      try {
        const written = await store.scales.write(app, record, this.#view.scales.get(app)?.revision ?? null);
        this.#view.wroteScale(app, record, written);
        log.info("region_scaled", { app, from, to: replicas, reason });
      } catch (error) {
        if (!(error instanceof StoreError) || error.code !== "store_conflict") throw error;
      }
    }
  }

  /** @returns whether all were written; where not, somebody else changed one, and all is worked out anew. */
  async #writeRollouts(rollouts: ReadonlyMap<string, RolloutDocument>): Promise<boolean> {
    const { store, log } = this.options;
    const left = rollouts.entries();
    let isDone = true;
    const work = async (): Promise<void> => {
      for (const [app, record] of left) {
        if (!this.#lease.isHeld) isDone = false;
        if (!isDone) return;
        try {
          const written = await store.rollouts.write(
            app,
            record,
            this.#view.rollouts.get(app)?.revision ?? null,
          );
          this.#counts.writes++;
          this.#view.wroteRollout(app, record, written);
          const fields = { app, leg: record.leg, from: record.from, to: record.to };
          if (record.leg === "failed" || record.leg === "rolled_back") {
            log.warn("region_rollout_failed", { ...fields, reason: record.reason });
          } else log.info("region_rollout", fields);
        } catch (error) {
          if (!(error instanceof StoreError) || error.code !== "store_conflict") throw error;
          this.#counts.conflicts++;
          isDone = false;
          this.#isDirty = true;
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    return isDone;
  }

  async #writeAll(
    writes: readonly {
      readonly node: string;
      readonly document: AssignmentDocument;
      readonly revision: number | null;
    }[],
  ): Promise<void> {
    const left = writes.values();
    const work = async (): Promise<void> => {
      for (const { node, document, revision } of left) {
        // A program that was stopped for a while does not know it until it looks.
        if (!this.#lease.isHeld) return;
        try {
          const written = await this.options.store.assignments.write(node, document, revision);
          this.#counts.writes++;
          this.#view.wrote(node, document, written);
        } catch (error) {
          if (!(error instanceof StoreError) || error.code !== "store_conflict") throw error;
          this.#counts.conflicts++;
          // Somebody else wrote it, and the view will tell what.
          this.#isDirty = true;
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  }

  #tellUnplaced(unplaced: readonly Unplaced[]): void {
    this.#missing = unplaced.reduce((sum, { missing }) => sum + missing, 0);
    const text = JSON.stringify(unplaced);
    if (text === this.#unplaced) return;
    this.#unplaced = text;
    for (const { app, missing, refusals } of unplaced) {
      this.options.log.warn("region_unplaced", { app, missing, refusals });
    }
  }

  /** Waits until something changes, and what comes with it. */
  async #rest(mostMs: number): Promise<void> {
    if (!this.#isDirty) await this.#wait(mostMs, true);
    if (!this.#isClosed) await sleep(this.options.clock, GATHER_MS);
  }

  /** Waits for a time, or until it is closed. @param endsByChange whether a change ends it as well. */
  async #wait(ms: number, endsByChange: boolean): Promise<void> {
    const over = Promise.withResolvers<void>();
    const cancel = this.options.clock.timer(Math.max(0, ms), over.resolve);
    this.#wake = () => {
      if (endsByChange || this.#isClosed) over.resolve();
    };
    await over.promise;
    this.#wake = () => {};
    cancel();
  }
}

/** Apps with `scale` whose number nobody set by hand. */
function scaledApps(view: RegionView): ScaledApp[] {
  return [...view.apps.values()].flatMap(({ name, value }) => {
    if (value?.scale === undefined || view.isHeld(name)) return [];
    const settings = scaleSettings.safeParse(value.scale).data;
    const replicas = placementApp(name, value, view.scales.get(name)?.value?.replicas)?.replicas;
    const nodes = [...view.assignments].flatMap(([node, { value: assigned }]) => {
      const own = assigned?.apps[name];
      return own === undefined || own.phase === "closing" || own.phase === "waits" ? [] : [node];
    });
    return settings === undefined || replicas === undefined || nodes.length === 0
      ? []
      : [{ name, settings, replicas, nodes }];
  });
}

function standingsOf(nodes: readonly PlacementNode[]): string {
  return nodes.map(({ name, standing }) => `${name} ${standing}`).join();
}

function isSame(a: Readonly<Record<string, AssignedApp>>, b: Readonly<Record<string, AssignedApp>>): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => {
    const [one, other] = [a[name]!, b[name]];
    return other !== undefined && one.turn === other.turn && one.phase === other.phase &&
      String(one.ports) === String(other.ports);
  });
}
