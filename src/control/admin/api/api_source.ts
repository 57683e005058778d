import type { Clock } from "../../../base/clock.ts";
import type { ConfigDocument } from "../../config/mod.ts";
import type { Config } from "../../../model/config.ts";
import type { Plan } from "../../changes/plan.ts";
import type { AppStatus, Status } from "../../daemon/status.ts";
import type { Live } from "../../telemetry/live/live.ts";
import type { Samples } from "../../telemetry/samples/samples.ts";
import type { WriteMetrics } from "../metrics.ts";
import type { RegionSource } from "../region_source.ts";
import type { Overrides } from "../../overrides/overrides.ts";
import type { RolloutLog } from "../../rollouts/rollout_log.ts";
import type { Sessions } from "../../sessions/sessions.ts";
import type { Why } from "../../sessions/why.ts";
import type { LogLevelControl } from "../../telemetry/log_level.ts";

/** What the resources of the admin API work on. */
export interface ApiSource {
  /** The program's version. */
  readonly version: string;
  status(): Status;
  readonly clock: Clock;
  /** Names of the apps of the running config. */
  appNames(): readonly string[];
  /** Status of one of them, undefined where there is none of that name. */
  app(name: string): AppStatus | undefined;
  /** What happens, for those who follow it. */
  readonly live: Pick<Live, "events" | "access">;
  /** Numbers, for those who follow them. */
  readonly samples: Pick<Samples, "follow">;
  readonly overrides: Pick<Overrides, "get" | "all" | "set" | "clear" | "store">;
  readonly rollouts: Pick<RolloutLog, "entries" | "running" | "next" | "store" | "text" | "isOfEarlierLife">;
  /** What a rollout of that config would do. @throws {FproxyError} when it could not be taken over. */
  plan(config: Config): Promise<Plan>;
  /** Sessions that drain now, by the revision that began it. */
  departing(): Promise<ReadonlyMap<number, number>>;
  /** What the config stands in; null where that is nothing that could be read or written. */
  readonly document: ConfigDocument | null;
  /** Has the config looked at again, even if that finds nothing new. */
  refresh(): void;
  readonly region: RegionSource;
  /** Those that are open now. */
  readonly sessions: Pick<Sessions, "list" | "cut">;
  /** Why sessions went as they did. */
  readonly why: Pick<Why, "find" | "latest">;
  /** Writes metrics. */
  readonly metrics: WriteMetrics;
  readonly logLevel: Pick<LogLevelControl, "status" | "override">;
}
