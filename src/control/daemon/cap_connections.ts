import type { Logger } from "../../base/log.ts";
import type { Config } from "../../model/config.ts";
import { connectionCap } from "./connection_cap.ts";
import { descriptorLimit } from "./descriptor_limit.ts";

/**
 * The most client connections of the process: what is configured, but no more than fits under the descriptor limit.
 * @returns 0 for no cap: the system does not tell its limit, and accept errors are then the only bound.
 */
export function capConnections(config: Config, threads: number, log: Pick<Logger, "warn">): number {
  const limit = descriptorLimit();
  const wanted = config.max_connections;
  if (limit === null) return wanted === "auto" ? 0 : wanted;
  const listeners = config.apps.reduce((count, app) => count + app.ports.length, 0);
  const fitting = connectionCap(limit, listeners * threads);
  if (wanted === "auto") return fitting;
  if (wanted > fitting) {
    log.warn("max_connections is above what the descriptor limit allows", { wanted, fitting, limit });
  }
  return Math.min(wanted, fitting);
}
