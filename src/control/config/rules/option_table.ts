import { isUnix } from "../../../model/config_admin.ts";
import { LOG_PARTS } from "../../../base/log_parts.ts";
import type { Config } from "../../../model/config.ts";
import { field } from "./app_view.ts";
import {
  ANSWERED,
  CLIENT_RATED,
  HEDGED,
  IN_HTTP,
  IN_TCP,
  LIMITED,
  MORE_LOAD,
  NAMED,
  type Need,
  ON_EPOLL,
  ON_HTTPS,
  PER_CLIENT,
  POOLED,
  PRIORITIZED,
  PROBED,
  probedBy,
  RATED,
  SEVERAL,
  THROTTLED,
  TOLD,
  VERIFIED,
  WEIGHTED,
  ZONED,
} from "./option_needs.ts";

/** Where an option has an effect. */
export interface OptionUse {
  /** What an app must be like, the first that is not met is told; none: any app has a use for it. */
  readonly needs: readonly Need[];
  /** Values (as the schema gives them) that ask for what happens without the option, too. */
  readonly neutral?: readonly unknown[];
}

/** What the whole file must be like for an option outside of apps to have an effect. */
export interface RootNeed {
  isMet(config: Config, written: unknown): boolean;
  /** Ends the sentence `"KEY" does nothing: ...`. */
  readonly because: string;
  readonly hint: string;
}

const ALWAYS: OptionUse = { needs: [] };

/** What every health check has, an app's as a target's. */
const ANY_HEALTH_CHECK = {
  "health_check": ALWAYS,
  "health_check.type": ALWAYS,
  "health_check.interval": ALWAYS,
  "health_check.jitter": ALWAYS,
  "health_check.timeout": ALWAYS,
  "health_check.healthy_threshold": ALWAYS,
  "health_check.unhealthy_threshold": ALWAYS,
  "health_check.unhealthy_interval": ALWAYS,
  "health_check.no_traffic_interval": ALWAYS,
  "health_check.port": ALWAYS,
  "health_check.address": ALWAYS,
  "health_check.initial_status": ALWAYS,
};
const HTTP: OptionUse = { needs: [IN_HTTP] };
const TCP: OptionUse = { needs: [IN_TCP] };
const BY_HTTP: OptionUse = { needs: [probedBy("http")] };
const BY_NAME: OptionUse = { needs: [probedBy("tls", "http")] };
const BY_DNS: OptionUse = { needs: [probedBy("dns")] };
const BY_EXEC: OptionUse = { needs: [probedBy("exec")] };
const SENDING: OptionUse = { needs: [probedBy("tcp", "agent")] };
const EXPECTING: OptionUse = { needs: [probedBy("tcp")] };
const EPOLL: OptionUse = { needs: [ON_EPOLL] };

/**
 * Every option of an app, and of `defaults`, by its path: where it has an effect. A new key of the schema needs a line
 * here, and a new circumstance one in the file of needs; the warnings come from both.
 */
