import { BackOff } from "../../base/back_off.ts";
import { type Clock, sleep } from "../../base/clock.ts";
import { errorMessage } from "../../base/errors.ts";
import type { Logger } from "../../base/log.ts";
import type { RunningApps } from "../../control/config/watching/subscriber.ts";
import type { RegionAccess, RegionConfig } from "../../model/config_region.ts";
import type { AppDocument } from "../model/app_document.ts";
import type {
  AssignedApp,
  AssignmentDocument,
  LoadDocument,
  NodeDocument,
  ReplicaState,
  TargetDocument,
} from "../model/documents.ts";
import { LOAD_MS, MOST_LOAD_BYTES, RENEWAL_MS } from "../model/times.ts";
import type { RegionStanding } from "../../model/region_standing.ts";
import type { Stored } from "../store/bucket.ts";
import type { RegionStore, StoreUse } from "../store/region_store.ts";
import { StoreError } from "../store/store_error.ts";
import { Watches } from "../store/watches.ts";
import type { CarriedApp } from "./carried_app.ts";
import { RegionLog, type RegionTeller } from "../events/region_log.ts";
import { FrontUses, type Uses } from "./front_uses.ts";
import { ProcessorShare } from "./processor_share.ts";
import { ReadyReplicas } from "./ready_replicas.ts";

const LEAST_RETRY_MS = 500;
const MOST_RETRY_MS = 15_000;
/** Documents that are asked for at once. */
const AT_ONCE = 16;
/** Clocks that are farther apart than this are told of. Nothing goes by it: but logs of two machines cannot be read together. */
const MOST_SKEW_MS = 60_000;

/** What an agent is made from. */
export interface NodeAgentOptions {
  readonly settings: RegionConfig;
  readonly clock: Clock;
  readonly log: Logger;
  openStore(access: RegionAccess, use: StoreUse): Promise<RegionStore>;
  /** Whether it has to know where apps of the region are. */
  readonly isFront: boolean;
  /** As `RunningApps.load` has it. */
  loadOf(app: string): ReturnType<RunningApps["load"]>;
  /** What the node has to carry from now on. */
  onApps(epoch: number, apps: ReadonlyMap<string, CarriedApp>): void;
  /** Operators of the region said something of a target. @param skewMs by how much our clock is ahead of the servers'. */
  onTarget(stored: Stored<TargetDocument>, skewMs: number): void;
  /** Replicas of apps may be others; told once all are known, and whenever that changes. */
  onReplicas(replicas: ReadyReplicas): void;
}

/**
 * Speaks for a node: says that it is there, follows what it has to carry, and reports how that is. Nothing waits for the
 * store: while it cannot be reached nothing changes.
 */
export class NodeAgent {
  /** Whose events the region remembers. */
  readonly log: RegionTeller;
  readonly #run = crypto.randomUUID();
  #store: RegionStore | null = null;
  #watches: Watches | null = null;
  #replicas: ReadyReplicas | null = null;
  #front: FrontUses | null = null;
  #uses: Uses = {};
  #isClosed = false;
  #isLinked = false;
  /** By how much our clock is ahead of the servers'; milliseconds. */
  #skewMs = 0;
  #lostLinks = 0;
  readonly #closed = Promise.withResolvers<void>();
  readonly #done: Promise<void>;
  /** What is carried, and since which leader. */
  #epoch: number;
  #carried: ReadonlyMap<string, CarriedApp>;
  /** The newest assignment that was told; each is worked through after the one before. */
  #newest = 0;
  #taking: Promise<void> = Promise.resolve();
  readonly #wanted = new Map<string, ReplicaState>();
  readonly #written = new Map<string, string>();
  #reporting: Promise<void> = Promise.resolve();
  /** Whether a report waits for its turn: it will say what is newest by then. */
  #isReportDue = false;
  #cancelLoad: () => void = () => {};

