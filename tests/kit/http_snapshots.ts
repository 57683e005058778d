import type { SocketAddress } from "../../src/model/address.ts";
import { formatAddress } from "../../src/model/address.ts";
import type { HttpEndpoint, HttpPolicy } from "../../src/model/http_policy.ts";
import type { AppSnapshot, TargetSnapshot } from "../../src/model/snapshot.ts";
import { app, type AppParts, target } from "./snapshots.ts";

/** A policy of HTTP mode with times that tests can tell apart. */
export function httpPolicy(changes: Partial<HttpPolicy> = {}): HttpPolicy {
  return {
    dispatch: "sequential",
    attemptTimeoutMs: 8_000,
    hedgeAfter: { quantile: 0.95 },
    maxExtraLoad: 0.05,
    terminalResponses: [100, 200, 300, 400],
    onExhausted: "last",
    maxReplayBodyBytes: 64 * 1024,
    replay: "idempotent",
    preserveHost: false,
    forwarded: "replace",
    requestTimeoutMs: 30_000,
    headerTimeoutMs: 10_000,
    bodyTimeoutMs: 12_000,
    minBodyRate: 500,
    maxHeadBytes: 16 * 1024,
    maxFields: 100,
    maxResponseHeadBytes: 32 * 1024,
    maxResponseFields: 100,
    lenientResponses: false,
    keepAliveTimeoutMs: 60_000,
    maxIdleConnections: 32,
    idleConnectionTimeoutMs: 30_000,
    tls: { caCerts: [], insecureSkipVerify: false },
    ...changes,
  };
}

/** What {@link httpApp} takes. */
export interface HttpAppParts extends AppParts {
  readonly http?: Partial<HttpPolicy>;
  /** Default: `round_robin`. */
  readonly strategy?: string;
}

/** An app in HTTP mode; by default one listener on port 5001 and three endpoints, as of {@link endpoint}. */
export function httpApp(parts: HttpAppParts = {}): AppSnapshot {
  const targets = parts.targets ?? [endpoint(1), endpoint(2), endpoint(3)];
  const strategy = { type: parts.strategy ?? "round_robin" };
  return { ...app({ ...parts, targets }), strategy, http: httpPolicy(parts.http) };
}

/** An endpoint `e1.test` at `10.0.0.1:80`, and so on, in board slot `100 + N`. */
export function endpoint(
  n: number,
  changes: Partial<TargetSnapshot> = {},
  http: Partial<HttpEndpoint> = {},
): TargetSnapshot {
  return {
    ...target(n),
    http: { scheme: "http", authority: `e${n}.test`, hostname: `e${n}.test`, basePath: "", ...http },
    ...changes,
  };
}

/** An endpoint at a real address, in board slot `100 + N`. */
export function endpointAt(n: number, address: SocketAddress, basePath = ""): TargetSnapshot {
  const key = formatAddress(address);
  return endpoint(n, { key, addresses: [address] }, { authority: key, hostname: address.ip, basePath });
}
