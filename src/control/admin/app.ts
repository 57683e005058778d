import { Hono } from "hono";
import { bearerAuth } from "hono/bearer-auth";
import type { Status } from "../daemon/status.ts";

/** What the admin server shows. */
export interface AdminSource {
  /** The program's version. */
  readonly version: string;
  status(): Status;
}

/**
 * The admin server's routes. Probes (`/livez`, `/readyz`) are open to everyone, everything else asks for the token.
 * @param token the present one; empty asks for none.
 */
export function adminApp(source: AdminSource, token: () => string): Hono {
  const app = new Hono();
  app.get("/livez", (context) => context.text("ok\n"));
  app.get("/readyz", (context) => {
    const status = source.status();
    const states = status.apps.map((one) => `${one.name} ${one.state}\n`).join("");
    return context.text(status.ready ? `ready\n${states}` : `not ready\n${states}`, status.ready ? 200 : 503);
  });
  app.use("/api/*", async (context, next) => {
    const wanted = token();
    return wanted === "" ? await next() : await bearerAuth({ token: wanted })(context, next);
  });
  app.get("/api/status", (context) => context.json({ version: source.version, ...source.status() }));
  return app;
}
