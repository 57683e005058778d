import type { ApiSource } from "./api_source.ts";
import { appRoutes } from "./apps.ts";
import { configRoutes } from "./config.ts";
import { Followers } from "./follow.ts";
import { liveRoutes } from "./live.ts";
import { logLevelRoutes } from "./log_level.ts";
import { overrideRoutes } from "./overrides.ts";
import { regionRoutes } from "./region.ts";
import { rolloutRoutes } from "./rollouts.ts";
import type { Route } from "./route.ts";
import { sampleRoutes } from "./samples.ts";
import { sessionRoutes } from "./sessions.ts";
import { statusRoutes } from "./status.ts";
import { targetOverrideRoutes } from "./target_override.ts";
import { targetRoutes } from "./targets.ts";
import { whoAmIRoutes } from "./whoami.ts";
import { whyRoutes } from "./why.ts";

/** Every resource of the API. A new one is a file beside this one, a line here, a test and an entry in the docs. */
const RESOURCES: readonly ((source: ApiSource, followers: Followers) => Route[])[] = [
  statusRoutes,
  appRoutes,
  targetRoutes,
  targetOverrideRoutes,
  overrideRoutes,
  configRoutes,
  rolloutRoutes,
  logLevelRoutes,
  liveRoutes,
  sampleRoutes,
  sessionRoutes,
  whoAmIRoutes,
  whyRoutes,
  regionRoutes,
];

/** All routes of the API. */
export function apiRoutes(source: ApiSource): Route[] {
  const followers = new Followers(source.clock);
  return RESOURCES.flatMap((resource) => resource(source, followers));
}
