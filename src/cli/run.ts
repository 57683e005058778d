import { availableParallelism } from "node:os";
import { sleep, systemClock } from "../base/clock.ts";
import { errorMessage, FproxyError } from "../base/errors.ts";
import { CONFIG_ROOM_RETRY_MS, FINAL_FLUSH_MS } from "../base/limits.ts";
import { Logger } from "../base/log.ts";
import type { LogFields, LogLevel } from "../base/log.ts";
import { AdminServer } from "../control/admin/server.ts";
import { formatDiagnosticLine, formatDiagnostics } from "../control/config/mod.ts";
import type { ConfigEvent, ConfigSubscriber, Diagnostic } from "../control/config/mod.ts";
import { ControlPriority } from "../control/daemon/threads/control_priority.ts";
import { Daemon } from "../control/daemon/daemon.ts";
import type { Rollout } from "../control/daemon/daemon_options.ts";
import { readAppStatus, readStatus } from "../control/daemon/status.ts";
import type { Status } from "../control/daemon/status.ts";
import { Resolver } from "../control/dns/resolver.ts";
import { DEFAULT_DNS, dnsOptions } from "../control/dns/resolver_options.ts";
import { ListenLookup } from "../control/listen/listen_lookup.ts";
import { OperatorLayer } from "../control/overrides/operator_layer.ts";
import { RolloutLog, type RolloutOutcome } from "../control/rollouts/rollout_log.ts";
import { Sessions } from "../control/sessions/sessions.ts";
import type { AccessLog, RecordFormat } from "../control/telemetry/access_log.ts";
import { METRICS, Metrics } from "../control/telemetry/metrics/mod.ts";
import { LogLevelControl } from "../control/telemetry/log_level.ts";
import { Board } from "../model/board.ts";
import type { Config } from "../model/config.ts";
import type { OpenedDestination } from "./access/access_destination.ts";
import { accessFormat } from "./access/access_format.ts";
import type { Io } from "./io.ts";
import { listenForSignals } from "./signals.ts";
import { surviveErrors } from "./survive_errors.ts";
import { Telemetry } from "./telemetry.ts";
import { VERSION } from "./version_number.ts";

type ValidConfig = Extract<ConfigEvent, { type: "config" }>;

/** How the proxy is run. */
export interface RunOptions {
  /** Where the config comes from. */
  readonly subscriber: ConfigSubscriber;
  /** Overrides `log.level` of the config. */
  readonly logLevel?: LogLevel | undefined;
  /** How records of the access log look, whatever the config says. */
  readonly formatAccess?: RecordFormat;
  /** Ends with exit code 1 when an address cannot be bound at the start; otherwise it is tried again. */
  readonly bindOrExit?: boolean;
  /** Drains and exits by itself this long after the start, milliseconds. */
  readonly stopAfterMs?: number | undefined;
  /** Called after the first config is in force. */
  onReady?(status: Status, log: AccessLog, proxy: RunningProxy): void;
}

