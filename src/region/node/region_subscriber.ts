import type { Clock } from "../../base/clock.ts";
import { errorMessage } from "../../base/errors.ts";
import type { Logger } from "../../base/log.ts";
import type { ConfigEvent, ConfigSubscriber } from "../../control/config/mod.ts";
import type { ConfigDocument } from "../../control/config/mod.ts";
import type { LookCause, RunningApps } from "../../control/config/watching/subscriber.ts";
import type { RegionConfig } from "../../model/config_region.ts";
import type { RegionStanding } from "../../model/region_standing.ts";
import { REPLICA_STATES, type ReplicaState } from "../model/documents.ts";
import type { CarriedApp } from "./carried_app.ts";
import { type Kept, KeptApps } from "./kept_apps.ts";
import { RegionWatch } from "../observe/region_watch.ts";
import { AppMerger, hasRegionTargets, type Refused, targetApps } from "./merge_apps.ts";
import type { ReadyReplicas } from "./ready_replicas.ts";
import { TargetOverrides } from "./target_overrides.ts";
import { NodeAgent, type NodeAgentOptions } from "./node_agent.ts";

/** Apps are looked at this often, to report how they are. */
const LOOK_MS = 500;

type ValidConfig = Extract<ConfigEvent, { type: "config" }>;

const NOTHING: Kept = { epoch: 0, apps: new Map(), replicas: {} };

/** What it is made from. */
export interface RegionSubscriberOptions {
  readonly clock: Clock;
  readonly openStore: NodeAgentOptions["openStore"];
}

/**
 * A node's source of configs: its file, and with the key `region` there the apps that the region wants of it besides.
 * Without that key it is the file's source and nothing else.
 */
export class RegionSubscriber implements ConfigSubscriber {
  readonly #merger = new AppMerger();
  #running: RunningApps | null = null;
  #onEvent: ((event: ConfigEvent) => void) | null = null;
  /** The file, as it was valid last. */
  #base: ValidConfig | null = null;
  #agent: NodeAgent | null = null;
  #settings = "";
  #keeper: KeptApps | null = null;
  #known: Kept = NOTHING;
  /** What is rolled out, and what of it was refused before. */
  #inForce: ReadonlyMap<string, CarriedApp> = new Map();
  #refused: ReadonlyMap<string, Refused> = new Map();
  #events: Promise<void> = Promise.resolve();
  #cancelLook: () => void = () => {};
  #targets: TargetOverrides | null = null;
  /** The region as a whole, for who looks at it. */
  readonly region: RegionWatch;

  constructor(private readonly file: ConfigSubscriber, private readonly options: RegionSubscriberOptions) {
    this.region = new RegionWatch(options);
  }

  get name(): string {
    return this.file.name;
  }

  get document(): ConfigDocument | null {
    return this.file.document;
  }

  get standing(): RegionStanding | null {
    const settings = this.#base?.config.region;
    if (settings === undefined || this.#agent === null) return null;
    const apps = Object.fromEntries(REPLICA_STATES.map((state) => [state, 0]));
    for (const name of this.#inForce.keys()) apps[this.#stateOf(name).state]! += 1;
    const uses = Object.fromEntries(
      Object.entries(this.#known.replicas).map(([app, replicas]) => [app, replicas.length]),
    );
    return { region: settings.region, node: settings.name, ...this.#agent.link, apps, uses };
  }

  attach(running: RunningApps): void {
    this.#running = running;
    this.file.attach?.(running);
  }

  start(onEvent: (event: ConfigEvent) => void): void {
    this.#onEvent = onEvent;
    this.file.start((event) => {
      if (event.type !== "config") return this.#enqueue(() => Promise.resolve(this.#onEvent?.(event)));
      this.#enqueue(() => this.#onFile(event));
    });
  }

  refresh(cause: LookCause): void {
    this.file.refresh(cause);
  }

  async close(): Promise<void> {
    this.#onEvent = null;
    this.#cancelLook();
    await this.file.close();
    await this.#events;
    await this.#agent?.close();
    await this.region.close();
  }

  get #log(): Logger {
    return this.#running!.log;
  }

  #enqueue(work: () => Promise<unknown>): void {
    this.#events = this.#events.then(work).then(() => {}, (error: unknown) => {
      this.#log.error("unexpected_error", { error: errorMessage(error) });
    });
  }

