import { Hono } from "hono";
import { secureHeaders } from "hono/secure-headers";
import { errorMessage } from "../../base/errors.ts";
import type { Logger } from "../../base/log.ts";
import type { AppStatus } from "../daemon/status.ts";
import { type AccessRules, type AdminEnv, guardAccess } from "./access/guard_access.ts";
import type { ApiSource } from "./api/api_source.ts";
import { mountRoutes } from "./api/mount.ts";
import { ApiProblem, problemResponse } from "./api/problem.ts";
import { REFERENCE_STYLE, referencePage } from "./api/reference_page.ts";
import { apiRoutes } from "./api/resources.ts";
import { dashboardResource } from "./dashboard/dashboard.ts";
import { metricsResource } from "./metrics.ts";

/** What the admin server shows. */
export type AdminSource = ApiSource;

/** Pages run their own scripts, from files, and talk to this server alone; nothing in them is inline. */
const CONTENT_SECURITY = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  connectSrc: ["'self'"],
  // Signs of the config editor are pictures in its styles.
  imgSrc: ["'self'", "data:"],
  baseUri: ["'none'"],
  formAction: ["'none'"],
  frameAncestors: ["'none'"],
};

/**
 * The admin server's routes. Probes (`/livez`, `/readyz`) and the dashboard's page are open to everyone who reaches it,
 * everything else to those whom the access rules let in.
 */
export function adminApp(source: AdminSource, access: AccessRules, log: Logger): Hono<AdminEnv> {
  const app = new Hono<AdminEnv>();
  app.use(secureHeaders({
    contentSecurityPolicy: CONTENT_SECURITY,
    xFrameOptions: "DENY",
    // Apps of the same host may speak plain HTTP.
    strictTransportSecurity: false,
  }));
  app.onError((error) => answerError(error, log));
  addProbes(app, source);
  dashboardResource(app);
  app.use("/api/*", guardAccess(access));
  app.use("/api/*", async (context, next) => {
    await next();
    context.header("cache-control", "no-store");
  });
  app.use("/metrics", guardAccess(access));
  metricsResource(app, source.metrics);
  app.get("/api/status", (context) => context.json({ version: source.version, ...source.status() }));
  const routes = apiRoutes(source);
  mountRoutes(app, routes);
  addReference(app, routes, source.version);
  app.all("/api/*", ({ req }) => {
    throw new ApiProblem("not_found", {
      detail: `There is no ${req.path}`,
      hint: "/api/docs lists what there is",
    });
  });
  return app;
}

function addProbes(app: Hono<AdminEnv>, source: AdminSource): void {
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
}

function addReference(app: Hono<AdminEnv>, routes: ReturnType<typeof apiRoutes>, version: string): void {
  // Both are made once, when first asked for: that takes a while, and most proxies are never asked.
  let description: Promise<string> | null = null;
  const describe = async (): Promise<string> =>
    JSON.stringify((await import("./api/describe.ts")).describeApi(routes, version));
  app.get(
    "/api/openapi.json",
    async (context) =>
      context.body(await (description ??= describe()), 200, { "content-type": "application/json" }),
  );
  let page: Promise<string> | null = null;
  app.get(
    "/api/docs",
    async (context) =>
      context.html(await (page ??= Promise.resolve(referencePage(routes, version)).then(String))),
  );
  app.get(
    "/api/docs/style.css",
    (context) => context.body(REFERENCE_STYLE, 200, { "content-type": "text/css" }),
  );
}

function answerError(error: Error, log: Logger): Response {
  if (error instanceof ApiProblem) return problemResponse(error);
  log.error("admin_request_failed", { error: errorMessage(error) });
  return problemResponse(
    new ApiProblem("internal", { detail: "The request met a fault of the proxy; its log has more" }),
  );
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
