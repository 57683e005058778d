import * as z from "zod";
import { accessSettings } from "./config_access.ts";
import { adminSettings } from "./config_admin.ts";
import { healthCheck, mergeHealthCheck, targetHealthCheck } from "./config_health.ts";
import { httpSettings, serverTls } from "./config_http.ts";
import { limitSettings } from "./config_limits.ts";
import { accessLogSettings, logSettings } from "./config_log.ts";
import { asEndpoint } from "./endpoint_url.ts";
import {
  dnsServer,
  duration,
  filePath,
  label,
  labelOrNone,
  listenAddress,
  targetAddress,
  wholeNumber,
} from "./config_values.ts";
import { outlierDetection, slowStart } from "./config_outliers.ts";
import { proxyProtocol, sendProxy } from "./config_proxy_protocol.ts";
import { regionSettings } from "./config_region.ts";
import { strategySetting, strategyTargetOptions } from "./config_strategy.ts";
import { tcpSettings } from "./config_tcp.ts";

/**
 * The one schema of the config. Validation, types, `config.schema.json` and `docs/configuration.md` all come from here;
 * so a key's `describe` text is its documentation. On the way through it durations become milliseconds, addresses
 * become objects, and each app gets every key that it left out from `defaults` or from the built-in values.
 */

/** Engines that can be asked for; `auto` is the best that works. */
export const ENGINE_NAMES = ["epoll", "deno"] as const;

/** Which addresses of names are used, and which of them first. */
export const DNS_FAMILIES = ["both", "ipv4", "ipv6", "prefer_ipv4", "prefer_ipv6"] as const;

/** How an app treats what it carries. */
export const MODES = ["tcp", "http"] as const;

const SECOND_MS = 1000;
/** Connection counts are 32-bit words on the board. */
const MAX_CONNECTIONS = 2 ** 31 - 1;
/** Most sessions that a data thread may remember. */
const MAX_TRACED = 100_000;

const engineChoice = z.enum(["auto", ...ENGINE_NAMES]);

const retry = z.strictObject({
  max_attempts: wholeNumber(1, 64).prefault(3).describe(
    "Attempts to connect for one session, each on a different target while there is one; 1 never retries. Apps in mode " +
      "`http` try every target, see [HTTP mode](http.md).",
  ),
  attempt_timeout: z.union([z.literal("auto"), duration(1)], {
    error: 'expected "auto" or a duration such as "2s"',
  }).prefault("auto").describe(
    "Longest single attempt. `auto` shares what is left of `connect_timeout` evenly among the attempts that are left. " +
      "In mode `http` it is `http.attempt_timeout` that counts.",
  ),
});

