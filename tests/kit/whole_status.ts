import type { AppStatus, Status, TargetStatus } from "../../src/control/daemon/status.ts";

/** A target as status shows it, with everything in it that may be there. */
export function targetStatus(target: string, changes: Partial<TargetStatus> = {}): TargetStatus {
  return {
    target,
    addresses: [target],
    weight: 1,
    backup: false,
    override: null,
    health: "up",
    admin: "ready",
    effective_weight: 1,
    available: true,
    probe: {
      status: "up",
      since: "2030-01-31T12:00:00.000Z",
      last_check: null,
      passed: true,
      reason: "",
      against: 0,
      checks_total: 1,
      check_failures_total: 0,
      agent: { weight: 0.5 },
    },
    connections_total: 3,
    connections_active: 1,
    connect_attempts_total: 3,
    connect_failures_total: 0,
    bytes_in_total: 10,
    bytes_out_total: 20,
    ejections_total: 1,
    ejection: {
      cause: "consecutive_failures",
      since: "2030-01-31T12:00:00.000Z",
      until: "2030-01-31T12:00:30.000Z",
    },
    ...changes,
  };
}

/** An app as status shows it. */
export function appStatus(name: string, changes: Partial<AppStatus> = {}): AppStatus {
  return {
    name,
    state: "ready",
    ready: true,
    available: 1,
    min_available: 1,
    fails_open: false,
    revision: 1,
    engine: "deno",
    strategy: "round_robin",
    counters: {
      connections_total: 3,
      connections_active: 1,
      connections_closed_total: { done: 2 },
      connect_retries_total: 0,
      bytes_in_total: 10,
      bytes_out_total: 20,
      ejections_total: { consecutive_failures: 1 },
    },
    listeners: [{
      listener: "127.0.0.1:80",
      address: "127.0.0.1:80",
      bound: false,
      sockets_served: 0,
      sockets_wanted: 1,
      error: "in use",
      connections_total: 3,
      connections_active: 1,
      accept_errors_total: 0,
    }],
    targets: [targetStatus("10.0.0.1:80"), targetStatus("10.0.0.2:80", { available: false, health: "down" })],
    ...changes,
  };
}

/** A status with apps, threads and names. */
export function wholeStatus(): Status {
  return {
    revision: 1,
    ready: true,
    connections: { active: 1, max: 10 },
    dropped: { access_records: 0, log_lines: 0 },
    apps: [appStatus("web"), appStatus("api", { state: "failed", ready: false })],
    control: { nice: 0 },
    threads: [{
      index: 0,
      engine: "deno",
      state: "running",
      revision: 1,
      restarts: 0,
      unanswered_pings: 0,
    }],
    names: [
      { host: "a.example", ips: ["10.0.0.1"], error: null, stale: false, age_ms: 5 },
      {
        host: "_b._tcp.example",
        ips: [],
        records: ["0 0 80 a.example"],
        error: "no",
        stale: true,
        age_ms: null,
      },
    ],
  };
}
