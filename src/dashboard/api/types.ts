/** What the admin API answers, as far as the dashboard reads it. A unit test holds these against the API's own schemas. */

/** Three percentiles of a time, milliseconds. */
export interface Percentiles {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

/** Rates that the proxy and each app have. */
export interface Rates {
  readonly connections_active: number;
  readonly connections_per_second: number;
  readonly requests_per_second: number;
  readonly bytes_in_per_second: number;
  readonly bytes_out_per_second: number;
  readonly errors_per_second: number;
}

/** State of an app. */
export type AppState = "starting" | "ready" | "degraded" | "failed" | "draining";

/** One app in a sample. */
export interface AppSample extends Rates {
  readonly state: AppState;
  readonly mode: "tcp" | "http";
  readonly targets: number;
  readonly targets_available: number;
  readonly connect_ms: Percentiles | null;
  readonly first_byte_ms: Percentiles | null;
}

/** One target in the details of an app. */
export interface TargetSample {
  readonly connections_active: number;
  readonly connections_per_second: number;
  readonly bytes_in_per_second: number;
  readonly bytes_out_per_second: number;
  readonly failures_per_second: number;
  readonly available: boolean;
  readonly health: HealthWord;
  readonly admin: AdminWord;
  readonly weight: number;
}

/** What is told of the apps that were asked for by name. */
export interface AppDetails {
  /** Sessions that ended in the interval, by reason. */
  readonly reasons: Readonly<Record<string, number>>;
  /** Connects of the interval, one number a bucket. */
  readonly connect_counts: readonly number[];
  readonly listeners: Readonly<
    Record<string, { readonly connections_active: number; readonly connections_per_second: number }>
  >;
  readonly targets: Readonly<Record<string, TargetSample>>;
}

/** The proxy as a whole, over all apps. */
export interface ProxySample extends Rates {
  readonly revision: number;
  readonly ready: boolean;
  readonly connect_ms: Percentiles | null;
  readonly first_byte_ms: Percentiles | null;
  /** As in {@link AppDetails}; of errors alone. */
  readonly reasons: Readonly<Record<string, number>>;
  readonly connect_counts: readonly number[];
}

/** One message of `GET /api/v1/samples`. */
export interface Sample {
  readonly time: string;
  /** 0 in a first message, whose rates are 0. */
  readonly seconds: number;
  readonly proxy: ProxySample;
  /** Whether `apps` has all of them. */
  readonly complete: boolean;
  readonly apps: Readonly<Record<string, AppSample>>;
  readonly removed: readonly string[];
  readonly details: Readonly<Record<string, AppDetails>>;
  /** In complete messages: upper ends of the buckets, without that of the last one. */
  readonly bounds_ms?: { readonly connect: readonly number[] };
}

/** What health found of a target. */
export type HealthWord = "unknown" | "up" | "down" | "ejected";
/** What a target's admin state comes to. */
export type AdminWord = "ready" | "drain" | "maint";

/** Who overrode a part of a target, why, and until when. */
export interface OverrideNote {
  readonly by: string;
  readonly reason: string;
  readonly since: string;
  readonly until: string | null;
}

/** A target, layer by layer. */
export interface Target {
  readonly target: string;
  readonly addresses: readonly string[];
  readonly config: { readonly weight: number; readonly backup: boolean };
  readonly override: {
    readonly state: (OverrideNote & { readonly value: AdminWord }) | null;
    readonly weight: (OverrideNote & { readonly value: number | string }) | null;
  } | null;
  readonly health: {
    readonly state: HealthWord;
    readonly reason?: string | undefined;
    readonly probe?: {
      readonly since: string;
      readonly last_check: string | null;
      readonly reason: string;
    } | undefined;
    readonly ejection?:
      | { readonly cause: string; readonly since: string; readonly until: string }
      | undefined;
  };
  readonly effective: {
    readonly state: AdminWord;
    readonly weight: number;
    readonly available: boolean;
  };
  readonly connections_active: number;
  readonly connections_total: number;
  readonly connect_failures_total: number;
}

/** A listen address of an app. */
export interface Listener {
  readonly listener: string;
  readonly address: string;
  readonly bound: boolean;
  readonly error?: string | undefined;
}

/** An app with its targets. */
export interface WholeApp {
  readonly name: string;
  readonly state: AppState;
  readonly ready: boolean;
  readonly available: number;
  readonly targets_total: number;
  readonly min_available: number;
  readonly fails_open: boolean;
  readonly revision: number;
  readonly engine: string;
  readonly strategy: string;
  readonly listeners: readonly Listener[];
  readonly targets: readonly Target[];
}

/** An open session. */
export interface Session {
  readonly id: string;
  readonly listener: string;
  readonly client: string;
  readonly target: string | null;
  readonly age_ms: number;
  readonly bytes_in: number;
  readonly bytes_out: number;
  readonly requests: number | null;
}

/** A page of sessions. */
export interface SessionsPage {
  readonly sessions: readonly Session[];
  readonly total: number;
}

/** A line of the log; what else it has depends on the event. */
export interface LogEvent {
  readonly ts: string;
  readonly level: "debug" | "info" | "warn" | "error";
  readonly event: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

/** A session, or a request, that has ended. */
export interface AccessRecord {
  readonly ts: string;
  readonly id: string;
  readonly app: string;
  readonly client_addr: string;
  readonly target: string | null;
  readonly attempts: number;
  readonly connect_ms: number | null;
  readonly first_byte_ms: number | null;
  readonly duration_ms: number;
  readonly bytes_in: number;
  readonly bytes_out: number;
  readonly close_reason: string;
  readonly method?: string;
  readonly path?: string;
  readonly status?: number;
}

/** Where something stands in a config. */
export interface Place {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  readonly width: number;
}

/** What is wrong, or doubtful, in a config. */
export interface Diagnostic {
  readonly severity: "error" | "warning";
  readonly code: string;
  readonly message: string;
  readonly place: Place | null;
  readonly hints: readonly string[];
}

/** Who asks, and what they may do. */
export interface WhoAmI {
  /** Name of the token; null where none is needed. */
  readonly name: string | null;
  readonly role: "read" | "write";
  /** Why nothing may be changed; null where it may. */
  readonly read_only_because: string | null;
}
