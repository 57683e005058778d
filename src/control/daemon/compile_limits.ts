import type { AppConfig } from "../../model/config.ts";
import type { LimitsConfig } from "../../model/config_limits.ts";
import type { LimitTableRef } from "../../model/limit_table.ts";
import type { Rate } from "../../model/rate.ts";
import type { LimitPolicy } from "../../model/snapshot.ts";

const SECOND_MS = 1000;

/** What a limit table has to be like. */
export interface WantedLimitTable {
  /** Clients that it has room for; 0 where no limit is for each client. */
  readonly entries: number;
  readonly ipv6Prefix: number;
}

/**
 * Turns the limits of an app into what data threads keep to.
 * @param table gives the app its table; null where only what would come of it is wanted.
 * @returns null where nothing is limited.
 */
export function compileLimits(
  { limits }: Pick<AppConfig, "limits">,
  table: (wanted: WantedLimitTable) => LimitTableRef | null,
): LimitPolicy | null {
  if (limits === undefined) return null;
  const { per_client: client, dry_run: dryRun } = limits;
  const rate = rateOf(limits);
  const clientRate = rateOf(client);
  const clientConnections = client.max_connections;
  const isForClients = clientRate !== null || clientConnections > 0;
  if (rate === null && !isForClients) return null;
  const ipv6Prefix = client.ipv6_prefix;
  const found = table({ entries: isForClients ? client.max_entries : 0, ipv6Prefix });
  return found === null ? null : { table: found, rate, clientConnections, clientRate, ipv6Prefix, dryRun };
}

function rateOf(
  { new_connections_per_second: perSecond, burst }: Pick<
    LimitsConfig,
    "new_connections_per_second" | "burst"
  >,
): Rate | null {
  if (perSecond === 0) return null;
  return {
    intervalMs: SECOND_MS / perSecond,
    burst: burst === "auto" ? Math.max(1, Math.ceil(perSecond)) : burst,
  };
}
