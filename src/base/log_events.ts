/**
 * All events that are logged: their names, which stay, what people read, and which fields they may have.
 * @module
 */

/** A kind of event. */
export interface LogEventKind<Field extends string = string> {
  /** What people read. */
  readonly message: string;
  readonly fields: readonly Field[];
}

function kind<const Field extends string>(message: string, ...fields: Field[]): LogEventKind<Field> {
  return { message, fields };
}

/** By the heading under which they are documented; order as there. */
export const LOG_EVENT_GROUPS = {
  "Program": {
    started: kind("started", "revision", "apps", "added", "changed", "removed", "startup_ms"),
    start_failed: kind("cannot start", "error"),
    draining: kind("draining; a second signal exits at once", "signal", "cause"),
    drained: kind("drained, exiting"),
    drain_failed: kind("draining failed", "error"),
    drain_cut: kind(
      "drain_timeout is over: clients that had not taken their last bytes are cut off",
      "thread",
      "connections",
    ),
    exit_forced: kind("second signal, exiting at once", "signal", "cause"),
    signal_ignored: kind("signal ignored: it has no meaning here", "signal"),
    unexpected_error: kind("unexpected error", "error", "stack"),
    engine_epoll: kind("engine epoll carries what is without TLS", "self_test"),
    engine_deno: kind("engine deno carries all apps: epoll does not work here", "reason"),
    engine_deno_tls: kind("engine deno carries TLS: epoll has none"),
    nice_kept: kind("control.nice can only be made smaller by a restart", "nice"),
    nice_failed: kind("control keeps the priority of data threads", "reason"),
  },
  "Config": {
    config_applied: kind("config rolled out", "revision", "apps", "added", "changed", "removed"),
    config_refused: kind("config refused, the running one stays", "mistakes", "revision", "error"),
    config_warning: kind("the config has a warning", "warning"),
    config_waits: kind("config waits for room", "error"),
    config_watch_polls: kind("config is watched by polling", "reason"),
    config_watch_events: kind("config is watched by events", "reason"),
    config_late: kind("not every data thread took the config over in time", "revision"),
    rollouts_restored: kind("rollouts restored", "rollouts", "directory"),
    rollout_unreadable: kind("a rollout is not restored", "error"),
    rollouts_not_kept: kind("rollouts are not kept", "error"),
    certificates_replaced: kind("certificates replaced", "apps"),
    certificates_refused: kind("certificate files cannot be used, the old certificates stay", "app", "error"),
    certificates_restored: kind("certificate files are as before again", "app"),
    certificate_doubtful: kind("a certificate file is doubtful", "app", "warning"),
    scripts_replaced: kind("scripts replaced", "apps"),
    script_refused: kind("a script cannot be used, the old one stays", "app", "error"),
    script_restored: kind("a script is as before again", "app"),
    script_doubtful: kind("a script is doubtful", "app", "warning"),
    access_lists_replaced: kind("access lists replaced", "apps"),
    access_list_refused: kind("an access list cannot be used, the old one stays", "app", "error"),
    access_list_restored: kind("an access list is as before again", "app"),
    access_list_doubtful: kind("an access list is doubtful", "app", "warning"),
  },
  "Region": {
    region_joined: kind("this node follows the region", "region", "node"),
    region_unreachable: kind("the region's store cannot be used: apps go on as they are", "error"),
    region_link_lost: kind("the connection to the region's store is lost: apps go on as they are", "reason"),
    region_link_restored: kind("the connection to the region's store is there again", "reason"),
    region_app_refused: kind("an app of the region cannot be taken over", "app", "state", "reason"),
    region_state_not_kept: kind("what the region wants of this node is not kept for the next start", "error"),
    region_state_unreadable: kind("what the region wanted of this node before is not restored", "error"),
    region_leads: kind("this control leads the region", "epoch"),
    region_leads_no_more: kind("this control leads the region no more", "epoch"),
    region_store_failed: kind("the region's store cannot be used, trying again", "error"),
    region_placed: kind("a replica was placed or taken away", "change", "app", "node", "reason"),
    region_rollout: kind("a rollout goes on", "app", "leg", "from", "to"),
    region_rollout_failed: kind("a rollout failed", "app", "leg", "from", "to", "reason"),
    region_scaled: kind("an app gets another number of replicas", "app", "from", "to", "reason"),
    region_placed_many: kind(
      "many replicas were placed or taken away; each is logged as `debug`",
      "added",
      "removed",
    ),
    region_clock_differs: kind("the clocks of this machine and of the region's servers differ", "seconds"),
    region_node_gone: kind("a node is gone", "node"),
    region_node_back: kind("a node is there", "node"),
    region_node_held_back: kind("a node that comes and goes gets nothing new for a while", "node", "seconds"),
    region_applied: kind("an app of the region is another", "app", "change", "revision"),
    region_rollout_steered: kind("a rollout was stopped, set going again or undone by hand", "app", "change"),
    region_node_standing: kind("what a node takes was set by hand", "node", "standing"),
    region_scale_held: kind("the number of an app's replicas was set by hand", "app", "replicas", "seconds"),
    region_target_overridden: kind(
      "what a target of an app takes was set by hand",
      "app",
      "target",
      "state",
      "weight",
      "seconds",
      "reason",
    ),
    region_override_refused: kind(
      "what the region says of a target cannot be taken over",
      "app",
      "target",
      "error",
    ),
    region_event_lost: kind("the region does not remember an event", "name", "error"),
    front_joined: kind("fronts follow the region", "region", "fronts"),
    front_applied: kind("a front sends new connections to these nodes", "front", "uses"),
    front_failed: kind("a front cannot be changed: what it has stays in use", "front", "error", "retry_ms"),
    front_recovered: kind("a front can be changed again", "front"),
    region_node_asked: kind("a node is asked for", "node", "reason"),
    region_node_leaving: kind("a node that was asked for is drained, to be given back", "node", "reason"),
    region_node_returned: kind("a node that was asked for is given back", "node"),
    region_provider_failed: kind("the provider of nodes failed: it is tried again", "error"),
    region_unplaced: kind("an app is on fewer nodes than it wants", "app", "missing", "refusals"),
  },
  "Connections": {
    connection_cap_reached: kind("connection cap reached: new clients wait", "thread", "max_connections"),
    connection_cap_lowered: kind(
      "max_connections is above what the descriptor limit allows",
      "wanted",
      "fitting",
      "limit",
    ),
    accept_failed: kind(
      "accepting connections failed, trying again",
      "thread",
      "listener",
      "code",
      "error",
      "times",
    ),
    listen_failed: kind("listen address cannot be bound", "app", "listener", "error", "hint", "retry_ms"),
    listen_recovered: kind("all listen addresses are bound", "app"),
    listen_waits: kind("listen addresses cannot be taken over, trying again", "apps", "error"),
    listen_address_skipped: kind(
      "an address of a name is left out: this machine does not have it",
      "listener",
      "address",
    ),
    client_tls_failed: kind("TLS with a client failed", "thread", "app", "listener", "error"),
    proxy_header_refused: kind(
      "a client was turned away for its PROXY header",
      "thread",
      "app",
      "listener",
      "sender",
      "error",
    ),
    script_failed: kind(
      "the script of a strategy failed, round robin chooses instead",
      "thread",
      "app",
      "error",
    ),
    rule_failed: kind("a rule failed and counts as not matching", "thread", "app", "rule", "reason"),
    sessions_cut: kind("an operator ended sessions", "app", "target", "client", "id", "sessions", "by"),
    target_tls_failed: kind("TLS to an endpoint failed", "thread", "app", "target", "error"),
    answer_refused: kind(
      "Answer of an endpoint refused",
      "thread",
      "app",
      "target",
      "code",
      "error",
      "rule",
      "hint",
      "trace_id",
      "span_id",
    ),
  },
  "Targets": {
    target_up: kind("target is up", "app", "target", "reason"),
    target_down: kind("target is down", "app", "target", "reason"),
    target_unknown: kind("target is unknown", "app", "target", "reason"),
    target_agent: kind("agent changed a target", "app", "target", "reason"),
    target_ejected: kind("target ejected", "app", "target", "cause", "for_ms", "ejections"),
    target_returned: kind("target is back from its ejection", "app", "target", "after_ms"),
    fail_open_began: kind(
      "too few targets are available, all are used",
      "app",
      "available",
      "targets",
      "fail_open_percent",
    ),
    fail_open_ended: kind(
      "all targets are used no more, only those that are available",
      "app",
      "available",
      "targets",
      "fail_open_percent",
    ),
    override_set: kind("target overridden", "app", "target", "state", "weight", "by", "reason", "until"),
    override_cleared: kind("override of target taken back", "app", "target", "parts", "by"),
    override_ended: kind("override of target ended", "app", "target", "part", "why"),
    overrides_restored: kind("overrides restored", "targets", "file"),
    override_refused: kind("override not restored", "error"),
    overrides_not_kept: kind("overrides are not kept", "error"),
  },
  "Names": {
    name_failed: kind("name does not resolve", "host", "error", "kept"),
    name_recovered: kind("name resolves again", "host"),
    hosts_without_room: kind("no room for the hosts that an app has now", "app", "error"),
  },
  "Threads": {
    thread_stopped: kind("data thread stopped", "thread"),
    thread_crashed: kind("data thread crashed", "thread", "error", "sessions_lost", "restart_ms"),
    thread_crashed_retiring: kind("retiring data thread crashed", "thread", "error", "sessions_lost"),
    warm_up_failed: kind("data thread serves without having warmed up", "error"),
    thread_start_failed: kind("data thread cannot be started", "thread", "error", "restart_ms"),
    thread_hangs: kind("data thread hangs: others take its listening sockets", "thread", "silent_ms"),
    thread_recovered: kind("data thread hears again", "thread"),
  },
  "Admin server": {
    admin_listens: kind("admin server listens", "address"),
    admin_listen_failed: kind("admin server does not listen, trying again", "address", "error"),
    admin_address_skipped: kind(
      "an address of the admin server's name is left out: this machine does not have it",
      "address",
    ),
    admin_request_failed: kind("admin request failed", "error"),
    admin_failed: kind("admin server cannot accept, trying again", "error"),
    admin_token_unreadable: kind(
      "a token of the admin server cannot be read: it lets nobody in",
      "name",
      "error",
    ),
    admin_tls_failed: kind("the admin server's TLS files cannot be used", "error", "kept"),
    admin_recovered: kind("admin server answers again"),
  },
  "Logs": {
    access_log_failed: kind("writing the access log failed", "output", "error"),
    access_log_slow: kind("access log is too slow, dropping records", "output"),
    access_log_recovered: kind("access log keeps up again", "output", "dropped"),
    access_log_reopened: kind("log files reopened", "access_log", "log"),
    access_log_reopen_failed: kind("a log file cannot be reopened, the old file stays", "output", "error"),
    log_rotate_failed: kind("a log file cannot be rotated, it grows on", "output", "error"),
    log_level_set: kind("log level set", "log_level", "part", "by"),
    log_failed: kind("writing the log failed", "output", "error"),
    log_recovered: kind("the log is written again", "output"),
    log_lines_dropped: kind("log lines were dropped: they were not read or not written", "output", "dropped"),
    otlp_on: kind("telemetry is sent by OTLP", "signals", "endpoints"),
    otlp_setting_ignored: kind("a variable of OpenTelemetry is ignored", "variable", "reason"),
    otlp_failing: kind("telemetry cannot be sent, trying again", "signal", "endpoint", "error"),
    otlp_recovered: kind("telemetry is sent again", "signal", "dropped"),
  },
} as const;

/** By name. */
export const LOG_EVENTS = {
  ...LOG_EVENT_GROUPS.Program,
  ...LOG_EVENT_GROUPS.Config,
  ...LOG_EVENT_GROUPS.Region,
  ...LOG_EVENT_GROUPS.Connections,
  ...LOG_EVENT_GROUPS.Targets,
  ...LOG_EVENT_GROUPS.Names,
  ...LOG_EVENT_GROUPS.Threads,
  ...LOG_EVENT_GROUPS["Admin server"],
  ...LOG_EVENT_GROUPS.Logs,
} as const;

/** Name of an event. */
export type LogEvent = keyof typeof LOG_EVENTS;

/** Fields that an event may have. Values are written as JSON. */
export type LogEventFields<Event extends LogEvent> = Readonly<
  Partial<Record<(typeof LOG_EVENTS)[Event]["fields"][number], unknown>>
>;
