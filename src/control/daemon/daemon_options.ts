import type { Clock } from "../../base/clock.ts";
import { AUTO_WARM_UP_MS } from "../../base/limits.ts";
import type { Logger } from "../../base/log.ts";
import type { Board } from "../../model/board.ts";
import type { Config } from "../../model/config.ts";
import type { AppSnapshot } from "../../model/snapshot.ts";
import type { ConfigChange } from "../changes/config_change.ts";
import type { Resolver } from "../dns/resolver.ts";
import type { RolloutReceipt } from "./rollout_receipt.ts";
import type { StartWorker } from "./threads/start_worker.ts";

/** What a daemon is made from. */
export interface DaemonOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly board: Board;
  /** Makes the resolver; it calls back with the hosts whose addresses changed. */
  createResolver(onChange: (hosts: ReadonlySet<string>) => void): Resolver;
  /** Module of the data threads' entry. */
  readonly workerUrl: string;
  /** Starts data threads; in this thread unless given. */
  readonly startWorker?: StartWorker | undefined;
  /** What `warm_up: auto` is, milliseconds; {@link AUTO_WARM_UP_MS} unless given. */
  readonly autoWarmUpMs?: number;
  /** Processor cores, for `workers: auto`. */
  readonly cores: number;
  /** Takes lines of the access log that a data thread sent; they are the receiver's. */
  onAccess(lines: Uint8Array<ArrayBuffer>, count: number, thread: number): void;
  /** Takes records of traced sessions that a data thread sent, where any are; they are the receiver's. */
  onTraces?(lines: Uint8Array<ArrayBuffer>, thread: number): void;
  /** Apps are sent next: what control says of their targets has to be on the board by then. */
  beforeSend?(apps: readonly AppSnapshot[]): void;
  /** A target's agent said something else than before, or there is none any more. */
  onAgent?(app: string, target: string): void;
  /** A data thread stopped or crashed: nothing more comes of it. */
  onThreadGone(thread: number, sent: SentBytes): void;
}

/** Bytes of records that a data thread sent in its life. */
export interface SentBytes {
  readonly access: number;
  readonly traces: number;
}

/** How a rollout went. */
export interface Rollout {
  readonly revision: number;
  readonly change: ConfigChange;
  readonly receipt: RolloutReceipt;
}

/** How long data threads warm up. */
export function warmUpMs(config: Pick<Config, "warm_up"> | null, options: DaemonOptions): number {
  const wanted = config?.warm_up ?? "off";
  if (wanted === "off") return 0;
  return wanted === "auto" ? options.autoWarmUpMs ?? AUTO_WARM_UP_MS : wanted;
}
