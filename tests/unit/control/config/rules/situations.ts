import assert from "node:assert/strict";
import type { AppConfig, ConfigInput } from "../../../../../src/model/config.ts";
import { parseConfig } from "../../../../kit/configs.ts";

/** An app as a file would hold it. */
export type AppInput = ConfigInput["apps"][number];

/** What an app is like, of all that decides which options have an effect. */
export interface Situation {
  readonly name: string;
  readonly app: AppInput;
}

const TARGETS = {
  tcp: { addresses: ["10.0.0.1:80", "10.0.0.2:80"], names: ["one.example:80", "two.example:80"] },
  http: {
    addresses: ["http://10.0.0.1/", "http://10.0.0.2/"],
    names: ["http://one.example/", "http://two.example/"],
    https: ["https://one.example/", "http://two.example/"],
  },
} as const;
const DISPATCHES = ["sequential", "fanout", "hedged"] as const;
const ENGINES = ["auto", "epoll", "deno"] as const;
const PROBES = ["tcp", "http", "tls", "dns", "agent"] as const;
const STRATEGIES = ["round_robin", "first", "priority"] as const;
/** Strategies that have an option, by option; one that has it all within another. */
const STRATEGY_WITH: Readonly<Record<string, AppInput["strategy"]>> = {
  "strategy.decay": { type: "least_latency" },
  "strategy.key": { type: "source_hash" },
  "strategy.balance_factor": { type: "source_hash" },
  "strategy.file": { type: "script", file: "a.ts" },
  "strategy.strategy": { type: "priority" },
  "strategy.strategy.type": { type: "priority", strategy: { type: "first" } },
  "strategy.strategy.decay": { type: "priority", strategy: { type: "least_latency" } },
  "strategy.strategy.key": { type: "priority", strategy: { type: "source_hash" } },
  "strategy.strategy.balance_factor": { type: "priority", strategy: { type: "source_hash" } },
  "strategy.strategy.file": { type: "priority", strategy: { type: "script", file: "a.ts" } },
  "strategy.overprovisioning_factor": { type: "priority" },
  "strategy.rules": { type: "rules", rules: [{ use: { targets: "all" } }] },
};
const HTTP_TWISTS: Readonly<Record<string, NonNullable<AppInput["http"]>>> = {
  "no extra load": { dispatch: "hedged", max_extra_load: 0 },
  "no pool": { pool: { max_idle: 0 } },
  "unverified": { tls: { insecure_skip_verify: true } },
};

/** Every mode with every dispatch, on every engine, with each kind of target; and what else an option can depend on. */
export const SITUATIONS: readonly Situation[] = [
  ...ENGINES.flatMap((engine) => [
    ...Object.entries(TARGETS.tcp).map(([kind, targets]) => tcp(`${engine}, ${kind}`, targets, { engine })),
    ...DISPATCHES.flatMap((dispatch) =>
      Object.entries(TARGETS.http).filter(([kind]) => kind !== "https" || engine !== "epoll")
        .map(([kind, targets]) =>
          http(`${dispatch}, ${engine}, ${kind}`, targets, { engine, http: { dispatch } })
        )
    ),
  ]),
  ...STRATEGIES.flatMap((strategy) => [
    tcp(strategy, TARGETS.tcp.names, { strategy }),
    http(strategy, TARGETS.http.names, { strategy }),
  ]),
  ...Object.entries(HTTP_TWISTS).flatMap(([name, settings]) => [
    http(name, TARGETS.http.names, { http: settings }),
    http(`${name}, https`, TARGETS.http.https, { http: settings }),
  ]),
  ...[{}, { failure_percentage_threshold: 50 }, { success_rate_stdev_factor: 1.9 }].flatMap((
    outlier_detection,
  ) => [
    tcp(`ejects, ${JSON.stringify(outlier_detection)}`, TARGETS.tcp.names, { outlier_detection }),
    http(`ejects, ${JSON.stringify(outlier_detection)}`, TARGETS.http.names, { outlier_detection }),
  ]),
  tcp("one target", ["one.example:80"], {}),
  ...PROBES.map((type) => tcp(`probed by ${type}`, TARGETS.tcp.names, { health_check: { type } })),
  tcp("told of clients", TARGETS.tcp.names, {
    proxy_protocol: { accept: "optional", trusted: ["10.0.0.0/8"] },
  }),
  http("told of clients", TARGETS.http.names, { proxy_protocol: { accept: "required", trusted: ["::/0"] } }),
  http("probed", TARGETS.http.names, { health_check: { type: "http" } }),
  ...[
    { new_connections_per_second: 9 },
    { per_client: { new_connections_per_second: 9 } },
    { per_client: { max_connections: 9 } },
  ].flatMap((limits) => [
    tcp(`limits, ${JSON.stringify(limits)}`, TARGETS.tcp.names, { limits }),
    http(`limits, ${JSON.stringify(limits)}`, TARGETS.http.names, { limits }),
  ]),
  http("clients on TLS", TARGETS.http.names, { tls: { cert_file: "cert", key_file: "key" } }),
];

