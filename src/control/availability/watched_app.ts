import type { AppConfig } from "../../model/config.ts";
import type { AppSnapshot } from "../../model/snapshot.ts";

/** An app as the parts that watch its targets know it: what the config says, and what data threads work from. */
export interface WatchedApp {
  readonly config: Pick<AppConfig, "outlier_detection" | "slow_start">;
  readonly snapshot: AppSnapshot;
}