  /** @param kept what the node carried before, and since which leader. */
  constructor(
    private readonly options: NodeAgentOptions,
    kept: { readonly epoch: number; readonly apps: ReadonlyMap<string, CarriedApp> } | null,
  ) {
    const { log, settings } = options;
    this.log = new RegionLog(log, ["node", settings.name], () => this.#store?.events ?? null);
    this.#epoch = kept?.epoch ?? 0;
    this.#carried = kept?.apps ?? new Map();
    this.#done = this.#live();
    this.#tellLoad(new ProcessorShare(options.clock));
  }

  /** How it stands with the region. */
  get link(): Pick<RegionStanding, "isLinked" | "lostLinks" | "epoch"> {
    return { isLinked: this.#isLinked, lostLinks: this.#lostLinks, epoch: this.#epoch };
  }

  /** Says how each app is; those that are left out are not there any more. */
  report(states: ReadonlyMap<string, ReplicaState>): void {
    this.#wanted.clear();
    for (const [app, state] of states) this.#wanted.set(app, state);
    this.#reportSoon();
  }

  /**
   * Says that these replicas are about to be used. @returns those of them that may be; what is used already where the store
   * does not answer.
   */
  async claim(uses: Uses): Promise<Uses> {
    try {
      return await this.#front?.claim(uses) ?? uses;
    } catch (error) {
      this.options.log.debug("region_unreachable", { error: errorMessage(error) });
      return this.#uses;
    }
  }

  /** These replicas and no others are used now. */
  use(uses: Uses): void {
    this.#uses = uses;
    this.#reportSoon();
  }

  /** Says that the node leaves, and stops. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelLoad();
    this.#closed.resolve();
    await this.#done;
  }

  #reportSoon(): void {
    if (this.#isReportDue) return;
    this.#isReportDue = true;
    this.#reporting = this.#reporting.then(async () => {
      this.#isReportDue = false;
      await this.#writeStates();
      await this.#writeUses();
    });
  }

  async #live(): Promise<void> {
    const { log } = this;
    const { settings } = this.options;
    const pauses = new BackOff(LEAST_RETRY_MS, MOST_RETRY_MS);
    let told = "";
    while (!this.#isClosed) {
      try {
        this.#store ??= await this.options.openStore(settings, {
          isLasting: true,
          onLink: (isUp, reason) => {
            if (this.#isClosed) return;
            this.#isLinked = isUp;
            if (!isUp) this.#lostLinks++;
            if (isUp) log.info("region_link_restored", { reason });
            else log.warn("region_link_lost", { reason });
          },
        });
        await this.#renew(this.#store);
        this.#isLinked = true;
        if (this.#watches === null) {
          await this.#compareClocks(this.#store);
          this.#watches = await this.#follow(this.#store);
          log.info("region_joined", { region: settings.region, node: settings.name });
        }
        if (this.options.isFront) await this.#followReplicas(this.#store);
        await this.#writeStates();
        await this.#front?.renew();
        pauses.reset();
        told = "";
        await this.#pause(RENEWAL_MS);
      } catch (error) {
        const message = errorMessage(error);
        if (message !== told && !this.#isClosed) log.warn("region_unreachable", { error: message });
        told = message;
        this.#isLinked = false;
        this.#replicas?.heard(false);
        await this.#pause(pauses.next());
      }
    }
    await this.#leave();
  }

  async #follow({ assignments, targets }: RegionStore): Promise<Watches> {
    const watches = new Watches();
    try {
      await watches.add(assignments, (stored) => this.#onAssignment(stored), this.options.settings.name);
      await watches.add(targets, (stored) => this.options.onTarget(stored, this.#skewMs));
    } catch (error) {
      await watches.close();
      throw error;
    }
    return watches;
  }

  async #compareClocks(store: RegionStore): Promise<void> {
    const stored = await store.nodes.get(this.options.settings.name);
    const skewMs = this.options.clock.wallTime() - (stored?.at.getTime() ?? 0);
    if (stored === null) return;
    this.#skewMs = skewMs;
    if (Math.abs(skewMs) < MOST_SKEW_MS) return;
    this.log.warn("region_clock_differs", { seconds: Math.round(skewMs / 1_000) });
  }

  /** Tells what the apps have to do, again and again. */
  #tellLoad(share: ProcessorShare): void {
    const cpu = share.take();
    const apps = Object.fromEntries([...this.#carried.keys()].flatMap((app) => {
      const load = this.options.loadOf(app);
      return load === null ? [] : [[app, [...load] as LoadDocument["apps"][string]]];
    }));
    const bytes = this.#store?.loads.publish(this.options.settings.name, { format: 1, cpu, apps }) ?? 0;
    const restMs = Math.max(LOAD_MS, 1_000 * bytes / MOST_LOAD_BYTES);
    this.#cancelLoad = this.options.clock.timer(restMs, () => this.#tellLoad(share));
  }