function tcp(name: string, targets: readonly string[], rest: Partial<AppInput>): Situation {
  return { name: `tcp, ${name}`, app: { name: "a", ports: [80], targets: [...targets], ...rest } };
}

function http(name: string, targets: readonly string[], rest: Partial<AppInput>): Situation {
  return {
    name: `http, ${name}`,
    app: { name: "a", mode: "http", ports: [80], targets: [...targets], ...rest },
  };
}

/** The app as the schema gives it, alone in its file. */
export function parsedApp(app: AppInput): AppConfig {
  const [parsed] = parseConfig({ apps: [app] }).apps;
  assert.ok(parsed !== undefined);
  return parsed;
}

/** Values that nobody has unless they are written, by option. The first that changes the app counts. */
const SAMPLES: Readonly<Record<string, readonly unknown[]>> = {
  "name": ["b"],
  "ports": [[81]],
  "tls.cert_file": ["other"],
  "tls.key_file": ["other"],
  "mode": ["http", "tcp"],
  "engine": ["deno", "epoll"],
  "strategy": ["first", "round_robin"],
  "strategy.type": ["first", "round_robin"],
  "strategy.decay": ["7s"],
  "strategy.key": ["client_ip_port"],
  "strategy.balance_factor": [170],
  "strategy.file": ["b.ts"],
  "strategy.strategy": ["random"],
  "strategy.strategy.type": ["random"],
  "strategy.strategy.decay": ["7s"],
  "strategy.strategy.key": ["client_ip_port"],
  "strategy.strategy.balance_factor": [170],
  "strategy.strategy.file": ["b.ts"],
  "strategy.overprovisioning_factor": [7],
  "strategy.rules": [[{ deny: true }]],
  "connect_timeout": ["7s"],
  "idle_timeout": ["7s"],
  "half_close_timeout": ["7s"],
  "max_connection_duration": ["7s"],
  "drain_timeout": ["7s"],
  "retry.max_attempts": [7],
  "retry.attempt_timeout": ["7s"],
  "race_delay": ["70ms"],
  "outlier_detection": [{ consecutive_failures: 9 }],
  "outlier_detection.consecutive_failures": [7],
  "outlier_detection.consecutive_5xx": [7],
  "outlier_detection.consecutive_gateway_failure": [7],
  "outlier_detection.interval": ["7s"],
  "outlier_detection.base_ejection_time": ["7s"],
  "outlier_detection.max_ejection_time": ["70s"],
  "outlier_detection.max_ejection_percent": [7],
  "outlier_detection.failure_percentage_threshold": [7],
  "outlier_detection.success_rate_stdev_factor": [7],
  "outlier_detection.min_requests": [7],
  "outlier_detection.min_hosts": [7],
  "slow_start": [{}],
  "slow_start.window": ["7s"],
  "slow_start.aggression": [7],
  "slow_start.min_weight_percent": [7],
  "proxy_protocol.accept": ["required", "optional"],
  "proxy_protocol.trusted": [["10.7.0.0/16"]],
  "proxy_protocol.send": ["v2"],
  "max_connections": [7],
  "access.default": ["deny"],
  "access.rules": [[{ deny: "10.7.7.7" }]],
  "limits.new_connections_per_second": [7],
  "limits.burst": [7],
  "limits.per_client.max_connections": [7],
  "limits.per_client.new_connections_per_second": [7],
  "limits.per_client.burst": [7],
  "limits.per_client.ipv6_prefix": [77],
  "limits.per_client.max_entries": [777],
  "limits.dry_run": [true],
  "backlog": [7],
  "health_check": [{}],
  "health_check.type": ["http", "tcp"],
  "health_check.interval": ["7s"],
  "health_check.jitter": ["7%"],
  "health_check.timeout": ["70ms"],
  "health_check.healthy_threshold": [7],
  "health_check.unhealthy_threshold": [7],
  "health_check.unhealthy_interval": ["7s"],
  "health_check.no_traffic_interval": ["7s"],
  "health_check.port": [7],
  "health_check.address": ["10.7.7.7"],
  "health_check.initial_status": ["down"],
  "health_check.send": ["seven"],
  "health_check.send.hex": ["07"],
  "health_check.expect": ["seven"],
  "health_check.expect.hex": ["07"],
  "health_check.expect.regex": ["se+ven"],
  "health_check.scheme": ["https"],
  "health_check.method": ["HEAD"],
  "health_check.path": ["/7"],
  "health_check.host": ["seven.example"],
  "health_check.headers": [{ "X-Seven": "7" }],
  "health_check.expected_status": [[207]],
  "health_check.body_match": ["se+ven"],
  "health_check.insecure_skip_verify": [true],
  "health_check.min_days": [7],
  "health_check.query": ["seven.example"],
  "health_check.command": [["seven"]],
  "fail_open_percent": [7],
  "min_available": [7],
  "on_down": ["close"],
  "tcp.no_delay": [false],
  "tcp.keepalive": [false],
  "tcp.keepalive.idle": ["7s"],
  "tcp.keepalive.interval": ["7s"],
  "tcp.keepalive.count": [7],
  "tcp.user_timeout": ["7s"],
  "tcp.defer_accept": ["7s"],
  "tcp.fast_open": [7],
  "tcp.send_buffer": ["7KiB"],
  "tcp.receive_buffer": ["7KiB"],
  "http.dispatch": DISPATCHES,
  "http.attempt_timeout": ["7s"],
  "http.hedge_after": ["7s"],
  "http.max_extra_load": [0.07],
  "http.terminal_responses": [[207]],
  "http.on_exhausted": [500],
  "http.max_replay_body": [7],
  "http.replay": ["all"],
  "http.preserve_host": [true],
  "http.forwarded": ["off"],
  "http.request_timeout": ["7s"],
  "http.header_timeout": ["7s"],
  "http.body_timeout": ["7s"],
  "http.min_body_rate": [7],
  "http.max_header_size": ["7KiB"],
  "http.max_headers": [7],
  "http.max_response_header_size": ["7KiB"],
  "http.max_response_headers": [7],
  "http.lenient_responses": [false],
  "http.keep_alive_timeout": ["7s"],
  "http.pool.max_idle": [7],
  "http.pool.idle_timeout": ["7s"],
  "http.tls.ca_file": ["other"],
  "http.tls.insecure_skip_verify": [true, false],
};
const TARGET_SAMPLES: Readonly<Record<string, readonly unknown[]>> = {
  "address": ["http://10.9.9.9/", "10.9.9.9:80"],
  "weight": [7],
  "max_connections": [7],
  "backup": [true],
  "labels": [{ rack: "7" }],
  "priority": [7],
  "zone": ["z"],
  "send_proxy": ["v2"],
  "health_check": [{}],
  "health_check.type": ["http", "tcp"],
  "health_check.interval": ["7s"],
  "health_check.jitter": ["7%"],
  "health_check.timeout": ["70ms"],
  "health_check.healthy_threshold": [7],
  "health_check.unhealthy_threshold": [7],
  "health_check.unhealthy_interval": ["7s"],
  "health_check.no_traffic_interval": ["7s"],
  "health_check.port": [7],
  "health_check.address": ["10.7.7.7"],
  "health_check.initial_status": ["down"],
  "health_check.send": ["seven"],
  "health_check.send.hex": ["07"],
  "health_check.expect": ["seven"],
  "health_check.expect.hex": ["07"],
  "health_check.expect.regex": ["se+ven"],
  "health_check.scheme": ["https"],
  "health_check.method": ["HEAD"],
  "health_check.path": ["/7"],
  "health_check.host": ["seven.example"],
  "health_check.headers": [{ "X-Seven": "7" }],
  "health_check.expected_status": [[207]],
  "health_check.body_match": ["se+ven"],
  "health_check.insecure_skip_verify": [true],
  "health_check.min_days": [7],
  "health_check.query": ["seven.example"],
  "health_check.command": [["seven"]],
};