/** The proxy, for what runs in the same process. */
export interface RunningProxy {
  status(): Status;
  /** Drains and exits; the second time exits at once, with the exit code of a second SIGINT. @param cause for the log. */
  stop(cause: LogFields): void;
}

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
  readonly #board = Board.allocate();
  readonly #telemetry: Telemetry;
  readonly #priority: ControlPriority;
  readonly #operator: OperatorLayer;
  readonly #daemon: Daemon;
  readonly #admin: AdminServer;
  readonly #metrics: Metrics;
  readonly #rollouts: RolloutLog;
  readonly #logLevel: LogLevelControl;
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
    this.#log = new Logger({
      level: options.logLevel ?? "info",
      format: Deno.stderr.isTerminal() ? "pretty" : "json",
      color: io.color && Deno.stderr.isTerminal(),
      clock: systemClock,
      write: (line) => io.stderr(line),
      observe: (entry) => this.#telemetry.logged(entry),
    });
    this.#telemetry = new Telemetry(this.#board, this.#log);
    this.#rollouts = new RolloutLog(systemClock, this.#telemetry.rollouts);
    this.#logLevel = new LogLevelControl(systemClock, this.#log, options.logLevel ?? "info");
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
      cores: availableParallelism(),
      ...this.#telemetry.fromThreads,
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
        sessions: new Sessions({ sessions: (query) => this.#daemon.fleet.sessions(query) }, this.#log),
        metrics: (isOpenMetrics) => this.#metrics.render(isOpenMetrics),
        rollouts: this.#rollouts,
        document: options.subscriber.document,
        refresh: () => options.subscriber.refresh(),
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
    this.#telemetry.start(this.#metrics);
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
    const sent = this.#telemetry.close();
    await Promise.race([this.#operator.overrides.close(), sleep(systemClock, FINAL_FLUSH_MS)]);
    // The process ends next: nothing is gained by waiting for threads that may hang.
    void this.#daemon.terminate();
    this.#priority.close();
    // A reader that does not read any more cannot keep the program alive.
    await Promise.race([this.#telemetry.accessLog.flush(), sleep(systemClock, FINAL_FLUSH_MS)]);
    await sent;
    await io.flush(FINAL_FLUSH_MS);
    return code;
  }

  #listen(): () => void {
    const { subscriber } = this.options;
    const unlisten = listenForSignals({
      stop: (signal, code) => this.#stop({ signal }, code),
      reload: () => subscriber.refresh(),
      reopenLogs: () => this.#enqueue(() => this.#telemetry.accessTo.reopen()),
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
        return this.#refused(event.diagnostics, event);
      case "missing":
        return this.#refused([event.diagnostic], { ...event, hash: "" });
      case "watching":
        return this.#log.warn(event.how === "polling" ? "config_watch_polls" : "config_watch_events", {
          reason: event.reason,
        });
    }
  }

  async #onConfig(event: ValidConfig): Promise<void> {
    const { source, hash, warnings: diagnostics, config } = event;
    const ended = this.#rollouts.begin({ source, hash, diagnostics });
    if (event !== this.#newestConfig) return ended({ result: "superseded" });
    for (const warning of diagnostics) {
      this.#log.warn("config_warning", { warning: formatDiagnosticLine(warning) });
    }
    const outcome = await this.#take(config);
    ended(outcome, outcome.result === "applied" ? config : undefined);
  }

  /** A first config that is wrong ends the program; a later one changes nothing. */
  #refused(
    diagnostics: readonly Diagnostic[],
    { source, hash }: { readonly source: string; readonly hash: string },
  ): void {
    this.#rollouts.begin({ source, hash, diagnostics })({ result: "refused" });
    const { revision } = this.#daemon;
    this.io.stderr(formatDiagnostics(diagnostics, this.io.color && Deno.stderr.isTerminal()));
    this.#metrics.reloads.add("invalid");
    if (!this.#started) return this.#exit.resolve(2);
    this.#log.error("config_refused", { mistakes: diagnostics.length, revision });
  }

  /** Takes a config over. All that can fail comes before what cannot be taken back. */
  async #take(config: Config): Promise<RolloutOutcome> {
    const first = !this.#started;
    this.#started = true;
    let access: OpenedDestination | null = null;
    try {
      access = await this.#telemetry.accessTo.open(config.access_log.to);
      if (first) this.#settle(config, access);
      // Before anything is looked up.
      this.#daemon.resolver.configure(dnsOptions(config));
      await this.#admin.configure(config.admin);
      // Before the first session: what was drained stays drained.
      if (first) await this.#operator.overrides.keepIn(config.state_dir);
      const rollout = await this.#daemon.apply(config);
      this.#operator.overrides.reconcile();
      if (!first) await this.#operator.overrides.keepIn(config.state_dir);
      if (!first) this.#settle(config, access);
      if (rollout === null) return { result: "superseded" };
      this.#announce(rollout, config, first);
      return { result: "applied", ...rollout };
    } catch (error) {
      if (!first && error instanceof FproxyError && error.retryable) {
        access?.sink?.close();
        this.#daemon.resolver.configure(this.#dns);
        this.#takeLater(config, error);
        return { result: "waiting", error: error.message };
      }
      this.#metrics.reloads.add("failed");
      this.#log.error(first ? "start_failed" : "config_refused", {
        error: errorMessage(error),
      });
      if (first) this.#exit.resolve(1);
      access?.sink?.close();
      this.#daemon.resolver.configure(this.#dns);
      return { result: "failed", error: errorMessage(error) };
    }
  }

  /** It is well, but there is no room for it as long as sessions of what was removed run: it is tried again. */
  #takeLater(config: Config, error: FproxyError): void {
    if (this.#waiting !== config) this.#log.warn("config_waits", { error: error.message });
    this.#waiting = config;
    systemClock.timer(CONFIG_ROOM_RETRY_MS, () => {
      this.#enqueue(async () => {
        const newest = this.#newestConfig;
        if (!this.#stopping && newest?.type === "config" && newest.config === config) {
          await this.#onConfig(newest);
        }
      });
    });
  }

  /** Settings that cannot fail. @param access where the access log goes from now on, null where it stays. */
  #settle(config: Config, access: OpenedDestination | null): void {
    this.#configureLog(config);
    this.#dns = dnsOptions(config);
    this.#telemetry.accessLog.formatBy(this.options.formatAccess ?? accessFormat(config.access_log, this.io));
    if (access !== null) this.#telemetry.accessTo.use(access);
  }

  #announce(rollout: Rollout, config: Config, first: boolean): void {
    const { revision, added, changed, removed } = rollout;
    this.#metrics.reloads.add("success");
    this.#log.info(first ? "started" : "config_applied", {
      revision,
      apps: config.apps.length,
      added: added.length,
      changed: changed.length,
      removed: removed.length,
      ...(first ? { startup_ms: Math.round(systemClock.now() - STARTED_AT) } : {}),
    });
    if (first) this.#ready(this.#status());
    this.#priority.lower(config.control.nice);
  }

  #ready(status: Status): void {
    const { bindOrExit = false, stopAfterMs, onReady } = this.options;
    const isBound = status.apps.every((app) => app.listeners.every(({ bound }) => bound));
    if (bindOrExit && !isBound) return this.#exit.resolve(1);
    onReady?.(status, this.#telemetry.accessLog, {
      status: () => this.#status(),
      stop: (cause) => this.#stop(cause, 130),
    });
    if (stopAfterMs !== undefined) systemClock.timer(stopAfterMs, () => this.#drain());
  }

  #configureLog(config: Config): void {
    const { level, format } = config.log;
    const auto = Deno.stderr.isTerminal() ? "pretty" : "json";
    this.#log.configure({ format: format === "auto" ? auto : format });
    this.#logLevel.configure(this.options.logLevel ?? level);
  }

  #status(): Status {
    const dropped = { access_records: this.#telemetry.accessLog.dropped, log_lines: this.io.dropped };
    return readStatus(this.#daemon, this.#board, dropped, this.#operator);
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
