import { Hono } from "hono";
import { bearerAuth } from "hono/bearer-auth";
import { type Clock, systemClock } from "../../base/clock.ts";
import type { AppStatus, Status } from "../daemon/status.ts";
import type { ApiSource } from "./api/api_source.ts";
import { Followers } from "./api/follow.ts";
import { guardChanges } from "./api/guard_changes.ts";
import { liveResource } from "./api/live.ts";
import { overridesResource } from "./api/overrides.ts";
import { targetOverrideResource } from "./api/target_override.ts";
import { metricsResource, type WriteMetrics } from "./metrics.ts";
import { targetsResource } from "./api/targets.ts";

/** What the admin server shows. */
export interface AdminSource extends ApiSource {
  /** The program's version. */
  readonly version: string;
  status(): Status;
  readonly metrics: WriteMetrics;
}

/** Every resource of the API. A new one is a file in `api/`, a line here, a test and an entry in the docs. */
const RESOURCES: readonly ((api: Hono, source: ApiSource, followers: Followers) => void)[] = [
  targetsResource,
  targetOverrideResource,
  overridesResource,
  liveResource,
];

/**
 * The admin server's routes. Probes (`/livez`, `/readyz`) are open to everyone, everything else asks for the token.
 * @param token the present one; empty asks for none, and then only this machine may change anything.
 */
export function adminApp(source: AdminSource, token: () => string, clock: Clock = systemClock): Hono {
  const app = new Hono();
  app.get("/livez", (context) => context.text("ok\n"));
  app.get("/readyz", (context) => {
    const status = source.status();
    const states = status.apps.map((one) => `${one.name} ${one.state}${lacking(one)}${opened(one)}\n`).join(
      "",
    );
    return context.text(status.ready ? `ready\n${states}` : `not ready\n${states}`, status.ready ? 200 : 503);
  });
  app.get("/readyz/:app", (context) => {
    const name = context.req.param("app");
    const found = source.status().apps.find((one) => one.name === name);
    if (found === undefined) return context.text(`no app ${name}\n`, 404);
    const { ready, state, available, min_available } = found;
    const text = `${
      ready ? "ready" : "not ready"
    }\n${name} ${state}, ${available} available of ${min_available} wanted${opened(found)}\n`;
    return context.text(text, ready ? 200 : 503);
  });
  for (const path of ["/api/*", "/metrics"]) {
    app.use(path, async (context, next) => {
      const wanted = token();
      return wanted === "" ? await next() : await bearerAuth({ token: wanted })(context, next);
    });
  }
  app.use("/api/*", guardChanges(token));
  app.get("/api/status", (context) => context.json({ version: source.version, ...source.status() }));
  metricsResource(app, source.metrics);
  const followers = new Followers(clock);
  for (const resource of RESOURCES) resource(app, source, followers);
  return app;
}

/** What an app that serves lacks to count as ready. */
function lacking({ ready, state, available, min_available }: AppStatus): string {
  if (ready || state !== "ready" && state !== "degraded") return "";
  return `, ${available} available of ${min_available} wanted`;
}

/** Targets that are used although they are not well count as available. */
function opened({ fails_open }: AppStatus): string {
  return fails_open ? ", all targets are used since too few are well" : "";
}