/** The app with an option of it written. @throws {AssertionError} when there is no value to write. */
export function withOption(app: AppInput, key: string): AppInput {
  const sample = SAMPLES[key];
  assert.ok(sample !== undefined, `${key}: write a value for it into SAMPLES`);
  // Half a pair is a mistake of its own.
  const strategy = STRATEGY_WITH[key];
  const base = key.startsWith("tls.") && app.tls === undefined
    ? { ...app, tls: { cert_file: "cert", key_file: "key" } }
    : strategy === undefined
    ? app
    : { ...app, strategy };
  const before = JSON.stringify(parsedApp(app));
  const all = sample.map((value) => written(base, key.split("."), value) as AppInput);
  const found = all.find((one) => JSON.stringify(parsedApp(one)) !== before) ?? all[0];
  assert.ok(found !== undefined);
  return found;
}

/** The app with an option of its first target written. */
export function withTargetOption(app: AppInput, key: string): AppInput {
  const sample = TARGET_SAMPLES[key];
  assert.ok(sample !== undefined, `${key}: write a value for it into TARGET_SAMPLES`);
  const [address, ...others] = app.targets;
  const value = key === "address" && app.mode !== "http" ? sample[1] : sample[0];
  return {
    ...app,
    targets: [written({ address }, key.split("."), value) as typeof address & string, ...others],
  };
}

function written(object: unknown, [key = "", ...rest]: readonly string[], value: unknown): unknown {
  const own = typeof object === "object" && object !== null ? object as Record<string, unknown> : {};
  return { ...own, [key]: rest.length === 0 ? value : written(own[key], rest, value) };
}
