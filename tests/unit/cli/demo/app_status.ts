import type { AppStatus } from "../../../../src/control/daemon/status.ts";

/** An app as the status shows it. @param backup place of the target that is one. */
export function appStatus(
  name: string,
  targets: readonly string[],
  { backup = -1, address = "127.0.0.1:5001", bound = true } = {},
): AppStatus {
  const counts = { connections_total: 0, connections_active: 0, bytes_in_total: 0, bytes_out_total: 0 };
  return {
    name,
    state: "ready",
    ready: true,
    available: targets.length,
    min_available: 1,
    fails_open: false,
    revision: 1,
    engine: "deno",
    strategy: "round_robin",
    counters: { ...counts, connections_closed_total: {}, connect_retries_total: 0, ejections_total: {} },
    listeners: [
      {
        listener: address,
        address,
        bound,
        sockets_served: 1,
        sockets_wanted: 1,
        connections_total: 0,
        connections_active: 0,
        accept_errors_total: 0,
      },
    ],
    targets: targets.map((target, index) => ({
      ...counts,
      target,
      addresses: [],
      weight: 1,
      backup: index === backup,
      override: null,
      health: "unknown",
      admin: "ready",
      effective_weight: 1,
      ejections_total: 0,
      available: true,
      connect_attempts_total: 0,
      connect_failures_total: 0,
    })),
  };
}
