import { availableParallelism } from "node:os";
import { sleep, systemClock } from "../base/clock.ts";
import { errorMessage, FproxyError } from "../base/errors.ts";
import { CONFIG_ROOM_RETRY_MS, FINAL_FLUSH_MS } from "../base/limits.ts";
import type { LogFields, Logger } from "../base/log.ts";
import { AdminServer } from "../control/admin/server.ts";
import { appCounts } from "../control/changes/config_change.ts";
import { formatDiagnosticLine, formatDiagnostics } from "../control/config/mod.ts";
import type { ConfigEvent } from "../control/config/mod.ts";
import { ControlPriority } from "../control/daemon/threads/control_priority.ts";
import { Daemon } from "../control/daemon/daemon.ts";
import type { Rollout } from "../control/daemon/daemon_options.ts";
import { readAppStatus, readStatus, type Status } from "../control/daemon/status.ts";
import { Resolver } from "../control/dns/resolver.ts";
import { DEFAULT_DNS, dnsOptions } from "../control/dns/resolver_options.ts";
import { ListenLookup } from "../control/listen/listen_lookup.ts";
import { OperatorLayer } from "../control/overrides/operator_layer.ts";
import type { RolloutOutcome, RolloutSubject } from "../control/rollouts/rollout.ts";
import { boardSlots } from "../control/daemon/capacity/board_slots.ts";
import { HeapCompaction } from "../control/heap_compaction.ts";
import { RolloutLog } from "../control/rollouts/rollout_log.ts";
import { Sessions } from "../control/sessions/sessions.ts";
import { Why } from "../control/sessions/why.ts";
import { daemonSamples } from "../control/telemetry/samples/daemon_samples.ts";
import { METRICS, Metrics } from "../control/telemetry/metrics/mod.ts";
import { LogLevelControl } from "../control/telemetry/log_level.ts";
import { Board } from "../model/board.ts";
import type { Config } from "../model/config.ts";
import type { Io } from "./io.ts";
import type { RunOptions } from "./run_options.ts";
import { runningApps } from "./running_apps.ts";
import { type NextOutputs, Outputs } from "./outputs/outputs.ts";
import { listenForSignals } from "./signals.ts";
import { surviveErrors } from "./survive_errors.ts";
import { Telemetry } from "./telemetry.ts";
import { VERSION } from "./version_number.ts";

const NO_REGION = { membership: null, follow: () => null };

type ValidConfig = Extract<ConfigEvent, { type: "config" }>;

/** The time of the process's start is as good as that of the first line of this program. */
const STARTED_AT = systemClock.now();

/**
 * Runs the proxy until it is told to stop.
 * @returns exit code: 0 after a drain, 1 when it cannot start, 2 when the first config is missing or wrong, 128 + signal
 * after a second signal.
 */
export async function run(options: RunOptions, io: Io): Promise<number> {
  return await new Proxy(options, io).run();
}

/** Joins the parts of the running program. */
class Proxy {
  readonly #log: Logger;
  readonly #board = Board.allocate(boardSlots(Deno.systemMemoryInfo().total));
  readonly #telemetry = new Telemetry(this.#board);
  readonly #outputs: Outputs;
  readonly #priority: ControlPriority;
  readonly #operator: OperatorLayer;
  readonly #daemon: Daemon;
  readonly #admin: AdminServer;
  readonly #metrics: Metrics;
  readonly #rollouts: RolloutLog;
  readonly #logLevel: LogLevelControl;
  readonly #heap = new HeapCompaction(systemClock);
  readonly #exit = Promise.withResolvers<number>();
  #dns = DEFAULT_DNS;
  /** Events are worked through one after another; of several configs that wait only the newest counts. */
  #events: Promise<void> = Promise.resolve();
  #newestConfig: ConfigEvent | null = null;
  /** A config for which there is no room yet. */
  #waiting: Config | null = null;
  /** A valid config was found: no later one can end the program. */
  #started = false;
  #stopping = false;
  #hasty = false;

