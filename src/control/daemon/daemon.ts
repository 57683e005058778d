import { FproxyError } from "../../base/errors.ts";
import { DRAIN_GRACE_MS, NAME_WAIT_MS } from "../../base/limits.ts";
import { systemRandom } from "../../base/random.ts";
import { Header } from "../../model/board.ts";
import type { AppConfig, Config } from "../../model/config.ts";
import type { Report } from "../../model/messages.ts";
import type { AppSnapshot } from "../../model/snapshot.ts";
import type { MaglevEntry } from "../../strategy/mod.ts";
import { Availability } from "../availability/availability.ts";
import type { Resolver } from "../dns/resolver.ts";
import { ListenLookup } from "../listen/listen_lookup.ts";
import { CounterTotals } from "../telemetry/counter_totals.ts";
import { Acknowledgements } from "./acknowledgements.ts";
import { AppFiles } from "./app_files.ts";
import { BindRetry } from "./bind_retry.ts";
import { compileApp, type CompileContext, slotNames } from "./compile.ts";
import { DescriptorBudget } from "./capacity/descriptor_budget.ts";
import type { DaemonOptions, Rollout } from "./daemon_options.ts";
import { Departures } from "./departures.ts";
import { diffApps } from "./diff.ts";
import { EngineChoice } from "./engine_choice.ts";
import { Fleet, NAMES_THREAD } from "./threads/fleet.ts";
import { HashTables } from "./hash_tables.ts";
import { findHostUsers, type HostUsers, usersOf } from "./host_users.ts";
import { listenKeys } from "./listening/listen_keys.ts";
import { Listening } from "./listening/listening.ts";
import { PortSettler } from "./listening/port_settler.ts";
import { RoomRetry } from "./room_retry.ts";
import { addressCount, hasLess } from "./snapshot_changes.ts";
import { recordedShare, sharedSettings } from "./shared_settings.ts";
import { Slots } from "./slots.ts";
import { sentBytes } from "./threads/sent_bytes.ts";
import type { Thread } from "./threads/thread.ts";

/** What an app is compiled from besides the config. */
type Surroundings = Pick<CompileContext, "certificates" | "script" | "listening" | "maxIdleConnections">;

/**
 * Holds what is configured and brings the data threads to it: diff, compile, send, await, release. Configs are rolled
 * out one after another; of those that arrive meanwhile only the newest counts.
 */
export class Daemon {
  readonly resolver: Resolver;
  readonly fleet: Fleet;
  readonly bindRetry: BindRetry;
  /** Told to stop: draining, or stopped. */
  stopping = false;
  /** Number of the config that is rolled out; 0 before the first. */
  revision = 0;
  /** Apps as they were sent to the threads. */
  readonly snapshots = new Map<string, AppSnapshot>();
  readonly departures: Departures;
  /** Where the apps listen. */
  readonly listening: Listening;
  /** What all threads counted. */
  readonly totals = new CounterTotals();
  /** What is found out of targets. */
  readonly availability: Availability;
  #configs: ReadonlyMap<string, AppConfig> = new Map();
  #hostUsers: HostUsers = new Map();
  #global: Config | null = null;
  /** Most idle connections to an address of an endpoint that were compiled into the apps. */
  #maxIdle = Infinity;
  readonly #slots: Slots;
  readonly #hashTables = new HashTables();
  readonly #engines: EngineChoice;
  readonly #budget: DescriptorBudget;
  readonly #files: AppFiles;
  readonly #ports = new PortSettler();
  readonly #acknowledgements: Acknowledgements;
  #queue: Promise<unknown> = Promise.resolve();
  #newest = 0;
  /** Over all configs so far: sessions keep the policy that they started under. */
  #longestDrainMs = 0;
  readonly #roomRetry: RoomRetry;

