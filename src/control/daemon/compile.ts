import { Interner } from "../../base/interner.ts";
import type { EngineName } from "../../engine/engine.ts";
import type { AppConfig } from "../../model/config.ts";
import { parseCidrRange } from "../cel/cidr_range.ts";
import type { AppCertificates } from "../certificates/app_certificates.ts";
import { compileHttpPolicy } from "./compile_http_policy.ts";
import { compileLimits, type WantedLimitTable } from "./compile_limits.ts";
import { compileRules } from "./compile_rules.ts";
import { compileStrategy, type StrategySurroundings } from "./compile_strategy.ts";
import { compileTargets, type TargetNames } from "./compile_targets.ts";
import type { MaglevEntry } from "../../strategy/mod.ts";
import type { AccessTableRef } from "../../model/access_table.ts";
import type { HashTableRef } from "../../model/hash_table.ts";
import type { LimitTableRef } from "../../model/limit_table.ts";
import type { ProxyAccept } from "../../model/proxy_protocol.ts";
import type {
  AppSnapshot,
  ListenerSnapshot,
  OutlierPolicy,
  Policy,
  ScriptSnapshot,
  StrategySnapshot,
  TargetSnapshot,
} from "../../model/snapshot.ts";
import type { AppListening } from "./listening/listen_plan.ts";
import type { PortSettler } from "./listening/port_settler.ts";
import type { Slots } from "./slots.ts";

/** What compiling an app draws on. */
export interface CompileContext extends Omit<TargetNames, "agentLimit"> {
  readonly slots: Slots;
  readonly ports: Pick<PortSettler, "settle">;
  /** Engine that carries the app. @throws {FproxyError} when the one it asks for does not work here. */
  engine(app: AppConfig): EngineName;
  /** Where the app is to listen. */
  listening(app: AppConfig): AppListening;
  /** What the app's certificate files hold. */
  certificates(app: AppConfig): AppCertificates;
  /** The script of the app's strategy, null where it has none. */
  script(app: AppConfig): ScriptSnapshot | null;
  /** Most idle connections that each thread may keep to an address of an endpoint. */
  readonly maxIdleConnections: number;
  /** The proxy's own zone; empty where the config has none. */
  readonly zone: string;
  /** The hash table for these targets, null for none. @throws {FproxyError} when there is no memory for it. */
  hashTable(entries: readonly MaglevEntry[]): HashTableRef | null;
  /** The table of the app's access rules, null for none. @throws {FproxyError} when there is no memory for it. */
  access(app: AppConfig): AccessTableRef | null;
  /** The app's limit table, null for none. @throws {FproxyError} when there is no memory for it. */
  limitTable(app: string, slot: number, wanted: WantedLimitTable): LimitTableRef | null;
  /** Most connections that a target may have by what its agent says, 0 for any number; null where none says so. */
  maxConnections?(app: string, target: string): number | null;
  /** `access_log.sample`. */
  readonly accessLogSample: number;
}

/** Turns an app of the config into what data threads work from. */
export function compileApp(app: AppConfig, revision: number, context: CompileContext): AppSnapshot {
  const { slots } = context;
  const { certificate, caCerts } = context.certificates(app);
  const targets = compileTargets(app.targets, {
    addresses: (host) => context.addresses(host),
    records: (service) => context.records(service),
    agentLimit: (key) => context.maxConnections?.(app.name, key) ?? null,
  }, (key) => slots.acquire(targetSlotName(app.name, key)));
  const slot = slots.acquire(appSlotName(app.name));
  return {
    name: app.name,
    slot,
    engine: context.engine(app),
    revision,
    listeners: compileListeners(app, context),
    targets,
    strategy: compileAppStrategy(app, targets, context),
    policy: policies.of(compilePolicy(app, context.accessLogSample)),
    outliers: compileOutliers(app),
    http: app.http === null ? null : compileHttpPolicy(app.http, caCerts, context.maxIdleConnections),
    certificate,
    access: context.access(app),
    limits: compileLimits(app, (wanted) => context.limitTable(app.name, slot, wanted)),
    proxyAccept: compileProxyAccept(app),
  };
}

const policies = new Interner<Policy>();

/** Each rollout asks for the names of all apps, most of which have stayed the same objects. */
const slotNamesByApp = new WeakMap<AppSnapshot, readonly string[]>();

