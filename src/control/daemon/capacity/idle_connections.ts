import { IDLE_DESCRIPTOR_SHARE, RESERVED_DESCRIPTORS } from "../../../base/limits.ts";
import type { AppConfig } from "../../../model/config.ts";
import type { AppSnapshot } from "../../../model/snapshot.ts";

/**
 * How many idle connections each data thread may keep to an address of an endpoint, so that those of all together take
 * their share of the descriptors at most: `http.pool.max_idle` counts up to here.
 * @param limit soft `RLIMIT_NOFILE`.
 * @param threads data threads of each engine.
 * @param addresses how many a host has now.
 * @returns a power of two, so that it rarely changes, or 0; `Infinity` when no app keeps more than fits.
 */
export function idleConnectionBound(
  limit: number,
  apps: Iterable<AppConfig>,
  threads: number,
  addresses: (host: string) => number,
): number {
  const pools: { readonly wanted: number; readonly addresses: number }[] = [];
  for (const { http, targets } of apps) {
    if (http === null) continue;
    const count = targets.reduce((sum, { host }) => sum + Math.max(1, addresses(host)), 0);
    pools.push({ wanted: http.pool.max_idle, addresses: count });
  }
  let left = Math.max(0, limit - RESERVED_DESCRIPTORS) * IDLE_DESCRIPTOR_SHARE / threads;
  let addressesLeft = pools.reduce((sum, pool) => sum + pool.addresses, 0);
  // Who wants less than an equal share leaves more for the others.
  for (const pool of pools.toSorted((a, b) => a.wanted - b.wanted)) {
    const share = left / addressesLeft;
    if (pool.wanted > share) return share < 1 ? 0 : 2 ** Math.floor(Math.log2(share));
    left -= pool.wanted * pool.addresses;
    addressesLeft -= pool.addresses;
  }
  return Infinity;
}

/** Idle connections that the threads keep for an app at their most. @param threads data threads of its engine. */
export function idleConnections({ http, targets }: AppSnapshot, threads: number): number {
  if (http === null) return 0;
  const addresses = targets.reduce((sum, target) => sum + Math.max(1, target.addresses.length), 0);
  return threads * addresses * http.maxIdleConnections;
}