  async #onFile(event: ValidConfig): Promise<void> {
    this.#base = event;
    const { region, state_dir } = event.config;
    const isFront = hasRegionTargets(event.config);
    this.region.configure(region ?? null, region?.name);
    const settings = JSON.stringify([region, state_dir, isFront]);
    if (settings !== this.#settings) {
      this.#settings = settings;
      await this.#agent?.close();
      this.#agent = null;
      this.#known = NOTHING;
      if (region !== undefined) await this.#join(region, state_dir, isFront);
    }
    if (region === undefined) this.#onEvent?.(event);
    else this.#emit(event);
  }

  async #join(settings: RegionConfig, directory: string, isFront: boolean): Promise<void> {
    const { clock, openStore } = this.options;
    const kept = new KeptApps(directory, { region: settings.region, node: settings.name });
    this.#keeper = kept;
    try {
      this.#known = await kept.read() ?? NOTHING;
    } catch (error) {
      this.#log.warn("region_state_unreadable", { error: errorMessage(error) });
    }
    const targets = new TargetOverrides(this.#running!, this.#log, () => clock.wallTime());
    this.#targets = targets;
    this.#agent = new NodeAgent({
      settings,
      clock,
      log: this.#log,
      openStore,
      isFront,
      loadOf: (app) => this.#running?.load(app) ?? null,
      onApps: (epoch, apps) => this.#enqueue(() => this.#learn(kept, { ...this.#known, epoch, apps })),
      onTarget: (stored, skewMs) => {
        targets.heard(stored, skewMs);
        targets.give();
      },
      onReplicas: (replicas) => this.#enqueue(() => this.#onReplicas(kept, replicas)),
    }, this.#known);
    this.#cancelLook();
    this.#look();
  }

  async #onReplicas(keeper: KeptApps, replicas: ReadyReplicas): Promise<void> {
    if (keeper !== this.#keeper || this.#base === null) return;
    const found = new Map(targetApps(this.#base.config).map((app) => [app, replicas.of(app)]));
    if (JSON.stringify(Object.fromEntries(found)) === JSON.stringify(this.#known.replicas)) return;
    const uses = Object.fromEntries([...found].map(([app, all]) => [app, all.map(({ node }) => node)]));
    const claimed = await this.#agent?.claim(uses) ?? uses;
    const used = Object.fromEntries(
      [...found].map(([app, all]) => [app, all.filter(({ node }) => claimed[app]?.includes(node) === true)]),
    );
    if (JSON.stringify(used) !== JSON.stringify(this.#known.replicas)) {
      await this.#learn(keeper, { ...this.#known, replicas: used });
    }
  }

  async #learn(keeper: KeptApps, known: Kept): Promise<void> {
    // The agent of a region that was left may still have something to say.
    if (keeper !== this.#keeper || this.#base === null) return;
    this.#known = known;
    this.#emit({ ...this.#base, cause: "region", hash: "", text: null, source: "region", warnings: [] });
    try {
      await keeper.write(known);
    } catch (error) {
      this.#log.warn("region_state_not_kept", { error: errorMessage(error) });
    }
  }

  #emit(event: ValidConfig): void {
    const { apps: carried, replicas } = this.#known;
    const { config, refused, uses } = this.#merger.merge(event.config, carried, (app) => replicas[app] ?? []);
    for (const [app, { state, reason }] of refused) {
      if (this.#refused.get(app)?.reason !== reason) {
        (this.#agent?.log ?? this.#log).warn("region_app_refused", { app, state, reason });
      }
    }
    this.#onEvent?.({
      ...event,
      config,
      onOutcome: (result) => {
        if (result !== "applied") return;
        this.#inForce = carried;
        this.#refused = refused;
        this.#agent?.use(uses);
        this.#targets?.give();
        this.#report();
      },
    });
  }

  #look(): void {
    this.#cancelLook = this.options.clock.timer(LOOK_MS, () => {
      this.#report();
      this.#look();
    });
  }

  #report(): void {
    const states = new Map<string, ReplicaState>();
    for (const [name, { revision, turn }] of this.#inForce) {
      states.set(name, { revision, turn, ...this.#stateOf(name) });
    }
    this.#agent?.report(states);
  }

  #stateOf(name: string): Refused {
    const refused = this.#refused.get(name);
    if (refused !== undefined) return refused;
    const condition = this.#running?.condition(name) ?? null;
    if (condition === null) return { state: "unready", reason: "it is not in force yet" };
    return condition.ready
      ? { state: "ready", reason: "" }
      : { state: "unready", reason: `it is ${condition.state}` };
  }
}
