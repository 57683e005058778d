import type { Clock } from "../../../base/clock.ts";
import type { Logger } from "../../../base/log.ts";
import type { Config } from "../../../model/config.ts";
import type { RegionStanding } from "../../../model/region_standing.ts";
import type { Overrides } from "../../overrides/overrides.ts";
import type { RegionSource } from "../../admin/region_source.ts";
import type { Diagnostic } from "../diagnostic.ts";
import type { Environment } from "../interpolate.ts";
import type { ConfigDocument } from "./config_document.ts";

/** Why a config was looked at. */
export const CONFIG_CAUSES = [
  /** The program started. */
  "start",
  /** Its source has changed. */
  "file",
  /** SIGHUP. */
  "signal",
  /** The admin API was asked to. */
  "api",
  /** The region wants something else of this node. */
  "region",
] as const;

/** One of {@link CONFIG_CAUSES}. */
export type ConfigCause = typeof CONFIG_CAUSES[number];

/** Why a config is looked at once more, whether or not it has changed. */
export type LookCause = Exclude<ConfigCause, "file" | "region">;

/** What a program can tell the source of its configs, for sources that report back. */
export interface RunningApps {
  readonly log: Logger;
  /** How an app is; null where it is not in force. */
  condition(app: string): { readonly ready: boolean; readonly state: string } | null;
  /** What operators said of targets. */
  readonly overrides: Pick<Overrides, "get" | "set" | "clear">;
  /**
   * Open connections of an app, connections and requests so far, and of these those that failed; null where it is not in
   * force.
   */
  load(app: string): readonly [open: number, connections: number, requests: number, failed: number] | null;
}

/**
 * A place that configs come from. It tells what it finds, in order, one event at a time; whoever listens decides what to
 * do about it. The same finding is told once, however often the place is looked at.
 */
export interface ConfigSubscriber {
  /** Name of its kind, for people. */
  readonly name: string;
  /** What the config stands in, null where that is nothing that could be read or written. */
  readonly document: ConfigDocument | null;
  /** How it stands with a region; null, or left out, where it is in none. */
  readonly standing?: RegionStanding | null;
  /** The region that configs of this source may be part of; most have none. */
  readonly region?: RegionSource;
  /** Given what the program can tell, before it starts; most have no use for it. */
  attach?(running: RunningApps): void;
  /** Begins to watch; the first event tells what is there now. Called once. */
  start(onEvent: (event: ConfigEvent) => void): void;
  /** Looks again at once and tells what it finds, even if that is nothing new (SIGHUP). */
  refresh(cause: LookCause): void;
  /** Stops; resolves when nothing is under way any more. No event follows the call. Twice is harmless. */
  close(): Promise<void>;
}

/** What a subscriber tells. */
export type ConfigEvent =
  /** A valid config. */
  | {
    readonly type: "config";
    readonly config: Config;
    readonly warnings: readonly Diagnostic[];
    /** SHA-256 of the text, hexadecimal; empty where there is no text. */
    readonly hash: string;
    /** As it stands in the source; null where there is none. */
    readonly text: Uint8Array | null;
    readonly cause: ConfigCause;
    /** Where it comes from, for people. */
    readonly source: string;
    /** Told what became of it, each time that it is tried: the result of a rollout. */
    onOutcome?(result: string): void;
  }
  /** A config that may not be used. */
  | {
    readonly type: "invalid";
    readonly diagnostics: readonly Diagnostic[];
    readonly hash: string;
    readonly text: Uint8Array;
    readonly cause: ConfigCause;
    readonly source: string;
  }
  /** No config can be read. */
  | {
    readonly type: "missing";
    readonly diagnostic: Diagnostic;
    readonly source: string;
    readonly cause: ConfigCause;
  }
  /** How changes are noticed has changed: `polling` is slower, `reason` says why. */
  | {
    readonly type: "watching";
    readonly how: "events" | "polling";
    readonly reason: string;
    readonly source: string;
  };

/** What a subscriber is made from. */
export interface SubscriberOptions {
  /** Where the config is, in the form that the kind of subscriber understands: a path for files. */
  readonly location: string;
  readonly env: Environment;
  /** Names of the strategies that exist. */
  readonly strategies: readonly string[];
  readonly clock: Clock;
}

/** A kind of subscriber, as the registry lists it. */
export interface ConfigSubscriberKind {
  readonly name: string;
  /** One line for the reference. */
  readonly summary: string;
  create(options: SubscriberOptions): ConfigSubscriber;
}