  constructor(private readonly options: DaemonOptions) {
    const { clock, log, board, workerUrl, startWorker } = options;
    this.#slots = new Slots(board, this.totals);
    this.departures = new Departures(clock, this.#slots, this.#hashTables, () => this.fleet.oldestStage);
    this.#acknowledgements = new Acknowledgements(
      clock,
      log,
      (revision) => this.fleet.acknowledged(revision),
    );
    this.#roomRetry = new RoomRetry(clock, log, (apps) => this.#recompile(apps));
    this.resolver = options.createResolver((hosts) => this.#refreshHosts(hosts));
    this.bindRetry = new BindRetry(clock, log, {
      retry: (apps) => {
        this.listening.retry(apps);
        this.#resend(apps);
      },
      isConfigured: (app) => this.snapshots.has(app),
    });
    this.listening = new Listening({
      clock,
      log,
      lookup: new ListenLookup(clock, (host) => this.resolver.find(host)),
      current: () => this.snapshots.values(),
      onChange: (apps) => {
        this.#recompile(apps);
        this.#ports.release();
      },
      onFailures: (failures) => this.bindRetry.update(NAMES_THREAD, failures),
    });
    this.fleet = new Fleet({
      workerUrl,
      startWorker,
      board,
      hashTables: this.#hashTables.memory,
      totals: this.totals,
      clock,
      log,
      current: () => ({ revision: this.revision, apps: this.snapshots.values() }),
      onReport: (report, thread) => this.#report(report, thread),
      onListenFailures: (thread, failures) => this.bindRetry.update(thread, failures),
      onGone: (thread) => {
        options.onThreadGone(thread.index, sentBytes(thread.counters));
        this.bindRetry.forgetThread(thread.index);
        this.#acknowledgements.check();
      },
      isUnbound: (thread, listener) => this.bindRetry.isUnbound(thread, listener),
      appSlots: () => new Set([...this.snapshots.values(), ...this.departures.apps].map(({ slot }) => slot)),
    });
    this.availability = new Availability({
      clock,
      random: systemRandom,
      log,
      board,
      totals: this.totals,
      find: (host) => this.resolver.find(host),
      closeSessions: (slots) => this.fleet.closeSessions(slots),
      onLimits: (app) => this.#recompile([app]),
      onAgent: (app, target) => options.onAgent?.(app, target),
    });
    this.#engines = new EngineChoice(log);
    this.#budget = new DescriptorBudget({
      log,
      cores: options.cores,
      addresses: (host) =>
        [host, ...this.resolver.records(host).map((record) => record.host)]
          .flatMap((name) => this.resolver.addresses(name)),
    });
    this.#files = new AppFiles({ clock, log, onChange: (apps) => this.#recompile(apps) });
  }

  /**
   * Rolls a valid config out. Resolves when every data thread has it in force (or was given up on), with null where a
   * newer config arrived before its turn came, or the daemon was told to stop.
   * @throws {FproxyError} when it cannot be compiled; then nothing was changed.
   */
  apply(config: Config): Promise<Rollout | null> {
    const turn = ++this.#newest;
    const result = this.#queue.then(() =>
      turn === this.#newest && !this.stopping ? this.#rollOut(config) : null
    );
    this.#queue = result.catch(() => null);
    return result;
  }

  /**
   * Drains all threads; resolves when the last session has ended.
   * @throws {FproxyError} code `threads_hang`, when a thread has not ended long after its last session should have.
   */
  async stop(): Promise<void> {
    this.stopping = true;
    this.#newest++;
    await this.#queue;
    this.#stopLooking();
    await this.#withinDrain(this.fleet.stop("drain"));
    this.departures.close();
  }

  /** Ends everything at once; resolves when the last thread is gone. */
  terminate(): Promise<void> {
    this.stopping = true;
    this.#newest++;
    this.#stopLooking();
    this.departures.close();
    this.#ports.release();
    return this.fleet.stop("stop");
  }

  async #withinDrain(drained: Promise<void>): Promise<void> {
    const limitMs = this.#longestDrainMs + DRAIN_GRACE_MS;
    const late = Promise.withResolvers<never>();
    const cancel = this.options.clock.timer(limitMs, () => {
      const threads = this.fleet.status().map(({ index }) => index).join(", ");
      late.reject(
        new FproxyError("threads_hang", `Cannot drain: no end of data thread ${threads} in ${limitMs} ms`),
      );
    });
    await Promise.race([drained, late.promise]).finally(cancel);
  }

  #stopLooking(): void {
    this.#roomRetry.close();
    this.bindRetry.close();
    this.listening.close();
    this.resolver.close();
    this.availability.close();
    void this.#files.close();
  }

  async #rollOut(config: Config): Promise<Rollout> {
    const after = new Map(config.apps.map((app) => [app.name, app]));
    const diff = diffApps(this.#configs, after);
    const hostUsers = findHostUsers(config.apps);
    const hosts = new Set(hostUsers.keys());
    // Names of the outgoing config stay until it is replaced: they may still be needed.
    this.resolver.watch(hosts.union(this.#hostUsers));
    await Promise.all([this.resolver.settled(hosts, NAME_WAIT_MS), this.listening.prepare(config.apps)]);
    const files = await this.#files.prepare(config.apps);
    const plan = this.listening.plan(config.apps);
    const maxIdle = this.#budget.maxIdle(config);
    const isTouched = (name: string): boolean =>
      this.#files.differs(name, files) || this.listening.differs(name, plan) ||
      this.#keepsOthers(after.get(name), maxIdle);
    const touched = sharedSettings(this.#global) === sharedSettings(config)
      ? new Set([...diff.added, ...diff.changed, ...diff.unchanged.filter(isTouched)])
      : after.keys();
    const revision = this.revision + 1;
    const apps = this.#compile(touched, after, revision, config, {
      ...this.#files.contents(files),
      listening: (app) => this.listening.of(app, plan),
      maxIdleConnections: maxIdle,
    });

    this.revision = revision;
    this.#configs = after;
    this.#hostUsers = hostUsers;
    this.#global = config;
    this.#maxIdle = maxIdle;
    this.#files.commit(config.apps, files);
    this.resolver.watch(hosts);
    const moved = apps.flatMap((app) => {
      const before = this.snapshots.get(app.name);
      return before === undefined || before.engine === app.engine ? [] : [app];
    });
    for (const app of apps) {
      this.#takeSnapshot(app);
      this.#longestDrainMs = Math.max(this.#longestDrainMs, app.policy.drainTimeoutMs);
    }
    this.options.beforeSend?.(apps);
    const removed = this.#letGo(diff.removed);
    this.availability.health.begin(config.control.max_probes);
    this.listening.commit(after, plan);
    this.#capConnections(config);
    this.fleet.rollOut(apps, removed, moved, this.#budget.threads(config));
    await this.#acknowledgements.all(revision);
    if (moved.length > 0) this.fleet.leave(moved);
    this.#ports.release();
    this.#releaseParts();
    return {
      revision,
      added: diff.added,
      changed: diff.changed,
      removed: diff.removed,
    };
  }

  /** Whether another bound of idle connections makes a difference to the app. */
  #keepsOthers(app: AppConfig | undefined, maxIdle: number): boolean {
    const wanted = app?.http?.pool.max_idle ?? 0;
    return Math.min(wanted, maxIdle) !== Math.min(wanted, this.#maxIdle);
  }

  /** Compiles everything before anything is taken over, so that a failure changes nothing. */
  #compile(
    names: Iterable<string>,
    configs: ReadonlyMap<string, AppConfig>,
    revision: number,
    config: Config,
    surroundings: Surroundings,
  ): AppSnapshot[] {
    const context = {
      slots: this.#slots,
      ports: this.#ports,
      engine: (app: AppConfig) => this.#engines.choose(app, config),
      addresses: (host: string) => this.resolver.addresses(host),
      records: (service: string) => this.resolver.records(service),
      maxConnections: (app: string, target: string) =>
        this.availability.health.agentOf(app, target)?.maxConnections ?? null,
      ...surroundings,
      zone: config.zone,
      hashTable: (entries: readonly MaglevEntry[]) => this.#hashTables.acquire(entries),
      accessLogSample: recordedShare(config),
    };
    try {
      const apps = [...names].flatMap((name) => {
        const app = configs.get(name);
        return app === undefined ? [] : [compileApp(app, revision, context)];
      });
      this.#slots.keep();
      return apps;
    } catch (error) {
      this.#slots.giveBack();
      this.resolver.watch(new Set(this.#hostUsers.keys()));
      this.#ports.release();
      this.#releaseParts();
      throw error;
    }
  }

  #capConnections(config: Config): void {
    const cap = this.#budget.maxConnections(config, this.snapshots.values());
    Atomics.store(this.options.board.words, Header.maxConnections, cap);
  }

  #takeSnapshot(snapshot: AppSnapshot): void {
    const { name } = snapshot;
    const config = this.#configs.get(name);
    // Before any thread hears of a new target: it may begin as down.
    if (config !== undefined) this.availability.take({ config, snapshot }, this.snapshots.get(name));
    this.snapshots.set(name, snapshot);
  }

  #letGo(removed: readonly string[]): AppSnapshot[] {
    const gone = removed.flatMap((name) => this.snapshots.get(name) ?? []);
    for (const snapshot of gone) {
      this.departures.add(snapshot);
      this.availability.forget(snapshot);
      this.snapshots.delete(snapshot.name);
    }
    return gone;
  }

  /** Frees what the running config does not use: ports at once, slots when their sessions have ended. */
  #releaseParts(): void {
    this.#ports.keepOnly(new Set([...this.#configs.values()].flatMap(listenKeys)));
    this.#releaseSlots();
  }

  #releaseSlots(): void {
    this.#slots.releaseExcept(new Set([...this.snapshots.values()].flatMap(slotNames)), this.fleet.stage);
    this.#hashTables.keepOnly(this.snapshots.values(), this.fleet.stage);
    this.departures.sweepLater();
  }

  /** Addresses of these names changed. */
  #refreshHosts(hosts: ReadonlySet<string>): void {
    this.#recompile(usersOf(hosts, this.#hostUsers));
  }

  /** Something outside of the config changed: the apps that use it are sent again, under the revision they have. */
  #recompile(names: readonly string[]): void {
    if (this.#global === null || this.stopping) return;
    let isAsWide = true;
    let hasLost = false;
    for (const name of names) {
      const before = this.snapshots.get(name);
      const snapshot = this.#compileAgain(name, before?.revision ?? this.revision, this.#global);
      if (snapshot === undefined) continue;
      this.#takeSnapshot(snapshot);
      isAsWide &&= addressCount(snapshot) === addressCount(before);
      hasLost ||= before !== undefined && hasLess(snapshot, before);
    }
    this.availability.health.begin(this.#global.control.max_probes);
    // A session may try more addresses at once, or fewer; or there are more listening sockets.
    if (!isAsWide) this.#capConnections(this.#global);
    this.#resend(names);
    if (hasLost) this.#releaseSlots();
  }

  /** Undefined where the app is gone, or there is no room for what it is now: then it stays as it was for a while. */
  #compileAgain(name: string, revision: number, config: Config): AppSnapshot | undefined {
    return this.#roomRetry.attempt(name, () =>
      this.#compile([name], this.#configs, revision, config, {
        ...this.#files.contents(),
        listening: (app) => this.listening.of(app),
        maxIdleConnections: this.#maxIdle,
      })[0]);
  }

  #resend(names: readonly string[]): void {
    const apps = names.flatMap((name) => this.snapshots.get(name) ?? []);
    if (apps.length === 0) return;
    this.options.beforeSend?.(apps);
    this.fleet.resend(apps);
  }

  #report(report: Report, thread: Thread): void {
    switch (report.type) {
      case "applied":
        thread.revision = report.revision;
        this.bindRetry.update(thread.index, report.failures);
        return this.#acknowledgements.check();
      case "access":
        return this.options.onAccess(report.lines, report.count, thread.index);
      case "traces":
        return this.options.onTraces?.(report.lines, thread.index);
      case "log":
        return this.options.log.log(report.level, report.event, { thread: thread.index, ...report.fields });
    }
  }
}
