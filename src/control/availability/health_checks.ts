import type { Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/log.ts";
import type { Random } from "../../base/random.ts";
import { newConnectChecker } from "../../engine/mod.ts";
import { type Board, Counter } from "../../model/board.ts";
import type { AppConfig, TargetConfig } from "../../model/config.ts";
import type { HealthCheckConfig } from "../../model/config_health.ts";
import { formatTarget, isService, parseTarget } from "../../model/endpoint_url.ts";
import { serviceDomain } from "../../model/host_port.ts";
import type { ProxyVersion } from "../../model/proxy_protocol.ts";
import type { AppSnapshot, TargetSnapshot } from "../../model/snapshot.ts";
import { Admin, Health, type HealthValue, TargetWords } from "../../model/target_words.ts";
import type { CounterTotals } from "../telemetry/counter_totals.ts";
import type { AgentReport } from "./agent_reply.ts";
import { ProbeSchedule } from "./probe_schedule.ts";
import { newRecord, type ProbeRecord, ProbeTask } from "./probe_task.ts";
import { firstDelay, nextDelay, secondDelay } from "./probe_times.ts";
import { probes } from "./probes/mod.ts";
import type { ConnectCheck } from "./probes/probe.ts";

/** What {@link HealthChecks} are made from. */
export interface HealthChecksOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly board: Board;
  readonly totals: CounterTotals;
  /** Addresses of a name, looked up now. */
  find(host: string): Promise<readonly string[]>;
  /** A target's agent said something else than before, or there is none any more. */
  onAgent(app: string, target: string): void;
  /** These targets went down, and their sessions are to end. Slots on the board. */
  closeSessions(slots: readonly number[]): void;
  /** An agent changed how many connections a target of this app may have. */
  onLimits(app: string): void;
}

/** A target of an app that is probed. */
interface Checked {
  readonly app: CheckedApp;
  target: TargetSnapshot;
  task: Task;
}

type Task = ProbeTask<Checked>;

/** A target as the config has it, or one host of a service. */
type ProbedTarget = TargetConfig & {
  /** Domain whose service the host is; null where it is none. */
  readonly domain: string | null;
};

/** What an app has to do with probes. */
interface CheckedApp {
  readonly name: string;
  readonly slot: number;
  config: AppConfig;
  snapshot: AppSnapshot;
  /** By key of the target. */
  readonly targets: Map<string, Checked>;
  /** Each target has had its first probe, when there were any for the first time. */
  isProbed: boolean;
}

/** What is told of one target's probes. */
export type TargetHealth = Readonly<ProbeRecord>;

/**
 * Probes the targets of all apps that ask for it, and writes what it finds to the board. A target of several apps that is
 * probed in the same way is probed once. What is known of a target stays as long as the target does.
 */
export class HealthChecks {
  readonly #apps = new Map<string, CheckedApp>();
  readonly #tasks = new Map<string, Task>();
  readonly #words: TargetWords;
  readonly #schedule: ProbeSchedule<Task>;
  /** New since the last {@link begin}. */
  readonly #fresh = new Set<Task>();
  readonly #traffic = new WeakMap<Task, number>();
  #number = 0;
  /** Made with the first probe. */
  #connects: { readonly checker: ConnectCheck | null } | null = null;
  #maxProbes = 1;

  constructor(private readonly options: HealthChecksOptions) {
    this.#words = new TargetWords(options.board);
    this.#schedule = new ProbeSchedule(options.clock, () => this.#maxProbes, (task) => this.#probe(task));
  }

  /** Takes over an app as it is now. Its new targets are probed after {@link begin}. */
  set(snapshot: AppSnapshot, config: AppConfig): void {
    let app = this.#apps.get(snapshot.name);
    // An app that was removed and came back has another slot, and is another app.
    if (app !== undefined && app.slot !== snapshot.slot) {
      this.remove(app.name);
      app = undefined;
    }
    app ??= {
      name: snapshot.name,
      slot: snapshot.slot,
      config,
      snapshot,
      targets: new Map(),
      isProbed: false,
    };
    this.#apps.set(snapshot.name, app);
    app.config = config;
    app.snapshot = snapshot;
    this.#setTargets(app);
    this.#settleApp(app);
  }

  /** The app is gone: its targets are probed no more. */
  remove(name: string): void {
    const app = this.#apps.get(name);
    this.#apps.delete(name);
    for (const checked of app?.targets.values() ?? []) this.#leave(checked);
  }