/** Keys that an app may have and `defaults` may set for all apps. */
const appSettings = {
  mode: z.enum(MODES).prefault("tcp").describe(
    "What the app carries: `tcp` forwards bytes as they are, `http` gives each request the first usable answer of its " +
      "targets (see [HTTP mode](http.md)).",
  ),
  engine: engineChoice.prefault("auto").describe(
    "Engine for this app; where it is not set, the `engine` key at the top of the file counts.",
  ),
  strategy: strategySetting.prefault("round_robin").describe(
    "How the target of a new session is chosen: a name, or an object with `type` and the strategy's own options. Where " +
      "none is set, apps in mode `http` take their targets in the order of the list (`first`).",
  ),
  connect_timeout: duration(1).prefault("5s").describe(
    "Time to reach a target, for all attempts of a session together. At least 1ms.",
  ),
  idle_timeout: duration().prefault("10m").describe(
    "A session in which neither side sent a byte for this long is ended. `0s`: never.",
  ),
  half_close_timeout: duration().prefault("1m").describe(
    "As `idle_timeout`, for a session in which one side has finished sending. `0s`: never.",
  ),
  max_connection_duration: duration().prefault("0s").describe(
    "A session is ended after this time, busy or not. `0s`: no limit.",
  ),
  drain_timeout: duration().prefault("30s").describe(
    "How long sessions may run on after their app, port or target was removed or the program was told to stop; their " +
      "ends are spread over this time.",
  ),
  retry: retry.prefault({}).describe("Attempts on further targets when one cannot be reached."),
  race_delay: duration(10, 2 * SECOND_MS).prefault("250ms").describe(
    "Head start of one address of a target before its next address is tried at the same time (RFC 8305, Connection " +
      "Attempt Delay). 10ms to 2s.",
  ),
  outlier_detection: outlierDetection.optional().describe(
    "Takes targets out for a while that fail again and again (see [outlier detection](outlier-detection.md)): `{}` for " +
      "all defaults, `false` for none, as where it is not written.",
  ),
  slow_start: slowStart.optional().describe(
    "Gives targets that return, or are new to a running app, their weight little by little; `{}` for all defaults, " +
      "`false` for at once, as where it is not written.",
  ),
  proxy_protocol: proxyProtocol.prefault({}).describe(
    "PROXY headers, by which proxies tell each other who the client is; see [the PROXY protocol](proxy-protocol.md).",
  ),
  max_connections: wholeNumber(0, MAX_CONNECTIONS).prefault(10_000).describe(
    "Most client connections of the app at once; those above it are closed at once. 0: no limit.",
  ),
  access: accessSettings.optional().describe(
    "Which clients may come in, see [access and limits](access.md); everybody, unless it is written.",
  ),
  limits: limitSettings.optional().describe(
    "How often clients may connect, see [access and limits](access.md); as often as they want, unless it is written.",
  ),
  backlog: wholeNumber(1, 65_535).prefault(4096).describe(
    "Connections that the kernel queues for a listener before they are accepted. The kernel caps it at the sysctl " +
      "`net.core.somaxconn`.",
  ),
  health_check: healthCheck.prefault(false).describe(
    "Probes each target now and then, and takes those out that do not pass; `false` probes none. See " +
      "[availability](availability.md).",
  ),
  fail_open_percent: wholeNumber(0, 100).prefault(0).describe(
    "When less than this share of the targets is available, all of them are given sessions, as if they were well: then it " +
      "is more likely that the probes are wrong. Targets that are drained stay out. 0: never.",
  ),
  min_available: wholeNumber(1, 65_535).prefault(1).describe(
    "Targets that must be available for the app to count as ready, see `/readyz`. Nothing else depends on it.",
  ),
  on_down: z.enum(["keep", "close"]).prefault("keep").describe(
    "What becomes of the open sessions of a target that probes find down: `keep` lets them go on, `close` ends them " +
      "(`target_down`). In mode `http` that is for connections that were upgraded; requests under way go on.",
  ),
  tcp: tcpSettings.prefault({}).describe(
    "Socket options for clients and targets. Those that an engine cannot set are left as the system has them (see " +
      "[engines](../README.md#engines)).",
  ),
};

const HTTP_MEANING = "Requests and answers, in mode `http` alone.";

const targetOptions = {
  weight: wholeNumber(0, 256).prefault(1).describe(
    "Share of sessions relative to other targets; 0 takes none.",
  ),
  max_connections: wholeNumber(0, MAX_CONNECTIONS).prefault(0).describe(
    "Most connections to this target at once; others are sent elsewhere. 0: no limit.",
  ),
  backup: z.boolean().prefault(false).describe("Used only while no other target is available."),
  labels: z.record(label(63), label(255), { error: "expected an object of names and text values" }).prefault(
    {},
  )
    .describe("Free names and values, for strategies and for people."),
  ...strategyTargetOptions,
  send_proxy: sendProxy.optional().describe(
    "As `proxy_protocol.send`, for this target; that counts where this is not written.",
  ),
  health_check: targetHealthCheck.optional().describe(
    "What differs for this target from the app's `health_check`; `false` does not probe it.",
  ),
};

const fullTarget = z.strictObject({
  address: targetAddress.describe("Host and port; in mode `http` also a URL."),
  ...targetOptions,
})
  .transform(({ address, ...options }) => ({ ...address, ...options }));

const plainTarget = targetAddress.transform((address) => ({
  ...address,
  weight: 1,
  max_connections: 0,
  backup: false,
  labels: {} as Record<string, string>,
  send_proxy: undefined,
  health_check: undefined,
  priority: 0,
  zone: "",
}));

const target = z.union([plainTarget, fullTarget], {
  error: "expected a target: an address, or { address, weight, max_connections, backup, ... }",
});

const writtenApp = z.strictObject({
  name: label(128).describe(
    "Unique name of the app: its identity over reloads and its label in logs and metrics.",
  ),
  ports: z.array(listenAddress, { error: "expected a list of listen addresses" })
    .min(1, { error: "an app needs at least one" }).describe("Addresses to listen on."),
  targets: z.array(target, { error: "expected a list of targets" })
    .min(1, { error: "an app needs at least one" }).describe("Where connections are sent."),
  tls: serverTls.optional().describe(
    "Makes clients speak TLS; in mode `http`. The files are watched: new clients are shown what is in them.",
  ),
  ...appSettings,
  http: httpSettings.optional().describe(HTTP_MEANING),
});

