import type { AppStatus } from "../../daemon/status.ts";
import type { Live } from "../../telemetry/live/live.ts";
import type { Overrides } from "../../overrides/overrides.ts";

/** What the resources of the admin API work on. */
export interface ApiSource {
  /** Names of the apps of the running config. */
  appNames(): readonly string[];
  /** Status of one of them, undefined where there is none of that name. */
  app(name: string): AppStatus | undefined;
  /** What happens, for those who follow it. */
  readonly live: Pick<Live, "events" | "access">;
  readonly overrides: Pick<Overrides, "get" | "all" | "set" | "clear" | "store">;
}