  /** Begins to probe what is new. @param maxProbes that may be under way at once. */
  begin(maxProbes: number): void {
    this.#maxProbes = maxProbes;
    const now = this.options.clock.now();
    let n = 0;
    for (const task of this.#fresh) {
      this.#schedule.at(task, now + firstDelay(task.check, n++, this.#fresh.size));
    }
    this.#fresh.clear();
  }

  /** Probes no more. */
  close(): void {
    this.#schedule.close();
    this.#apps.clear();
    this.#tasks.clear();
  }

  /** Whether each target of the app has had its first probe; true for an app without probes. */
  isProbed(app: string): boolean {
    return this.#apps.get(app)?.isProbed ?? true;
  }

  /** Targets that the app wants available to count as ready. */
  minAvailable(app: string): number {
    return this.#apps.get(app)?.config.min_available ?? 1;
  }

  /** What is known of a target from its probes; null where it has none. */
  of(app: string, target: string): TargetHealth | null {
    return this.#apps.get(app)?.targets.get(target)?.task.record ?? null;
  }

  /** What probes found last of the target in a slot. */
  statusOf(slot: number): Exclude<HealthValue, typeof Health.ejected> {
    for (const { targets } of this.#apps.values()) {
      for (const { target, task } of targets.values()) {
        if (target.slot === slot) return Health[task.record.state.status];
      }
    }
    return Health.unknown;
  }

  /** What the target's agent said; null where none is asked. */
  agentOf(app: string, target: string): AgentReport | null {
    const checked = this.#apps.get(app)?.targets.get(target);
    return checked?.task.check.type === "agent" ? checked.task.record.report : null;
  }

