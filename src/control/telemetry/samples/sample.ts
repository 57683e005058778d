import type { AppState } from "../../daemon/app_state.ts";
import type { Admin, Health } from "../../../model/target_words.ts";

/** What happened in an interval, a second at a time. Bytes are counted when a session or request ends. */
export interface Rates {
  /** Connections that are open now. */
  readonly connections_active: number;
  /** Connections that were accepted. */
  readonly connections_per_second: number;
  readonly bytes_in_per_second: number;
  readonly bytes_out_per_second: number;
}

/** As {@link Rates}, of the proxy or an app. */
export interface ServiceRates extends Rates {
  /** In mode `http` alone. */
  readonly requests_per_second: number;
  /** Sessions that ended badly (`FAILED_REASONS`), and in mode `http` answers with a 5xx. */
  readonly errors_per_second: number;
}

/** Times below which half, 90 and 99 % of an interval's are, milliseconds; estimates from a histogram's buckets. */
export interface Percentiles {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

/** The proxy as a whole. */
export interface ProxySample extends ServiceRates {
  readonly revision: number;
  readonly ready: boolean;
  /** Over all apps, as in {@link AppSample}. */
  readonly connect_ms: Percentiles | null;
  readonly first_byte_ms: Percentiles | null;
  /** Errors, by reason; `status_5xx` for answers with such a status. Reasons that did not occur are left out. */
  readonly reasons: Readonly<Record<string, number>>;
  /** As in {@link AppDetails}. */
  readonly connect_counts: readonly number[];
}

/** One app. */
export interface AppSample extends ServiceRates {
  readonly state: AppState;
  readonly mode: "tcp" | "http";
  readonly targets: number;
  readonly targets_available: number;
  /** Time to open a connection to a target; null where none was opened. */
  readonly connect_ms: Percentiles | null;
  /** Time to a target's first byte; null where none came. */
  readonly first_byte_ms: Percentiles | null;
}

/** One target of an app whose details are asked for. */
export interface TargetSample extends Rates {
  /** In mode `http` alone, where connections are kept for many. */
  readonly requests_per_second: number;
  /** Connects that failed, and in mode `http` requests that were not answered. */
  readonly failures_per_second: number;
  readonly available: boolean;
  readonly health: keyof typeof Health;
  readonly admin: keyof typeof Admin;
  /** Effective weight. */
  readonly weight: number;
}

/** What is told of an app that is asked for by name. Numbers are those of the interval, unless they are rates. */
export interface AppDetails {
  /** Sessions that ended, by reason, and answers with a 5xx (`status_5xx`); reasons that did not occur are left out. */
  readonly reasons: Readonly<Record<string, number>>;
  /** Connections to targets that were opened, by bucket of `bounds_ms.connect`, and one more for those above. */
  readonly connect_counts: readonly number[];
  /** By address. */
  readonly listeners: Readonly<
    Record<string, Pick<Rates, "connections_active" | "connections_per_second">>
  >;
  /** By target, as in the config. */
  readonly targets: Readonly<Record<string, TargetSample>>;
}

/** One message to a follower of samples. */
export interface Sample {
  /** RFC 3339. */
  readonly time: string;
  /** Length of the interval; 0 in a first message, whose rates are 0. */
  readonly seconds: number;
  readonly proxy: ProxySample;
  /** Whether `apps` has all apps, as in the first message and for who fell behind; else those that changed. */
  readonly complete: boolean;
  readonly apps: Readonly<Record<string, AppSample>>;
  /** Apps that are gone. */
  readonly removed: readonly string[];
  /** Of the apps that were asked for. */
  readonly details: Readonly<Record<string, AppDetails>>;
  /** Upper bounds of buckets; in complete messages alone. */
  readonly bounds_ms?: { readonly connect: readonly number[] };
}