/** What an app's mode has no use for is left out, so that a change of it changes nothing. */
const app = writtenApp.transform(({ targets, ...rest }) => ({
  ...rest,
  targets: targets.map(({ health_check: own, send_proxy, ...target }) => ({
    ...target,
    send_proxy: send_proxy ?? rest.proxy_protocol.send,
    health_check: mergeHealthCheck(rest.health_check, own),
  })),
})).transform(({ http, tls, ...rest }) =>
  rest.mode === "tcp" ? { ...rest, mode: rest.mode, http: null, tls: null } : {
    ...rest,
    targets: rest.targets.map(asEndpoint),
    mode: rest.mode,
    http: http ?? httpSettings.parse({}),
    tls: tls ?? null,
  }
);

const WARM_UP = 'expected "auto", "off" or a duration of 1ms to 10s';

const root = z.strictObject({
  $schema: z.string().optional().describe(
    "For editors of JSON files: where `config.schema.json` is. Not read.",
  ),
  admin: adminSettings.prefault({}).describe(
    "Admin server: health, status and operation over HTTP; see [the admin API](admin-api.md).",
  ),
  state_dir: filePath.prefault("").describe(
    "Directory in which overrides of operators ([operating](operating.md)) and the last [rollouts](rollouts.md) with " +
      "their configs are kept over restarts; it is made where it is missing, and is for one program alone. Empty: they " +
      "live in memory.",
  ),
  workers: z.union([z.literal("auto"), wholeNumber(1, 256)], { error: 'expected "auto" or 1 to 256' })
    .prefault("auto").describe("Data threads; `auto` is one a processor core."),
  warm_up: z.union([z.enum(["auto", "off"]), duration(1, 10_000)], { error: WARM_UP }).prefault("auto")
    .describe(
      "How long a data thread serves sessions of its own before it serves the first client, so that its code is " +
        "compiled by then: cold code takes twice the processor time for a second or two. `auto` is 700ms; `demo` and engine " +
        "`deno` do without. Threads that are replaced do so while others serve.",
    ),
  control: z.strictObject({
    nice: wholeNumber(0, 19).prefault(5).describe(
      "How much lower its priority is than that of data threads, as a nice value (man 7 sched): so reading a large config " +
        "takes no time from traffic. 0 leaves them equal; a smaller value than before counts from the next start on. Linux " +
        "only, with `--allow-ffi`.",
    ),
    max_probes: wholeNumber(1, 4096).prefault(256).describe(
      "Probes of targets that may be under way at once; the others wait for their turn.",
    ),
  }).prefault({}).describe("The thread that reads the config, resolves names and answers the admin server."),
  engine: engineChoice.prefault("auto").describe(
    "What moves the bytes: `epoll` (Linux), `deno` (everywhere), or `auto` for the first that works.",
  ),
  log: logSettings.describe("The program's own log, see [logs](logs.md)."),
  access_log: accessLogSettings.describe(
    "One record, a line, for each session; in mode `http` for each request.",
  ),
  why: z.strictObject({
    sessions: wholeNumber(0, MAX_TRACED).prefault(1000).describe(
      "Sessions that have ended, in mode `http` requests, that each data thread remembers for this, some 300 bytes each; 0 " +
        "remembers none.",
    ),
  }).prefault({}).describe("Why sessions went as they did, see [why](why.md)."),
  dns: z.strictObject({
    servers: z.array(dnsServer, { error: "expected a list of IP addresses" }).prefault([]).describe(
      "Servers to ask, in this order, for what is not in the hosts file; one that does not answer is passed over, and " +
        "asked last for 30 s. Empty asks the system.",
    ),
    family: z.enum(DNS_FAMILIES).prefault("both").describe(
      "Addresses that are used of names: `both` families, in the order of RFC 6724 and then in turn, only `ipv4` or only " +
        "`ipv6`, or both with one of them first (`prefer_ipv4`, `prefer_ipv6`). Targets that are addresses are used as " +
        "they are.",
    ),
    min_ttl: duration(1).prefault("1s").describe(
      "Answers are kept at least this long. What an answer allows is the smallest TTL of its addresses and aliases.",
    ),
    max_ttl: duration(1).prefault("5m").describe("Answers are kept at most this long."),
    negative_ttl: duration(1).prefault("5s").describe(
      "Time until a name that did not resolve is asked again.",
    ),
    on_failure: z.enum(["keep_last", "drop"]).prefault("keep_last").describe(
      "When a name stops resolving: `keep_last` goes on with its last addresses, `drop` takes the target out. The " +
        "same for the addresses of one family while servers answer for the other alone.",
    ),
  }).prefault({}).describe(
    "How names of targets become addresses, always ahead of the connections that need them; see [names](names.md).",
  ),
  max_connections: z.union([z.literal("auto"), wholeNumber(1, MAX_CONNECTIONS)], {
    error: 'expected "auto" or a number of connections, at least 1',
  }).prefault("auto").describe(
    "Most client connections of the whole process at once; `auto` takes what the descriptor limit (`ulimit -n`) allows, " +
      "and a larger number is lowered to that. It is the worst case of the apps as configured: a session in TCP mode " +
      "takes two descriptors, four more for pipes on the `epoll` engine (up to 2,048 a thread), and one more for each " +
      "further address of a target (up to 3); in HTTP mode one for the client and one for each endpoint that may be " +
      "asked at once: two for `sequential`, all for `fanout` and `hedged`. Listeners, threads, probes and idle connections to " +
      "endpoints are set aside first.",
  ),
  region: regionSettings.optional().describe(
    "Makes this proxy a node of a [region](region.md), which gives it apps besides its own.",
  ),
  zone: labelOrNone(63).prefault("").describe(
    "Where this proxy is, for the strategy `prefer_zone`. Best taken from the environment: `${FPROXY_ZONE:-}`.",
  ),
  defaults: z.strictObject({
    ...appSettings,
    http: httpSettings.prefault({}).describe(HTTP_MEANING),
  }).prefault({}).describe(
    "Values for keys that an app does not set itself: any app key except `name`, `ports` and `targets`.",
  ),
  apps: z.array(app, { error: "expected a list of apps" }).describe("The apps."),
});