  #setTargets(app: CheckedApp): void {
    const before = new Map(app.targets);
    app.targets.clear();
    app.snapshot.targets.forEach((target) => {
      // A service is several targets; all are probed as its line in the config says.
      const line = app.config.targets[target.configIndex];
      if (line === undefined) return;
      const config = isService(line)
        ? { ...line, ...parseTarget(target.key), domain: serviceDomain(line.host) }
        : { ...line, domain: null };
      const known = before.get(target.key);
      const isSame = known !== undefined && known.target.slot === target.slot;
      if (config.health_check !== null) {
        if (isSame) before.delete(target.key);
        this.#check(app, config, config.health_check, target, isSame ? known : undefined);
      } else if (isSame) this.#forget(target, known);
    });
    for (const checked of before.values()) this.#leave(checked);
  }

  /** @param known the same target as it was checked until now. */
  #check(
    app: CheckedApp,
    config: ProbedTarget,
    check: HealthCheckConfig,
    target: TargetSnapshot,
    known: Checked | undefined,
  ): void {
    const key = taskKey(app, config, check);
    const before = known?.task;
    const isOther = before?.key !== key;
    const task = isOther ? this.#task(key, app, config, check, before?.record) : before;
    task.addresses = probedAddresses(check, config, target);
    const checked: Checked = known ?? { app, target, task };
    if (isOther && known !== undefined) this.#leave(known);
    checked.target = target;
    checked.task = task;
    task.subscribers.add(checked);
    app.targets.set(target.key, checked);
    this.#writeHealth(checked);
    const hadAgent = known !== undefined && isOther && before?.check.type === "agent";
    if (check.type === "agent" || hadAgent) this.#writeWords(checked);
  }

  #task(
    key: string,
    app: CheckedApp,
    config: ProbedTarget,
    check: HealthCheckConfig,
    known: ProbeRecord | undefined,
  ): Task {
    const shared = this.#tasks.get(key);
    if (shared !== undefined) return shared;
    const subject = {
      app: app.name,
      target: formatTarget(config),
      host: config.host,
      port: config.port,
      domain: config.domain,
      url: config.url,
      sendProxy: proxyOf(config, check),
      caCerts: app.snapshot.http?.tls.caCerts ?? [],
    };
    const record = known === undefined
      ? newRecord(check.initial_status, this.options.clock.wallTime())
      : { ...known, counts: { ...known.counts } };
    const task: Task = new ProbeTask(key, check, subject, this.#number++, record);
    this.#tasks.set(key, task);
    this.#fresh.add(task);
    return task;
  }

  /** The target is not checked like this any more. */
  #leave(checked: Checked): void {
    const { task } = checked;
    task.subscribers.delete(checked);
    if (task.subscribers.size > 0) return;
    this.#tasks.delete(task.key);
    this.#fresh.delete(task);
    this.#schedule.remove(task);
  }

  async #probe(task: Task): Promise<void> {
    const { clock, random, find } = this.options;
    this.#connects ??= { checker: newConnectChecker(clock) };
    const startedAt = clock.now();
    const isFirst = task.record.checkedAt === null;
    const result = this.#isInMaintenance(task)
      ? null
      : await task.run({ clock, connects: this.#connects.checker, find });
    // It was removed meanwhile.
    if (this.#tasks.get(task.key) !== task) return;
    if (result !== null) {
      const { isFlip, isOtherReport } = task.observe(result, clock.wallTime());
      if (isFlip) this.#flipped(task);
      if (isOtherReport) this.#reported(task);
      if (isFirst) { for (const { app } of task.subscribers) this.#settleApp(app); }
    }
    const { check, record: { state } } = task;
    const delay = isFirst
      ? secondDelay(check, task.number)
      : nextDelay(check, state, this.#hadTraffic(task), random);
    this.#schedule.at(task, startedAt + delay);
  }

  /** Nobody asks how a target is that an operator took out altogether; an agent that did so has to be asked. */
  #isInMaintenance({ subscribers, record }: Task): boolean {
    if (record.report.admin === Admin.maint) return false;
    for (const { target } of subscribers) {
      if (this.#words.admin(target.slot) !== Admin.maint) return false;
    }
    return true;
  }

  #hadTraffic(task: Task): boolean {
    if (task.check.no_traffic_interval === "auto") return true;
    const { totals } = this.options;
    let held = 0;
    let count = 0;
    for (const { target: { slot } } of task.subscribers) {
      held += totals.sum(slot, Counter.held);
      count += totals.sum(slot, Counter.connectAttempts) + totals.sum(slot, Counter.requests);
    }
    const before = this.#traffic.get(task);
    this.#traffic.set(task, count);
    return held > 0 || before !== undefined && before !== count;
  }

  #flipped(task: Task): void {
    const { record: { state: { status }, reason } } = task;
    const closing: number[] = [];
    for (const checked of task.subscribers) {
      const { app, target } = checked;
      this.#writeHealth(checked);
      const isFirst = task.record.counts.probes === 1;
      const level = status === "down" ? "warn" : isFirst ? "debug" : "info";
      this.options.log.log(level, `target_${status}`, { app: app.name, target: target.key, reason });
      if (status === "down" && app.config.on_down === "close") closing.push(target.slot);
    }
    if (closing.length > 0) this.options.closeSessions(closing);
  }

  #reported(task: Task): void {
    const { report, reason } = task.record;
    for (const checked of task.subscribers) {
      const { app, target } = checked;
      this.#writeWords(checked);
      this.options.log.info("target_agent", { app: app.name, target: target.key, reason });
      if (report.maxConnections !== null) this.options.onLimits(app.name);
    }
  }

  #writeHealth({ target, task }: Checked): void {
    this.#words.setHealth(target.slot, Health[task.record.state.status]);
  }

  #writeWords({ app, target }: Checked): void {
    this.options.onAgent(app.name, target.key);
  }

  /** Nothing is known any more of a target that is probed no more. */
  #forget(target: TargetSnapshot, { app, task }: Checked): void {
    this.#words.setHealth(target.slot, Health.unknown);
    if (task.check.type === "agent") this.options.onAgent(app.name, target.key);
  }

  #settleApp(app: CheckedApp): void {
    app.isProbed ||= [...app.targets.values()].every(({ target, task }) =>
      target.weight === 0 || task.record.checkedAt !== null
    );
  }
}

/** What all that is probed in the same way has in common. */
function taskKey(app: CheckedApp, target: ProbedTarget, check: HealthCheckConfig): string {
  const { host, port, domain, url } = target;
  const isOfApp = probes.get(check.type).isOfApp === true;
  return JSON.stringify([
    check,
    host,
    port,
    domain,
    url,
    proxyOf(target, check),
    app.snapshot.http?.tls.caCerts ?? [],
    isOfApp ? app.name : "",
  ]);
}

/** What is not the target itself, but something beside it, expects no header. */
function proxyOf({ send_proxy, port }: TargetConfig, check: HealthCheckConfig): ProxyVersion | null {
  const isTarget = check.address === "auto" && (check.port === "auto" || check.port === port);
  return isTarget && send_proxy !== "off" ? send_proxy : null;
}

function probedAddresses(
  check: HealthCheckConfig,
  { port }: TargetConfig,
  { addresses }: TargetSnapshot,
): AppSnapshot["listeners"][number]["address"][] {
  const probedPort = check.port === "auto" ? port : check.port;
  if (check.address !== "auto") return [{ ip: check.address, port: probedPort }];
  return addresses.map(({ ip }) => ({ ip, port: probedPort }));
}