export const APP_OPTIONS: Readonly<Record<string, OptionUse>> = {
  "name": ALWAYS,
  "ports": ALWAYS,
  "tls.cert_file": HTTP,
  "tls.key_file": HTTP,
  "mode": ALWAYS,
  "engine": ALWAYS,
  "strategy": ALWAYS,
  // The schema refuses options of another strategy.
  "strategy.type": ALWAYS,
  "strategy.decay": ALWAYS,
  "strategy.key": ALWAYS,
  "strategy.balance_factor": ALWAYS,
  "strategy.file": ALWAYS,
  "strategy.strategy": ALWAYS,
  "strategy.strategy.type": ALWAYS,
  "strategy.strategy.decay": ALWAYS,
  "strategy.strategy.key": ALWAYS,
  "strategy.strategy.balance_factor": ALWAYS,
  "strategy.strategy.file": ALWAYS,
  "strategy.overprovisioning_factor": ALWAYS,
  "strategy.rules": ALWAYS,
  "connect_timeout": ALWAYS,
  "idle_timeout": ALWAYS,
  "half_close_timeout": ALWAYS,
  "max_connection_duration": ALWAYS,
  "drain_timeout": ALWAYS,
  "retry.max_attempts": TCP,
  "retry.attempt_timeout": TCP,
  "race_delay": { needs: [NAMED] },
  "outlier_detection": { needs: [SEVERAL], neutral: [false] },
  "outlier_detection.consecutive_failures": { needs: [SEVERAL] },
  "outlier_detection.consecutive_5xx": { needs: [SEVERAL, ANSWERED] },
  "outlier_detection.consecutive_gateway_failure": { needs: [SEVERAL, ANSWERED], neutral: [0] },
  "outlier_detection.interval": { needs: [SEVERAL] },
  "outlier_detection.base_ejection_time": { needs: [SEVERAL] },
  "outlier_detection.max_ejection_time": { needs: [SEVERAL] },
  "outlier_detection.max_ejection_percent": { needs: [SEVERAL] },
  "outlier_detection.failure_percentage_threshold": { needs: [SEVERAL], neutral: [0] },
  "outlier_detection.success_rate_stdev_factor": { needs: [SEVERAL], neutral: [0] },
  "outlier_detection.min_requests": { needs: [SEVERAL, RATED] },
  "outlier_detection.min_hosts": { needs: [SEVERAL, RATED] },
  "slow_start": { needs: [SEVERAL, WEIGHTED], neutral: [false] },
  "slow_start.window": { needs: [SEVERAL, WEIGHTED] },
  "slow_start.aggression": { needs: [SEVERAL, WEIGHTED] },
  "slow_start.min_weight_percent": { needs: [SEVERAL, WEIGHTED] },
  "proxy_protocol.accept": ALWAYS,
  "proxy_protocol.trusted": { needs: [TOLD] },
  "proxy_protocol.send": ALWAYS,
  "max_connections": ALWAYS,
  "access.default": ALWAYS,
  "access.rules": ALWAYS,
  "limits.new_connections_per_second": ALWAYS,
  "limits.burst": { needs: [THROTTLED] },
  "limits.per_client.max_connections": ALWAYS,
  "limits.per_client.new_connections_per_second": ALWAYS,
  "limits.per_client.burst": { needs: [CLIENT_RATED] },
  "limits.per_client.ipv6_prefix": { needs: [PER_CLIENT] },
  "limits.per_client.max_entries": { needs: [PER_CLIENT] },
  "limits.dry_run": { needs: [LIMITED], neutral: [false] },
  "backlog": ALWAYS,
  ...ANY_HEALTH_CHECK,
  "health_check.send": SENDING,
  "health_check.send.hex": SENDING,
  "health_check.expect": EXPECTING,
  "health_check.expect.hex": EXPECTING,
  "health_check.expect.regex": EXPECTING,
  "health_check.scheme": BY_HTTP,
  "health_check.method": BY_HTTP,
  "health_check.path": BY_HTTP,
  "health_check.host": BY_NAME,
  "health_check.headers": BY_HTTP,
  "health_check.expected_status": BY_HTTP,
  "health_check.body_match": BY_HTTP,
  "health_check.insecure_skip_verify": BY_NAME,
  "health_check.min_days": BY_NAME,
  "health_check.query": BY_DNS,
  "health_check.command": BY_EXEC,
  "fail_open_percent": ALWAYS,
  "min_available": ALWAYS,
  "on_down": { needs: [PROBED], neutral: ["keep"] },
  "tcp.no_delay": ALWAYS,
  // Switched on and off by both engines; only the times are not.
  "tcp.keepalive": ALWAYS,
  "tcp.keepalive.idle": EPOLL,
  "tcp.keepalive.interval": EPOLL,
  "tcp.keepalive.count": EPOLL,
  "tcp.user_timeout": { needs: [ON_EPOLL], neutral: [0] },
  "tcp.defer_accept": { needs: [ON_EPOLL], neutral: [0] },
  "tcp.fast_open": { needs: [ON_EPOLL], neutral: [0] },
  "tcp.send_buffer": { needs: [ON_EPOLL], neutral: ["auto"] },
  "tcp.receive_buffer": { needs: [ON_EPOLL], neutral: ["auto"] },
  "http.dispatch": HTTP,
  "http.attempt_timeout": HTTP,
  "http.hedge_after": { needs: [IN_HTTP, HEDGED, MORE_LOAD] },
  "http.max_extra_load": { needs: [IN_HTTP, HEDGED] },
  "http.terminal_responses": HTTP,
  "http.on_exhausted": HTTP,
  "http.max_replay_body": HTTP,
  "http.replay": HTTP,
  "http.preserve_host": HTTP,
  "http.forwarded": HTTP,
  "http.request_timeout": HTTP,
  "http.header_timeout": HTTP,
  "http.body_timeout": HTTP,
  "http.min_body_rate": HTTP,
  "http.max_header_size": HTTP,
  "http.max_headers": HTTP,
  "http.max_response_header_size": HTTP,
  "http.max_response_headers": HTTP,
  "http.lenient_responses": HTTP,
  "http.keep_alive_timeout": HTTP,
  "http.pool.max_idle": HTTP,
  "http.pool.idle_timeout": { needs: [IN_HTTP, POOLED] },
  "http.tls.ca_file": { needs: [IN_HTTP, ON_HTTPS, VERIFIED], neutral: [""] },
  "http.tls.insecure_skip_verify": { needs: [IN_HTTP, ON_HTTPS], neutral: [false] },
};

