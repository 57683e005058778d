import * as z from "zod";
import type { Clock } from "../../base/clock.ts";
import { FproxyError } from "../../base/errors.ts";
import { label } from "../../model/config_values.ts";

/** A replica as a front reaches it. */
export interface FrontReplica {
  readonly node: string;
  /** Of its node: an IP literal, or a name. */
  readonly address: string;
  readonly port: number;
  readonly zone: string;
  /** Its share of new connections beside the other replicas of its app, 1 to {@link MOST_WEIGHT}. */
  readonly weight: number;
}

/** Largest weight of a replica: that of HAProxy. */
export const MOST_WEIGHT = 256;

/** App → its replicas that serve, in the order of their nodes' names. */
export type FrontReplicas = ReadonlyMap<string, readonly FrontReplica[]>;

/** Has a program that somebody else wrote send connections to replicas. */
export interface FrontDriver {
  /**
   * Makes the front send new connections to these replicas and to no others. It is called again with the same ones now and
   * then, to mend what others changed; never before the call before it has ended.
   * @returns milliseconds until no new connection goes to what is left out; 0 where none does any more.
   * @throws {FrontError} where it cannot. The front may then have a part of it.
   */
  apply(replicas: FrontReplicas): Promise<number>;
}

/** A front that could not be changed; the message says why and what to do. */
export class FrontError extends FproxyError {
  override name = "FrontError";
  constructor(message: string, cause?: unknown) {
    super("front_failed", message, "internal", true, cause);
  }
}

/** What a driver gets besides its settings. */
export interface DriverParts {
  readonly clock: Clock;
  /** Folder of the file with the settings: relative paths count from there. */
  readonly folder: string;
}

/** A kind of front, as the list of drivers has it. */
export interface DriverKind<Settings extends z.ZodType> {
  readonly type: string;
  readonly settings: Settings;
  /** Time after which what the front has is compared with what it should have, milliseconds. */
  readonly checkMs: number;
  /** The apps that it serves. */
  appsOf(settings: z.output<Settings>): readonly string[];
  open(settings: z.output<Settings>, parts: DriverParts): FrontDriver;
}

/** How replicas of an app get their weights. */
export const WEIGHTS = ["equal", "capacity"] as const;

/** Name of an app of the region. */
export const appName = label(255);

/** The keys that all kinds of fronts have. */
export const COMMON_SETTINGS = {
  /** Tells it from others of its program. */
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, {
    error: "expected lower-case letters, digits and hyphens, at most 32",
  }).optional(),
  weight: z.enum(WEIGHTS).prefault("equal"),
} as const;
