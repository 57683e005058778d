import type { AccessTableRef } from "../../src/model/access_table.ts";
import { formatAddress, type SocketAddress } from "../../src/model/address.ts";
import type { ProxyAccept } from "../../src/model/proxy_protocol.ts";
import type {
  AppSnapshot,
  LimitPolicy,
  ListenerSnapshot,
  OutlierPolicy,
  Policy,
  TargetSnapshot,
} from "../../src/model/snapshot.ts";

/** A policy with times that tests can tell apart; see `model/config.ts` for the real defaults. */
export function policy(changes: Partial<Policy> = {}): Policy {
  return {
    connectTimeoutMs: 6_000,
    idleTimeoutMs: 100_000,
    halfCloseTimeoutMs: 10_000,
    maxConnectionDurationMs: 0,
    drainTimeoutMs: 20_000,
    maxAttempts: 3,
    attemptTimeoutMs: 0,
    raceDelayMs: 250,
    maxConnections: 0,
    backlog: 128,
    deferAcceptS: 0,
    fastOpenQueue: 0,
    tcp: { noDelay: true, keepAlive: null, userTimeoutMs: 0 },
    failOpenPercent: 0,
    accessLogSample: 1,
    ...changes,
  };
}

/** A target `10.0.0.N:80` in board slot `100 + N`. */
export function target(n: number, changes: Partial<TargetSnapshot> = {}): TargetSnapshot {
  const address = { ip: `10.0.0.${n}`, port: 80 };
  return {
    key: formatAddress(address),
    slot: 100 + n,
    configIndex: n - 1,
    addresses: [address],
    weight: 1,
    backup: false,
    priority: 0,
    zone: "",
    maxConnections: 0,
    http: null,
    ...changes,
  };
}

/** A listener on `127.0.0.1:PORT` in board slot `port % 1000 + 1000`. */
export function listener(port: number): ListenerSnapshot {
  const address: SocketAddress = { ip: "127.0.0.1", port };
  return { key: formatAddress(address), address, slot: 1000 + port % 1000 };
}

/** What {@link app} takes. */
export interface AppParts {
  readonly name?: string;
  readonly slot?: number;
  readonly revision?: number;
  readonly ports?: readonly number[];
  readonly targets?: readonly TargetSnapshot[];
  readonly policy?: Partial<Policy>;
  readonly outliers?: OutlierPolicy | null;
  readonly access?: AccessTableRef | null;
  readonly limits?: LimitPolicy | null;
  readonly proxyAccept?: ProxyAccept | null;
}

/** An app; by default one listener on port 5001 and three targets. */
export function app(parts: AppParts = {}): AppSnapshot {
  return {
    name: parts.name ?? "web",
    slot: parts.slot ?? 1,
    engine: "deno",
    revision: parts.revision ?? 1,
    listeners: (parts.ports ?? [5001]).map(listener),
    targets: parts.targets ?? [target(1), target(2), target(3)],
    strategy: { type: "round_robin" },
    policy: policy(parts.policy),
    outliers: parts.outliers ?? null,
    http: null,
    certificate: null,
    access: parts.access ?? null,
    limits: parts.limits ?? null,
    proxyAccept: parts.proxyAccept ?? null,
  };
}
