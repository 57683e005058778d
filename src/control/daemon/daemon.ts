import { DRAIN_GRACE_MS } from "../../base/limits.ts";
import { systemRandom } from "../../base/random.ts";
import { Header } from "../../model/board.ts";
import type { Config } from "../../model/config.ts";
import type { Report } from "../../model/messages.ts";
import type { AppSnapshot } from "../../model/snapshot.ts";
import { Availability } from "../availability/availability.ts";
import { configChange, namesOf } from "../changes/config_change.ts";
import { listenerChange } from "../changes/listener_change.ts";
import type { Plan } from "../changes/plan.ts";
import type { Resolver } from "../dns/resolver.ts";
import { ListenLookup } from "../listen/listen_lookup.ts";
import { CounterTotals } from "../telemetry/counter_totals.ts";
import { Acknowledgements } from "./acknowledgements.ts";
import { AppCompiler } from "./app_compiler.ts";
import { AppFiles } from "./app_files.ts";
import { BindRetry } from "./bind_retry.ts";
import { slotNames } from "./compile.ts";
import { DescriptorBudget } from "./capacity/descriptor_budget.ts";
import { type DaemonOptions, type Rollout, warmUpMs } from "./daemon_options.ts";
import { Departures } from "./departures.ts";
import { EngineChoice } from "./engine_choice.ts";
import { awaitDrain } from "./threads/await_drain.ts";
import { Fleet, NAMES_THREAD } from "./threads/fleet.ts";
import { usersOf } from "./host_users.ts";
import { listenKeys } from "./listening/listen_keys.ts";
import { Listening } from "./listening/listening.ts";
import { PortSettler } from "./listening/port_settler.ts";
import { Planner } from "./planner.ts";
import { Preparation, type Prepared } from "./preparation.ts";
import { listenerReceipt, type RolloutReceipt, SessionReceipt } from "./rollout_receipt.ts";
import { RoomRetry } from "./room_retry.ts";
import { addressCount, hasLess } from "./snapshot_changes.ts";
import { Slots } from "./slots.ts";
import { Tables } from "./tables/tables.ts";
import { sentBytes } from "./threads/sent_bytes.ts";
import type { Thread } from "./threads/thread.ts";

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
  readonly totals: CounterTotals;
  /** What is found out of targets. */
  readonly availability: Availability;
  readonly #preparation: Preparation;
  readonly #compiler: AppCompiler;
  readonly #planner: Planner;
  /** Of the last rollout. */
  #receipt = new SessionReceipt(0, []);
  readonly #slots: Slots;
  /** What data threads look up: hash tables, access lists, limits. */
  readonly tables = new Tables();
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
    this.totals = new CounterTotals(board.slots, () => this.#slots.used);
    this.#slots = new Slots(board, this.totals);
    this.departures = new Departures(clock, this.#slots, this.tables, () => this.fleet.oldestStage);
    this.#acknowledgements = new Acknowledgements(
      clock,
      log,
      (revision) => this.fleet.acknowledged(revision) && this.#receipt.isComplete,
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
      tables: this.tables.memory,
      totals: this.totals,
      clock,
      log,
      warmUpMs: () => warmUpMs(this.#preparation.running?.config ?? null, options),
      current: () => ({ revision: this.revision, apps: this.snapshots.values() }),
      onReport: (report, thread) => this.#report(report, thread),
      onListenFailures: (thread, failures) => this.bindRetry.update(thread, failures),
      onGone: (thread) => {
        options.onThreadGone(thread.index, sentBytes(thread.counters));
        this.bindRetry.forgetThread(thread.index);
        this.#receipt.gone(thread);
        this.#acknowledgements.check();
        if (thread.state === "crashed") this.tables.limits.repair(this.#knownApps, clock);
      },
      isUnbound: (thread, listener) => this.bindRetry.isUnbound(thread, listener),
      appSlots: () => new Set(this.#knownApps.map(({ slot }) => slot)),
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
    this.#budget = new DescriptorBudget({
      log,
      cores: options.cores,
      addresses: (host) =>
        [host, ...this.resolver.records(host).map((record) => record.host)]
          .flatMap((name) => this.resolver.addresses(name)),
    });
    this.#files = new AppFiles({ clock, log, onChange: (apps) => this.#recompile(apps) });
    const { resolver, listening } = this;
    const files = this.#files;
    this.#preparation = new Preparation({ resolver, listening, files, budget: this.#budget });
    this.#compiler = new AppCompiler({
      slots: this.#slots,
      ports: this.#ports,
      tables: this.tables,
      engines: new EngineChoice(log),
      files,
      listening,
      resolver,
      health: this.availability.health,
    });
    this.#planner = new Planner({
      preparation: this.#preparation,
      compiler: this.#compiler,
      fleet: this.fleet,
      snapshots: this.snapshots,
    });
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
   * Says what {@link apply} would do, and does nothing. In its turn, so that it is about what is in force then.
   * @throws {FproxyError} when the config could not be taken over.
   */
  plan(config: Config): Promise<Plan> {
    const result = this.#queue.then(() => this.#planner.plan(config));
    this.#queue = result.catch(() => null);
    return result;
  }

  /** Sessions that drain now, by the revision that began it. */
  async departing(): Promise<ReadonlyMap<number, number>> {
    return (await this.fleet.rehearse({ apps: [], removed: [] })).departing;
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
    const limitMs = this.#longestDrainMs + DRAIN_GRACE_MS;
    const indexes = (): number[] => this.fleet.status().map(({ index }) => index);
    await awaitDrain(this.fleet.stop("drain"), limitMs, this.options.clock, indexes);
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

  /** Apps of the config, and those whose last sessions still run. */
  get #knownApps(): readonly AppSnapshot[] {
    return [...this.snapshots.values(), ...this.departures.apps];
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
    const prepared = await this.#preparation.prepare(config);
    const change = configChange(this.#preparation.running?.config ?? null, config);
    const touched = this.#preparation.touched(prepared, change);
    const revision = this.revision + 1;
    const apps = this.#compileOrGiveUp(touched, revision, prepared);
    const removedNames = namesOf(change, "removed");
    const before = [...touched, ...removedNames].flatMap((name) => this.snapshots.get(name) ?? []);
    const moved = apps.filter(({ name, engine }) => (this.snapshots.get(name)?.engine ?? engine) !== engine);

    this.revision = revision;
    this.#preparation.commit(prepared);
    this.#files.commit(config.apps, prepared.files);
    for (const app of apps) {
      this.#takeSnapshot(app);
      this.#longestDrainMs = Math.max(this.#longestDrainMs, app.policy.drainTimeoutMs);
    }
    this.options.beforeSend?.(apps);
    const removed = this.#letGo(removedNames);
    this.availability.health.begin(config.control.max_probes);
    this.listening.commit(prepared.apps, prepared.listenPlan);
    this.#writeHeader(config);
    this.#receipt = new SessionReceipt(revision, this.fleet.threads);
    this.fleet.rollOut(apps, removed, moved, this.#budget.threads(config));
    await this.#acknowledgements.all(revision);
    if (moved.length > 0) {
      this.#receipt.expect(this.fleet.leave(moved));
      await this.#acknowledgements.all(revision);
    }
    this.#ports.release();
    this.#releaseParts();
    return { revision, change, receipt: this.#receiptOf(before, apps) };
  }

  /** @param before the apps of the rollout as they were. @param after as they are. */
  #receiptOf(before: readonly AppSnapshot[], after: readonly AppSnapshot[]): RolloutReceipt {
    const { sessions, missing } = this.#receipt;
    const owners = new Map(after.flatMap((app) => app.listeners.map(({ key }) => [key, app] as const)));
    const isServed = (key: string): boolean => {
      const app = owners.get(key);
      return app !== undefined && this.fleet.serviceOf(app, key).served > 0;
    };
    const total = this.snapshots.values().reduce((sum, { listeners }) => sum + listeners.length, 0);
    const listeners = listenerReceipt(listenerChange(before, after), total, isServed);
    return { sessions, listeners, threads_missing: missing };
  }

  /** Compiles everything before anything is taken over, so that a failure changes nothing. */
  #compileOrGiveUp(names: Iterable<string>, revision: number, prepared: Prepared): AppSnapshot[] {
    try {
      return this.#compiler.compile(names, revision, prepared);
    } catch (error) {
      this.#preparation.giveUp();
      this.#ports.release();
      this.#releaseParts();
      throw error;
    }
  }

  #writeHeader(config: Config): void {
    const { words } = this.options.board;
    const cap = this.#budget.maxConnections(config, this.snapshots.values());
    Atomics.store(words, Header.maxConnections, cap);
    Atomics.store(words, Header.tracedSessions, config.why.sessions);
  }

  #takeSnapshot(snapshot: AppSnapshot): void {
    const { name } = snapshot;
    const config = this.#preparation.running?.apps.get(name);
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
    const apps = this.#preparation.running?.config.apps ?? [];
    this.#ports.keepOnly(new Set(apps.flatMap(listenKeys)));
    this.#releaseSlots();
  }

  #releaseSlots(): void {
    this.#slots.releaseExcept(new Set([...this.snapshots.values()].flatMap(slotNames)), this.fleet.stage);
    this.tables.keepOnly(this.snapshots.values(), this.fleet.stage);
    this.departures.sweepLater();
  }

  /** Addresses of these names changed. */
  #refreshHosts(hosts: ReadonlySet<string>): void {
    const users = this.#preparation.running?.hostUsers;
    if (users !== undefined) this.#recompile(usersOf(hosts, users));
  }

  /** Something outside of the config changed: the apps that use it are sent again, under the revision they have. */
  #recompile(names: readonly string[]): void {
    const { running } = this.#preparation;
    if (running === null || this.stopping) return;
    const { config } = running;
    let isAsWide = true;
    let hasLost = false;
    for (const name of names) {
      const before = this.snapshots.get(name);
      const snapshot = this.#compileAgain(name, before?.revision ?? this.revision, running);
      if (snapshot === undefined) continue;
      this.#takeSnapshot(snapshot);
      isAsWide &&= addressCount(snapshot) === addressCount(before);
      hasLost ||= before !== undefined && hasLess(snapshot, before);
    }
    this.availability.health.begin(config.control.max_probes);
    // A session may try more addresses at once, or fewer; or there are more listening sockets.
    if (!isAsWide) this.#writeHeader(config);
    this.#resend(names);
    if (hasLost) this.#releaseSlots();
  }

  /** Undefined where the app is gone, or there is no room for what it is now: then it stays as it was for a while. */
  #compileAgain(name: string, revision: number, running: Prepared): AppSnapshot | undefined {
    return this.#roomRetry.attempt(name, () => {
      try {
        return this.#compiler.compileAgain(name, revision, running);
      } catch (error) {
        this.#ports.release();
        this.#releaseParts();
        throw error;
      }
    });
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
        this.#receipt.add(thread, report);
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
