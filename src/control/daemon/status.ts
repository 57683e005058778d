import { listenHint } from "../../base/errors.ts";
import { threadNice } from "../../engine/mod.ts";
import { formatAddress } from "../../model/address.ts";
import { Board, Counter, Header, PROCESS_SLOT, Shared } from "../../model/board.ts";
import { CLOSE_REASONS } from "../../model/close_reason.ts";
import type { EjectionCause } from "../../model/ejections.ts";
import type { ListenFailure } from "../../model/messages.ts";
import type { AppSnapshot, TargetSnapshot } from "../../model/snapshot.ts";
import { Admin, Health, TargetWords, WEIGHT_UNIT, wordOf } from "../../model/target_words.ts";
import type { OverrideStatus } from "../overrides/override_json.ts";
import type { EjectionStatus } from "../availability/outliers/app_ejections.ts";
import type { TargetHealth } from "../availability/health_checks.ts";
import type { CounterTotals } from "../telemetry/counter_totals.ts";
import type { NameStatus } from "../dns/resolver.ts";
import { type RuleStatus, ruleStatuses } from "./rule_status.ts";
import { type AppCondition, isAvailable, readAppCondition } from "./app_condition.ts";
import type { Daemon } from "./daemon.ts";
import type { ThreadStatus } from "./threads/pool.ts";

/** What `/api/status` shows: plain data, keys as in logs and metrics. */
export interface Status {
  readonly revision: number;
  /** Whether every app is ready, see {@link AppStatus.ready}. */
  readonly ready: boolean;
  readonly connections: { readonly active: number; readonly max: number };
  readonly dropped: Dropped;
  readonly apps: readonly AppStatus[];
  /** Nice value of the control thread: above that of data threads it yields to them, see the config key `control.nice`. */
  readonly control: { readonly nice: number };
  readonly threads: readonly ThreadStatus[];
  readonly names: readonly NameStatus[];
}

/** What was dropped since the start, because its reader was too slow or gone. */
export interface Dropped {
  readonly access_records: number;
  readonly log_lines: number;
}

/** One app. */
export interface AppStatus extends AppCondition {
  readonly name: string;
  readonly revision: number;
  readonly engine: string;
  readonly strategy: string;
  /** Of the strategy `rules`, in their order; absent with others. */
  readonly rules?: readonly RuleStatus[];
  /** Of an app with a strategy of the user's own. */
  readonly script?: ScriptStatus;
  readonly counters: AppCounters;
  readonly listeners: readonly ListenerStatus[];
  readonly targets: readonly TargetStatus[];
}

/** The script of an app. */
export interface ScriptStatus {
  readonly file: string;
  /** SHA-256 of path and content: another one when the file changed. */
  readonly hash: string;
  /** How often it failed, over all threads since the app was added. */
  readonly failures_total: number;
}

/** Sums over all threads since the app was added. Bytes are counted when a session ends. */
export interface AppCounters {
  readonly connections_total: number;
  readonly connections_active: number;
  /** Sessions ended, by reason; reasons that never occurred are left out. */
  readonly connections_closed_total: Readonly<Record<string, number>>;
  readonly connect_retries_total: number;
  readonly bytes_in_total: number;
  readonly bytes_out_total: number;
  /** How often targets were ejected, by cause; causes that never occurred are left out. */
  readonly ejections_total: Readonly<Partial<Record<EjectionCause, number>>>;
}

/** One listen address. */
export interface ListenerStatus {
  /** What is configured: an address, or a name, which has an entry for each of its addresses. */
  readonly listener: string;
  /** The address as bound; empty where a name has none. */
  readonly address: string;
  /** Whether some thread accepts from it. */
  readonly bound: boolean;
  /** Listening sockets that threads accept from, and how many there should be: one a thread. */
  readonly sockets_served: number;
  readonly sockets_wanted: number;
  /** Why it is not bound, or not in every thread, with the likely cause. */
  readonly error?: string;
  readonly connections_total: number;
  readonly connections_active: number;
  readonly accept_errors_total: number;
}

/** One target: what the config says, what an operator overrode, what health found, and what that comes to. */
export interface TargetStatus {
  readonly target: string;
  readonly addresses: readonly string[];
  /** Weight in the config. */
  readonly weight: number;
  readonly backup: boolean;
  /** What an operator said of it, null for nothing. */
  readonly override: OverrideStatus | null;
  /** What health checks and failing sessions say. */
  readonly health: keyof typeof Health;
  /** What it comes to. */
  readonly admin: keyof typeof Admin;
  readonly effective_weight: number;
  /** Whether it can take sessions, its connection limit aside. */
  readonly available: boolean;
  /** What probes found; absent where it is not probed. */
  readonly probe?: ProbeStatus;
  readonly connections_total: number;
  readonly connections_active: number;
  readonly connect_attempts_total: number;
  readonly connect_failures_total: number;
  readonly bytes_in_total: number;
  readonly bytes_out_total: number;
  readonly ejections_total: number;
  /** While it is ejected. */
  readonly ejection?: EjectionStatus;
}