  constructor(private readonly options: RunOptions, private readonly io: Io) {
    const level = options.logLevel ?? "info";
    this.#outputs = new Outputs({
      clock: systemClock,
      io,
      level,
      words: this.#board.words,
      formatAccess: options.formatAccess,
      observe: (entry) => this.#telemetry.logged(entry),
    });
    this.#log = this.#outputs.log;
    this.#logLevel = new LogLevelControl(systemClock, this.#log, level);
    this.#rollouts = new RolloutLog(systemClock, this.#log, this.#telemetry.rollouts);
    this.#priority = new ControlPriority(this.#log);
    this.#daemon = new Daemon({
      beforeSend: (apps) => this.#operator.write(apps),
      onAgent: (app, target) => this.#operator.refresh(app, target),
      clock: systemClock,
      log: this.#log,
      board: this.#board,
      createResolver: (onChange) => new Resolver(systemClock, this.#log, DEFAULT_DNS, onChange),
      workerUrl: new URL("../data/worker.ts", import.meta.url).href,
      startWorker: this.#priority.startWorker,
      ...(options.warmsUp === false ? { autoWarmUpMs: 0 } : {}),
      cores: availableParallelism(),
      ...this.#telemetry.fromThreads(this.#outputs.accessLog),
    });
    this.#operator = new OperatorLayer({
      clock: systemClock,
      log: this.#log,
      board: this.#board,
      weights: this.#daemon.availability.passive.weights,
      agentOf: (app, target) => this.#daemon.availability.health.agentOf(app, target),
      app: (name) => this.#daemon.snapshots.get(name),
    });
    this.#metrics = new Metrics(METRICS, {
      version: VERSION,
      clock: systemClock,
      daemon: this.#daemon,
      overrides: this.#operator.overrides,
      status: () => this.#status(),
      otlp: () => this.#telemetry.otlp,
      region: () => options.subscriber.standing ?? null,
    });
    this.#admin = new AdminServer(
      {
        version: VERSION,
        status: () => this.#status(),
        appNames: () => [...this.#daemon.snapshots.keys()],
        app: (name) => readAppStatus(this.#daemon, this.#board, name, this.#operator),
        overrides: this.#operator.overrides,
        clock: systemClock,
        live: this.#telemetry.live,
        samples: daemonSamples(systemClock, this.#daemon, this.#board),
        sessions: new Sessions({ sessions: (query) => this.#daemon.fleet.sessions(query) }, this.#log),
        why: new Why(this.#daemon.fleet),
        metrics: (isOpenMetrics) => this.#metrics.render(isOpenMetrics),
        rollouts: this.#rollouts,
        plan: (config) => this.#daemon.plan(config),
        departing: () => this.#daemon.departing(),
        document: options.subscriber.document,
        region: options.subscriber.region ?? NO_REGION,
        refresh: () => options.subscriber.refresh("api"),
        logLevel: this.#logLevel,
      },
      this.#log,
      systemClock,
      new ListenLookup(systemClock, (host) => this.#daemon.resolver.find(host)),
    );
  }

  async run(): Promise<number> {
    const { options: { subscriber }, io } = this;
    // A log that nobody reads must not stop what is told by it.
    io.defer((dropped) => this.#log.warn("log_lines_dropped", { dropped }));
    const unlisten = this.#listen();
    this.#metrics.start();
    this.#telemetry.start(this.#log, this.#metrics);
    subscriber.attach?.(runningApps(this.#daemon, this.#board, this.#operator.overrides, this.#log));
    subscriber.start((event) => {
      if (event.type === "config") this.#newestConfig = event;
      this.#enqueue(() => this.#onConfigEvent(event));
    });
    const code = await this.#exit.promise;
    if (this.#hasty) return code;
    await subscriber.close();
    unlisten();
    this.#metrics.close();
    await this.#admin.close();
    this.#logLevel.close();
    this.#heap.close();
    const sent = this.#telemetry.close();
    const kept = Promise.all([this.#operator.overrides.close(), this.#rollouts.close()]);
    await Promise.race([kept, sleep(systemClock, FINAL_FLUSH_MS)]);
    // The process ends next: nothing is gained by waiting for threads that may hang.
    void this.#daemon.terminate();
    this.#priority.close();
    // Before the log: it may have something to say.
    await sent;
    await this.#outputs.flush();
    return code;
  }

  #listen(): () => void {
    const { subscriber } = this.options;
    const unlisten = listenForSignals({
      stop: (signal, code) => this.#stop({ signal }, code),
      reload: () => subscriber.refresh("signal"),
      reopenLogs: () => this.#enqueue(() => this.#outputs.reopen()),
      ignore: (signal) => this.#log.info("signal_ignored", { signal }),
    }, systemClock);
    const unguard = surviveErrors((error) => this.#unexpected(error));
    return () => {
      unlisten();
      unguard();
    };
  }

  #enqueue(work: () => Promise<void>): void {
    this.#events = this.#events.then(work).catch((error: unknown) => this.#unexpected(error));
  }

  /** A fault of this program. What serves already goes on, but a program that has not begun to serve ends. */
  #unexpected(error: unknown): void {
    const stack = error instanceof Error ? error.stack : undefined;
    this.#log.error("unexpected_error", { error: errorMessage(error), stack });
    if (this.#daemon.revision === 0) this.#exit.resolve(1);
  }

  async #onConfigEvent(event: ConfigEvent): Promise<void> {
    if (this.#stopping) return;
    switch (event.type) {
      case "config":
        return await this.#onConfig(event);
      case "invalid":
        return this.#refused(event);
      case "missing":
        return this.#refused({ ...event, diagnostics: [event.diagnostic], hash: "", text: null });
      case "watching":
        return this.#log.warn(event.how === "polling" ? "config_watch_polls" : "config_watch_events", {
          reason: event.reason,
        });
    }
  }

  async #onConfig(event: ValidConfig, cause: RolloutSubject["cause"] = event.cause): Promise<void> {
    const { warnings: diagnostics, config } = event;
    const ended = this.#rollouts.begin({ ...event, cause, diagnostics });
    if (event !== this.#newestConfig) {
      event.onOutcome?.("superseded");
      return ended({ result: "superseded" });
    }
    for (const warning of diagnostics) {
      this.#log.warn("config_warning", { warning: formatDiagnosticLine(warning) });
    }
    const outcome = await this.#take(config);
    ended(outcome, outcome.result === "applied" ? config : undefined);
    event.onOutcome?.(outcome.result);
  }

  /** A first config that is wrong ends the program; a later one changes nothing. */
  #refused(subject: RolloutSubject): void {
    this.#rollouts.begin(subject)({ result: "refused" });
    const { diagnostics } = subject;
    this.io.stderr(formatDiagnostics(diagnostics, this.io.color && Deno.stderr.isTerminal()));
    this.#metrics.reloads.add("invalid");
    if (!this.#started) return this.#exit.resolve(2);
    this.#log.error("config_refused", { mistakes: diagnostics.length, revision: this.#daemon.revision });
  }

  /** Takes a config over. All that can fail comes before what cannot be taken back. */
  async #take(config: Config): Promise<RolloutOutcome> {
    const first = !this.#started;
    this.#started = true;
    let outputs: NextOutputs | undefined;
    try {
      outputs = await this.#outputs.prepare(config);
      if (first) this.#settle(config, outputs);
      // Before anything is looked up.
      this.#daemon.resolver.configure(dnsOptions(config));
      await this.#admin.configure(config.admin);
      // Before the first session: what was drained stays drained.
      if (first) await this.#keepState(config);
      const rollout = await this.#daemon.apply(config);
      this.#operator.overrides.reconcile();
      if (!first) await this.#keepState(config);
      if (!first) this.#settle(config, outputs);
      if (rollout === null) return { result: "superseded" };
      this.#announce(rollout, config, first);
      return { result: "applied", ...rollout };
    } catch (error) {
      if (!first && error instanceof FproxyError && error.retryable) {
        outputs?.abandon();
        this.#daemon.resolver.configure(this.#dns);
        this.#takeLater(config, error);
        return { result: "waiting", error: error.message };
      }
      this.#metrics.reloads.add("failed");
      this.#log.error(first ? "start_failed" : "config_refused", {
        error: errorMessage(error),
      });
      // At the start they are in use already, and have the reason to tell.
      if (first) this.#exit.resolve(1);
      else outputs?.abandon();
      this.#daemon.resolver.configure(this.#dns);
      return { result: "failed", error: errorMessage(error) };
    }
  }

  async #keepState({ state_dir }: Config): Promise<void> {
    await Promise.all([this.#operator.overrides.keepIn(state_dir), this.#rollouts.keepIn(state_dir)]);
  }

  /** It is well, but there is no room for it as long as sessions of what was removed run: it is tried again. */
  #takeLater(config: Config, error: FproxyError): void {
    if (this.#waiting !== config) this.#log.warn("config_waits", { error: error.message });
    this.#waiting = config;
    systemClock.timer(CONFIG_ROOM_RETRY_MS, () => {
      this.#enqueue(async () => {
        const newest = this.#newestConfig;
        if (!this.#stopping && newest?.type === "config" && newest.config === config) {
          await this.#onConfig(newest, "room");
        }
      });
    });
  }

  /** Settings that cannot fail. */
  #settle(config: Config, outputs: NextOutputs): void {
    const { level, levels } = config.log;
    this.#logLevel.configure(this.options.logLevel ?? level, levels);
    this.#dns = dnsOptions(config);
    outputs.commit();
  }

  #announce(rollout: Rollout, config: Config, first: boolean): void {
    const { revision, change } = rollout;
    this.#metrics.reloads.add("success");
    this.#log.info(first ? "started" : "config_applied", {
      revision,
      apps: config.apps.length,
      ...appCounts(change),
      ...(first ? { startup_ms: Math.round(systemClock.now() - STARTED_AT) } : {}),
    });
    if (first) this.#ready();
    this.#priority.lower(config.control.nice);
    this.#heap.rolledOut();
  }

  #ready(): void {
    const { bindOrExit = false, stopAfterMs, onReady } = this.options;
    if (bindOrExit) {
      const isBound = this.#status().apps.every((app) => app.listeners.every(({ bound }) => bound));
      if (!isBound) return this.#exit.resolve(1);
    }
    onReady?.(this.#status(), this.#outputs.accessLog, {
      status: () => this.#status(),
      stop: (cause) => this.#stop(cause, 130),
    });
    if (stopAfterMs !== undefined) systemClock.timer(stopAfterMs, () => this.#drain());
  }

  #status(): Status {
    return readStatus(this.#daemon, this.#board, this.#outputs.dropped, this.#operator);
  }

  #stop(cause: LogFields, code: number): void {
    if (this.#stopping) {
      this.#log.warn("exit_forced", cause);
      this.#hasty = true;
      return this.#exit.resolve(code);
    }
    this.#log.info("draining", cause);
    this.#drain();
  }

  #drain(): void {
    if (this.#stopping) return;
    this.#stopping = true;
    this.#daemon.stop().then(
      () => {
        this.#log.info("drained", {});
        this.#exit.resolve(0);
      },
      (error: unknown) => {
        this.#log.error("drain_failed", { error: errorMessage(error) });
        this.#exit.resolve(1);
      },
    );
  }
}