/** Parses a whole config; see the top of this file. */
export const configSchema = z.preprocess(withDefaults, root);

/** Parses one app of which every key is already written out; for rules that look past an error elsewhere. */
export const appSchema = writtenApp;

/** A valid config: complete, in milliseconds and bytes. */
export type Config = z.output<typeof configSchema>;

/** One of {@link DNS_FAMILIES}. */
export type DnsFamily = typeof DNS_FAMILIES[number];

/** A config as it is written, before defaults. */
export type ConfigInput = z.input<typeof root>;

/** A valid app, with every default applied. */
export type AppConfig = Config["apps"][number];

/** The settings of an app in HTTP mode. */
export type HttpConfig = NonNullable<AppConfig["http"]>;

/** What ejects targets of an app. */
export type OutlierDetectionConfig = Exclude<NonNullable<AppConfig["outlier_detection"]>, false>;

/** How targets of an app come to their weight. */
export type SlowStartConfig = Exclude<NonNullable<AppConfig["slow_start"]>, false>;

/** A valid target of an app. */
export type TargetConfig = AppConfig["targets"][number];

/** Keys whose value is taken whole from one place, because its parts only make sense together. */
const UNMERGED: ReadonlySet<string> = new Set(["strategy"]);

/** The apps of a config as written, each with what it leaves out and `defaults` has; what is no list of apps gives none. */
export function completeApps(written: unknown): readonly unknown[] {
  const { apps } = withDefaults(written) as { readonly apps?: unknown };
  return Array.isArray(apps) ? apps : [];
}

/** Writes into each app what it leaves out and `defaults` (or, for the engine, the top level) has. */
function withDefaults(input: unknown): unknown {
  if (!isObject(input)) return input;
  const engine = "engine" in input ? { engine: input.engine } : {};
  const own = input.defaults ?? {};
  const defaults = isObject(own) ? { ...engine, ...own } : own;
  const { apps } = input;
  return {
    ...input,
    defaults,
    ...(Array.isArray(apps) && isObject(defaults)
      ? { apps: apps.map((app) => complete(app, shareable(defaults))) }
      : {}),
  };
}

/** Without what each app must have of its own, wherever else it is written. */
function shareable(defaults: Record<string, unknown>): Record<string, unknown> {
  const { name: _name, ports: _ports, targets: _targets, ...others } = defaults;
  return others;
}

function complete(app: unknown, defaults: Record<string, unknown>): unknown {
  if (!isObject(app)) return app;
  if ((app.mode ?? defaults.mode) !== "http") {
    const { http: _, ...others } = defaults;
    return merge(others, app);
  }
  // An endpoint may be paid for each call, so requests are spread over several only where someone asks for it.
  return merge({ strategy: "first", ...defaults }, app);
}

function merge(base: Record<string, unknown>, over: unknown): unknown {
  if (!isObject(over)) return over;
  const merged = { ...base, ...over };
  for (const [key, value] of Object.entries(over)) {
    const inherited = base[key];
    if (isObject(inherited) && !UNMERGED.has(key)) merged[key] = merge(inherited, value);
  }
  return merged;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