/** What is said of a target of an app besides the config and the board. */
export interface TargetLayerStatus {
  override(app: string, target: TargetSnapshot): OverrideStatus | null;
}

const NO_LAYERS: TargetLayerStatus = { override: () => null };

/** What the probes of a target found. Times are those of RFC 3339. */
export interface ProbeStatus {
  readonly status: "unknown" | "up" | "down";
  /** Since when the status is what it is. */
  readonly since: string;
  /** When the last probe had its result; null before the first. */
  readonly last_check: string | null;
  readonly passed: boolean;
  /** What the last probe found. */
  readonly reason: string;
  /** Probes in a row that spoke against the status. */
  readonly against: number;
  readonly checks_total: number;
  readonly check_failures_total: number;
  /** What the target's agent said; absent where it said nothing of that. */
  readonly agent?: {
    readonly admin?: keyof typeof Admin;
    readonly weight?: number;
    readonly max_connections?: number;
  };
}

const NONE_DROPPED: Dropped = { access_records: 0, log_lines: 0 };

/** Reads everything there is to know off the daemon and the board. @param dropped by the logs. */
export function readStatus(
  daemon: Daemon,
  board: Board,
  dropped: Dropped = NONE_DROPPED,
  layers: TargetLayerStatus = NO_LAYERS,
): Status {
  const of = (snapshot: AppSnapshot, leaving: boolean): AppStatus =>
    appStatus(daemon, board, snapshot, layers, leaving);
  const leaving = [...daemon.departures.apps].map((snapshot) => of(snapshot, true));
  const apps = [
    ...[...daemon.snapshots.values()].map((app) => of(app, daemon.stopping)),
    ...leaving.filter((app) => app.counters.connections_active > 0),
  ];
  return {
    revision: daemon.revision,
    ready: isReady(apps, daemon),
    connections: {
      active: Atomics.load(board.words, Board.word(PROCESS_SLOT, Shared.taken)),
      max: Atomics.load(board.words, Header.maxConnections),
    },
    dropped,
    control: { nice: threadNice() },
    apps,
    threads: daemon.fleet.status(),
    names: daemon.resolver.status(),
  };
}

/** A proxy that stops, or has no config yet, is not ready; apps on their way out do not count. */
function isReady(apps: readonly AppStatus[], daemon: Daemon): boolean {
  if (daemon.revision === 0 || daemon.stopping) return false;
  return apps.every((app) => app.ready);
}

/** One app of the running config, undefined where there is none of that name. */
export function readAppStatus(
  daemon: Daemon,
  board: Board,
  name: string,
  layers: TargetLayerStatus,
): AppStatus | undefined {
  const snapshot = daemon.snapshots.get(name);
  return snapshot === undefined ? undefined : appStatus(daemon, board, snapshot, layers, daemon.stopping);
}

function appStatus(
  daemon: Daemon,
  board: Board,
  snapshot: AppSnapshot,
  layers: TargetLayerStatus,
  leaving: boolean,
): AppStatus {
  const { totals, availability: { passive: { outliers } } } = daemon;
  const condition = readAppCondition(daemon, new TargetWords(board), snapshot, leaving);
  const listeners = listenerStatuses(daemon, snapshot, leaving);
  const targets = snapshot.targets.map((target) =>
    targetStatus(
      daemon,
      board,
      snapshot.name,
      target,
      condition.fails_open,
      leaving ? null : layers.override(snapshot.name, target),
    )
  );
  return {
    name: snapshot.name,
    ...condition,
    revision: snapshot.revision,
    engine: snapshot.engine,
    strategy: snapshot.strategy.type,
    ...ruleStatuses(totals, snapshot.strategy),
    ...scriptStatus(snapshot, totals),
    counters: {
      ...appCounters(totals, snapshot.slot),
      ejections_total: outliers.totals(snapshot.name),
    },
    listeners,
    targets,
  };
}

function scriptStatus({ slot, strategy }: AppSnapshot, totals: CounterTotals): Pick<AppStatus, "script"> {
  const script = strategy.script ?? strategy.strategy?.script;
  if (script === undefined) return {};
  const { file, hash } = script;
  return { script: { file, hash, failures_total: totals.sum(slot, Counter.scriptFailures) } };
}