/** The same of the keys of a target. */
export const TARGET_OPTIONS: Readonly<Record<string, OptionUse>> = {
  "address": ALWAYS,
  "weight": { needs: [WEIGHTED], neutral: [0, 1] },
  "max_connections": ALWAYS,
  "backup": ALWAYS,
  "labels": ALWAYS,
  "priority": { needs: [PRIORITIZED], neutral: [0] },
  "zone": { needs: [ZONED], neutral: [""] },
  "send_proxy": ALWAYS,
  ...ANY_HEALTH_CHECK,
  "health_check.send": ALWAYS,
  "health_check.send.hex": ALWAYS,
  "health_check.expect": ALWAYS,
  "health_check.expect.hex": ALWAYS,
  "health_check.expect.regex": ALWAYS,
  "health_check.scheme": ALWAYS,
  "health_check.method": ALWAYS,
  "health_check.path": ALWAYS,
  "health_check.host": ALWAYS,
  "health_check.headers": ALWAYS,
  "health_check.expected_status": ALWAYS,
  "health_check.body_match": ALWAYS,
  "health_check.insecure_skip_verify": ALWAYS,
  "health_check.min_days": ALWAYS,
  "health_check.query": ALWAYS,
  "health_check.command": ALWAYS,
};

/** Somebody gets the records. */
const RECORDED: RootNeed = {
  isMet: ({ access_log }) => access_log.to.length > 0,
  because: "access_log.to is none, so no session is recorded",
  hint: 'write "to: stdout", or the path of a file, to have records',
};

/** There is an admin server. */
const SERVED: RootNeed = {
  isMet: ({ admin }) => admin.listen !== undefined,
  because: "without admin.listen there is no admin server",
  hint: 'write "listen" beside it, such as "127.0.0.1:9901"',
};

/** Where the lines of a section go. The schema refuses options of another kind of place. */
function placesOf(section: "log" | "access_log"): Record<string, null> {
  const options = ["type", "path", "rotate.max_size", "rotate.keep", "address", "facility", "app_name"];
  const keys = ["", ...[...options, "structured_data", "format"].map((option) => `.${option}`)];
  return Object.fromEntries(keys.map((key) => [`${section}.to${key}`, null]));
}

/** The same of everything outside of `apps` and `defaults`; null: always. */
export const ROOT_OPTIONS: Readonly<Record<string, RootNeed | null>> = {
  "$schema": null,
  "admin.listen": null,
  "admin.token": SERVED,
  "admin.tokens": SERVED,
  "admin.hosts": SERVED,
  "admin.tls.cert_file": SERVED,
  "admin.tls.key_file": SERVED,
  "admin.tls.client_ca_file": SERVED,
  "admin.config_writes": SERVED,
  "admin.mode": {
    isMet: ({ admin }) => admin.listen !== undefined && isUnix(admin.listen),
    because: "the admin server listens on no unix socket",
    hint: 'write "listen" beside it, such as "unix:/run/fproxy/admin.sock"',
  },
  "state_dir": null,
  "admin.allow_exec": null,
  "workers": null,
  "warm_up": {
    isMet: ({ apps, engine }) => apps.length === 0 || apps.some((app) => (app.engine ?? engine) !== "deno"),
    because: "engine deno, which carries all apps, does not warm up",
    hint: "remove it",
  },
  "control.nice": null,
  "control.max_probes": null,
  "engine": {
    isMet: (_, written) => field(field(written, "defaults"), "engine") === undefined,
    because: "defaults.engine is there for all apps",
    hint: "remove one of the two",
  },
  "log.level": null,
  ...Object.fromEntries(LOG_PARTS.map((part) => [`log.levels.${part}`, null])),
  "log.format": null,
  ...placesOf("log"),
  ...placesOf("access_log"),
  "access_log.format": RECORDED,
  "access_log.sample": RECORDED,
  "why.sessions": null,
  "dns.servers": null,
  "dns.family": null,
  "dns.min_ttl": null,
  "dns.max_ttl": null,
  "dns.negative_ttl": null,
  "dns.on_failure": null,
  "max_connections": null,
  "region.region": null,
  "region.servers": null,
  "region.credentials": null,
  "region.ca_file": null,
  "region.copies": null,
  "region.name": null,
  "region.address": null,
  "region.zone": null,
  "region.labels": null,
  "region.capacity.apps": null,
  "region.capacity.connections": null,
  "region.port_range": null,
  "zone": {
    isMet: ({ apps }) => apps.some((app) => ZONED.isMet(app)),
    because: "no app has the strategy prefer_zone",
    hint: 'write "strategy: prefer_zone" for apps whose own zone comes first',
  },
};

/** Top-level keys of an app that are for mode `http` as a whole. */
export const HTTP_KEYS: readonly string[] = [
  ...new Set(
    Object.entries(APP_OPTIONS).filter(([, { needs }]) => needs[0] === IN_HTTP)
      .map(([key]) => key.split(".", 1)[0] ?? key),
  ),
];