/** Names of all slots that an app uses. */
export function slotNames(app: AppSnapshot): readonly string[] {
  const known = slotNamesByApp.get(app);
  if (known !== undefined) return known;
  const names = [
    appSlotName(app.name),
    ...app.listeners.map(({ key }) => listenerSlotName(app.name, key)),
    ...app.targets.map(({ key }) => targetSlotName(app.name, key)),
    ...(app.strategy.rules ?? []).map(({ key }) => ruleSlotName(app.name, key)),
  ];
  slotNamesByApp.set(app, names);
  return names;
}

/** Slot name of an app. */
export function appSlotName(app: string): string {
  return `app ${app}`;
}

function listenerSlotName(app: string, key: string): string {
  return `listener ${app} ${key}`;
}

function targetSlotName(app: string, key: string): string {
  return `target ${app} ${key}`;
}

function ruleSlotName(app: string, key: string): string {
  return `rule ${app} ${key}`;
}

function compileAppStrategy(
  app: AppConfig,
  targets: readonly TargetSnapshot[],
  { zone, script, slots, hashTable }: Pick<CompileContext, "zone" | "script" | "slots" | "hashTable">,
): StrategySnapshot {
  const surroundings: StrategySurroundings = {
    zone,
    script: script(app),
    table: (among) => hashTable(tableEntries(targets, among)),
    rules: (rules) =>
      compileRules(rules, app, targets, {
        slot: (key) => slots.acquire(ruleSlotName(app.name, key)),
        strategy: (strategy, among) =>
          compileStrategy(strategy, { ...surroundings, table: () => surroundings.table(among) }),
      }),
  };
  return compileStrategy(app.strategy, surroundings);
}

/** Backups are chosen among without a table: they stand in for each other too seldom. */
function tableEntries(targets: readonly TargetSnapshot[], among?: ReadonlySet<number>): MaglevEntry[] {
  return targets.flatMap(({ key, weight, backup }, index): MaglevEntry[] =>
    backup || weight === 0 || among?.has(index) === false ? [] : [{ key, weight, index }]
  );
}

function compileListeners(app: AppConfig, { slots, ports, listening }: CompileContext): ListenerSnapshot[] {
  return listening(app).entries.flatMap((entry) => {
    const port = ports.settle(entry);
    return entry.listeners.map(({ key, ip }): ListenerSnapshot => (
      { key, address: { ip, port }, slot: slots.acquire(listenerSlotName(app.name, key)) }
    ));
  });
}

function compileOutliers({ outlier_detection: wanted, mode }: AppConfig): OutlierPolicy | null {
  if (wanted === undefined || wanted === false) return null;
  const isHttp = mode === "http";
  return {
    consecutiveFailures: wanted.consecutive_failures,
    consecutive5xx: isHttp ? wanted.consecutive_5xx : 0,
    consecutiveGatewayFailure: isHttp ? wanted.consecutive_gateway_failure : 0,
    maxEjectionPercent: wanted.max_ejection_percent,
  };
}

function compileProxyAccept({ proxy_protocol: { accept, trusted } }: AppConfig): ProxyAccept | null {
  if (accept === "off") return null;
  return { isRequired: accept === "required", trusted: trusted.map(parseCidrRange) };
}

function compilePolicy(app: AppConfig, accessLogSample: number): Policy {
  const { keepalive, receive_buffer, send_buffer } = app.tcp;
  return {
    connectTimeoutMs: app.connect_timeout,
    idleTimeoutMs: app.idle_timeout,
    halfCloseTimeoutMs: app.half_close_timeout,
    maxConnectionDurationMs: app.max_connection_duration,
    drainTimeoutMs: app.drain_timeout,
    maxAttempts: app.retry.max_attempts,
    attemptTimeoutMs: app.retry.attempt_timeout === "auto" ? 0 : app.retry.attempt_timeout,
    raceDelayMs: app.race_delay,
    maxConnections: app.max_connections,
    backlog: app.backlog,
    deferAcceptS: app.tcp.defer_accept / 1000,
    fastOpenQueue: app.tcp.fast_open,
    tcp: {
      noDelay: app.tcp.no_delay,
      keepAlive: keepalive === false
        ? null
        : { idleS: keepalive.idle / 1000, intervalS: keepalive.interval / 1000, count: keepalive.count },
      userTimeoutMs: app.tcp.user_timeout,
      ...(receive_buffer === "auto" ? {} : { receiveBufferBytes: receive_buffer }),
      ...(send_buffer === "auto" ? {} : { sendBufferBytes: send_buffer }),
    },
    failOpenPercent: app.fail_open_percent,
    accessLogSample,
  };
}