function listenerStatuses(daemon: Daemon, snapshot: AppSnapshot, leaving: boolean): ListenerStatus[] {
  const { totals, listening } = daemon;
  const failures = daemon.bindRetry.failuresOf(snapshot.name);
  const configured = listening.configuredOf(snapshot.name);
  const listeners = snapshot.listeners.map(({ key, address, slot }): ListenerStatus => {
    const failure = leaving ? undefined : failures.get(key);
    const { wanted, served } = leaving ? { wanted: 0, served: 0 } : daemon.fleet.serviceOf(snapshot, key);
    return {
      listener: configured.get(key) ?? key,
      address: formatAddress(address),
      bound: served > 0,
      sockets_served: served,
      sockets_wanted: wanted,
      ...(failure === undefined ? {} : { error: listenError(failure) }),
      connections_total: totals.sum(slot, Counter.connections),
      connections_active: totals.sum(slot, Counter.held),
      accept_errors_total: totals.sum(slot, Counter.acceptErrors),
    };
  });
  const problems = leaving ? [] : listening.problemsOf(snapshot.name);
  return [
    ...listeners,
    ...problems.map((problem): ListenerStatus => ({
      listener: problem.configured,
      address: problem.address,
      bound: false,
      sockets_served: 0,
      sockets_wanted: 0,
      error: listenError(problem),
      connections_total: 0,
      connections_active: 0,
      accept_errors_total: 0,
    })),
  ];
}

function listenError({ code, message }: Pick<ListenFailure, "code" | "message">): string {
  return [message, listenHint(code)].filter(Boolean).join(": ");
}

function appCounters(totals: CounterTotals, slot: number): Omit<AppCounters, "ejections_total"> {
  const closed = CLOSE_REASONS.map((reason, i) => [reason, totals.sum(slot, Counter.closed + i)] as const);
  return {
    connections_total: totals.sum(slot, Counter.connections),
    connections_active: totals.sum(slot, Counter.held),
    connections_closed_total: Object.fromEntries(closed.filter(([, count]) => count > 0)),
    connect_retries_total: totals.sum(slot, Counter.retries),
    bytes_in_total: totals.sum(slot, Counter.bytesIn),
    bytes_out_total: totals.sum(slot, Counter.bytesOut),
  };
}

function targetStatus(
  daemon: Daemon,
  board: Board,
  app: string,
  target: TargetSnapshot,
  failsOpen: boolean,
  override: OverrideStatus | null,
): TargetStatus {
  const { totals, availability: { health, passive: { outliers } } } = daemon;
  const words = new TargetWords(board);
  const weight = words.weight(target.slot, target.weight);
  const ejection = outliers.status(app, target.slot);
  const probe = health.of(app, target.key);
  return {
    target: target.key,
    addresses: target.addresses.map(formatAddress),
    weight: target.weight,
    backup: target.backup,
    override,
    health: wordOf(Health, words.health(target.slot)),
    admin: wordOf(Admin, words.admin(target.slot)),
    effective_weight: weight / WEIGHT_UNIT,
    available: isAvailable(words, target, failsOpen),
    ...(probe === null ? {} : { probe: probeStatus(probe) }),
    connections_total: totals.sum(target.slot, Counter.connections),
    connections_active: totals.sum(target.slot, Counter.held),
    connect_attempts_total: totals.sum(target.slot, Counter.connectAttempts),
    connect_failures_total: totals.sum(target.slot, Counter.connectFailures),
    bytes_in_total: totals.sum(target.slot, Counter.bytesIn),
    bytes_out_total: totals.sum(target.slot, Counter.bytesOut),
    ejections_total: outliers.total(app, target.slot),
    ...(ejection === null ? {} : { ejection }),
  };
}

function probeStatus({ state, since, checkedAt, passed, reason, counts, report }: TargetHealth): ProbeStatus {
  const agent = {
    ...(report.admin === null ? {} : { admin: wordOf(Admin, report.admin) }),
    ...(report.weight === null ? {} : { weight: report.weight }),
    ...(report.maxConnections === null ? {} : { max_connections: report.maxConnections }),
  };
  return {
    status: state.status,
    since: new Date(since).toISOString(),
    last_check: checkedAt === null ? null : new Date(checkedAt).toISOString(),
    passed,
    reason,
    against: state.against,
    checks_total: counts.probes,
    check_failures_total: counts.failures,
    ...(Object.keys(agent).length === 0 ? {} : { agent }),
  };
}