  async #followReplicas(store: RegionStore): Promise<void> {
    if (this.#front === null) {
      this.#front = new FrontUses(this.options.settings.name, store);
      await this.#front.areInForce(this.#uses);
    }
    if (this.#replicas === null) {
      const replicas: ReadyReplicas = new ReadyReplicas(
        this.options.clock,
        () => this.options.onReplicas(replicas),
      );
      try {
        await replicas.follow(store);
      } catch (error) {
        await replicas.close();
        throw error;
      }
      this.#replicas = replicas;
    }
    this.#replicas.heard(true);
    // Who has fallen silent is told by nobody.
    this.options.onReplicas(this.#replicas);
  }

  async #leave(): Promise<void> {
    await this.#watches?.close();
    await this.#replicas?.close();
    await this.#front?.leave();
    // What it carries is drained by the program; the region need not wait until it is missed.
    await this.#store?.nodes.drop(this.options.settings.name).catch(() => {});
    await this.#store?.close();
  }

  async #pause(ms: number): Promise<void> {
    await Promise.race([sleep(this.options.clock, ms), this.#closed.promise]);
  }

  async #renew(store: RegionStore): Promise<void> {
    const { name, address, zone, labels, capacity, port_range } = this.options.settings;
    const document: NodeDocument = {
      format: 1,
      run: this.#run,
      epoch: this.#epoch,
      address,
      zone,
      labels,
      capacity,
      port_range,
    };
    await store.nodes.put(name, document);
  }

  #onAssignment({ value, revision }: Stored<AssignmentDocument>): void {
    // What is deleted or cannot be read changes nothing; nor does what a leader says that leads no more.
    if (value === null || value.epoch < this.#epoch || revision <= this.#newest) return;
    this.#newest = revision;
    this.#taking = this.#taking.then(async () => {
      if (revision === this.#newest) await this.#take(value, revision);
    });
  }

  /** Gets the documents of an assignment; tries until it has them, or a newer one comes. */
  async #take({ epoch, apps }: AssignmentDocument, revision: number): Promise<void> {
    const pauses = new BackOff(LEAST_RETRY_MS, MOST_RETRY_MS);
    while (!this.#isClosed && revision === this.#newest) {
      try {
        const carried = await this.#documentsOf(apps);
        this.#epoch = epoch;
        this.#carried = carried;
        return this.options.onApps(epoch, carried);
      } catch (error) {
        this.options.log.warn("region_unreachable", { error: errorMessage(error) });
        await this.#pause(pauses.next());
      }
    }
  }

  async #documentsOf(apps: Readonly<Record<string, AssignedApp>>): Promise<Map<string, CarriedApp>> {
    const carried = new Map<string, CarriedApp>();
    const left = Object.entries(apps).values();
    const work = async (): Promise<void> => {
      for (const [name, assigned] of left) {
        const document = await this.#documentOf(name, assigned.revision);
        const former = this.#carried.get(name);
        if (document !== null) carried.set(name, { ...assigned, document });
        else if (former !== undefined) carried.set(name, former);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    return carried;
  }

  /** Null where the store has it no more, or as nothing that this program knows. */
  async #documentOf(name: string, revision: number): Promise<AppDocument | null> {
    const former = this.#carried.get(name);
    if (former?.revision === revision) return former.document;
    try {
      return (await this.#store!.apps.at(name, revision)).value;
    } catch (error) {
      if (error instanceof StoreError && error.code === "store_missing") return null;
      throw error;
    }
  }

  async #writeStates(): Promise<void> {
    const { log, settings } = this.options;
    if (this.#store === null || this.#isClosed) return;
    try {
      for (const [app, state] of [...this.#wanted]) {
        const text = JSON.stringify(state);
        if (this.#written.get(app) === text) continue;
        await this.#store.states.put(`${settings.name}/${app}`, { format: 1, run: this.#run, ...state });
        this.#written.set(app, text);
      }
      for (const app of [...this.#written.keys()]) {
        if (this.#wanted.has(app)) continue;
        await this.#store.states.drop(`${settings.name}/${app}`);
        this.#written.delete(app);
      }
    } catch (error) {
      // It is tried again when the lease is renewed.
      log.debug("region_unreachable", { error: errorMessage(error) });
    }
  }

  async #writeUses(): Promise<void> {
    try {
      if (!this.#isClosed) await this.#front?.areInForce(this.#uses);
    } catch (error) {
      // It is told again with the lease.
      this.options.log.debug("region_unreachable", { error: errorMessage(error) });
    }
  }
}
