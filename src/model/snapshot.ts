import type { AccessTableRef } from "./access_table.ts";
import type { SocketAddress } from "./address.ts";
import type { HashTableRef } from "./hash_table.ts";
import type { RuleNode } from "./rule_expression.ts";
import type { HttpEndpoint, HttpPolicy, ServerCertificate } from "./http_policy.ts";
import type { Limits, LimitTableRef } from "./limit_table.ts";
import type { ProxyAccept, ProxyVersion } from "./proxy_protocol.ts";

/**
 * What a data thread works from: compiled from the config by control, immutable, plain data (it crosses threads as JSON
 * or a structured clone). Durations are milliseconds, sizes bytes.
 */
export interface AppSnapshot {
  /** Unique name. */
  readonly name: string;
  /** Board slot of the app. */
  readonly slot: number;
  /** Engine that carries the app. */
  readonly engine: "deno" | "epoll";
  /** Revision in which this app last changed. */
  readonly revision: number;
  readonly listeners: readonly ListenerSnapshot[];
  readonly targets: readonly TargetSnapshot[];
  readonly strategy: StrategySnapshot;
  readonly policy: Policy;
  /** When data threads eject a target; null where they do not. */
  readonly outliers: OutlierPolicy | null;
  /** For apps in HTTP mode; null for those that carry bytes as they are. */
  readonly http: HttpPolicy | null;
  /** For clients that speak TLS; null for plain ones. */
  readonly certificate: ServerCertificate | null;
  /** Which clients may come in; null for all. */
  readonly access: AccessTableRef | null;
  /** How often clients may come in, and how many of each; null where nothing is limited but by `Policy`. */
  readonly limits: LimitPolicy | null;
  /** For clients that come by PROXY headers; null where they are not looked for. */
  readonly proxyAccept: ProxyAccept | null;
}

/** Limits of an app and of its clients, one by one. */
export interface LimitPolicy extends Limits {
  readonly table: LimitTableRef;
  /** Bits of an IPv6 address that tell clients apart. */
  readonly ipv6Prefix: number;
}

/** One listen address of an app. */
export interface ListenerSnapshot {
  /**
   * The address in canonical form, as configured or what a configured name stands for: the listener's identity over
   * rollouts and its label.
   */
  readonly key: string;
  /** What to bind; the port is never 0 (control has settled it). */
  readonly address: SocketAddress;
  /** Board slot of the listener. */
  readonly slot: number;
}

/** One target of an app. */
export interface TargetSnapshot {
  /** `host:port` as configured: the target's identity over rollouts and its label. */
  readonly key: string;
  /** Board slot of the target. */
  readonly slot: number;
  /** Which target of the app's config it is; of a service all hosts are the same one. */
  readonly configIndex: number;
  /** Resolved addresses, best first; empty while the name does not resolve. */
  readonly addresses: readonly SocketAddress[];
  /** Share of connections, 0 to 256; 0 takes none. */
  readonly weight: number;
  /** Used only when no other target is available. */
  readonly backup: boolean;
  /** Group of the strategy `priority`, from 0 on. */
  readonly priority: number;
  /** Where it is, for `prefer_zone`; empty where the config does not say. */
  readonly zone: string;
  /** Its labels; left out where it has none. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Most connections at once over all threads; 0 for no limit. */
  readonly maxConnections: number;
  /** In HTTP mode: how requests to it are written; null else. */
  readonly http: HttpEndpoint | null;
  /** Version of the PROXY header that its connections begin with; left out where it gets none. */
  readonly sendProxy?: ProxyVersion;
}

/** How many failures in a row eject a target, 0 for never; over all data threads. What takes time is control's. */
export interface OutlierPolicy {
  /** Connects that failed. */
  readonly consecutiveFailures: number;
  /** In HTTP mode: answers with a 5xx, or none. */
  readonly consecutive5xx: number;
  /** In HTTP mode: answers with 502, 503 or 504, or none. */
  readonly consecutiveGatewayFailure: number;
  /** Most of the app's targets that may be out at once, 0 to 100; one always may. */
  readonly maxEjectionPercent: number;
}

/** Strategy by its registered name, with its own options. */
export interface StrategySnapshot {
  readonly type: string;
  /** `source_hash`: what requests are told apart by. */
  readonly key?: HashKey;
  /** `source_hash`: most of the average load that a target takes, in percent, above 100; 0 for any. */
  readonly balanceFactor?: number;
  /** `source_hash`: the table of the targets that are no backups. */
  readonly table?: HashTableRef;
  /** `least_latency`: time in which what is known of a target fades to 37 %. */
  readonly decayMs?: number;
  /** `priority` and `prefer_zone`: see `groupShares`. */
  readonly overprovisioningFactor?: number;
  /** `prefer_zone`: the proxy's own. */
  readonly zone?: string;
  /** `priority` and `prefer_zone`: how a target is chosen within a group. */
  readonly strategy?: StrategySnapshot;
  /** `rules`: in their order. */
  readonly rules?: readonly RuleSnapshot[];
  /** `script`: the user's own code. */
  readonly script?: ScriptSnapshot;
}

/** One rule of the strategy `rules`. */
export interface RuleSnapshot {
  /** Its name, or `#` and its number; unique in the app. */
  readonly key: string;
  /** Board slot of the rule. */
  readonly slot: number;
  /** What must hold; null for always. */
  readonly when: RuleNode | null;
  /** Indices of the targets that it gives sessions to, ascending; null turns them away. */
  readonly targets: readonly number[] | null;
  /** How one of them is chosen. */
  readonly strategy: StrategySnapshot;
}

/** A script, ready to run. */
export interface ScriptSnapshot {
  /** Its path, for messages. */
  readonly file: string;
  /** JavaScript: a module with a default export and without imports. */
  readonly code: string;
  /** SHA-256 of path and content, hexadecimal. */
  readonly hash: string;
}

/** What `source_hash` tells requests apart by. */
export type HashKey =
  | { readonly from: "client_ip" | "client_ip_port" | "path" }
  /** The name is that of a field, in lower case, or of a cookie. */
  | { readonly from: "header" | "cookie"; readonly name: string };

/** Limits and times of an app's sessions; 0 means "no limit" where a limit may be absent. */
export interface Policy {
  /** For all attempts of a session together. */
  readonly connectTimeoutMs: number;
  /** Bytes in neither direction for this long end the session; 0 never. */
  readonly idleTimeoutMs: number;
  /** As idle, once one side sent its FIN; 0 never. */
  readonly halfCloseTimeoutMs: number;
  /** Longest session; 0 for no limit. */
  readonly maxConnectionDurationMs: number;
  /** How long sessions of removed parts may run on. */
  readonly drainTimeoutMs: number;
  /** Attempts a session, each on another target while there is one; at least 1. */
  readonly maxAttempts: number;
  /** Longest attempt on one target; 0 shares what is left evenly among the attempts that are left. */
  readonly attemptTimeoutMs: number;
  /** Head start of one address of a target before the next is raced (RFC 8305 "Connection Attempt Delay"). */
  readonly raceDelayMs: number;
  /** Most client connections at once over all threads; 0 for no limit. */
  readonly maxConnections: number;
  /** Listen backlog. */
  readonly backlog: number;
  /** Seconds that a client may be silent before it is accepted all the same (`TCP_DEFER_ACCEPT`); 0 accepts at once. */
  readonly deferAcceptS: number;
  /** Clients that may be in the middle of a TCP Fast Open handshake (`TCP_FASTOPEN`); 0 offers none. */
  readonly fastOpenQueue: number;
  readonly tcp: {
    readonly noDelay: boolean;
    readonly keepAlive: { readonly idleS: number; readonly intervalS: number; readonly count: number } | null;
    readonly userTimeoutMs: number;
    /** Left out: the system's own. */
    readonly receiveBufferBytes?: number;
    /** Left out: the system's own. */
    readonly sendBufferBytes?: number;
  };
  /** Share of targets, percent, below which all are used, well or not; 0 for never. */
  readonly failOpenPercent: number;
  /** Share of sessions whose access record is written, 0 to 1. */
  readonly accessLogSample: number;
}
