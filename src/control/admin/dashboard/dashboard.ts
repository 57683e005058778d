import type { Context, Hono } from "hono";
import type { AdminEnv } from "../access/guard_access.ts";
import { type Asset, Assets } from "./assets.ts";

const INDEX = "index.html";

/**
 * The dashboard: one page at `/`, and the files that it loads. They hold no data, so that they need no token; what they
 * show they ask of the API, which does.
 */
export function dashboardResource(app: Hono<AdminEnv>): void {
  const assets = new Assets();
  app.get("/", async (context) => serve(context, await assets.get(INDEX)));
  app.get("/dashboard/:name", async (context) => {
    const name = context.req.param("name");
    return serve(context, name === INDEX ? null : await assets.get(name));
  });
}

async function serve(context: Context, asset: Asset | null): Promise<Response> {
  if (asset === null) return context.text("there is no such file\n", 404);
  // It is asked for each time, and sent when it is another one: after an update no page mixes two versions.
  const headers = { etag: asset.etag, "cache-control": "no-cache", vary: "accept-encoding" };
  if (context.req.header("if-none-match") === asset.etag) return context.body(null, 304, headers);
  const takesGzip = /(?:^|[ ,])gzip(?:$|[ ,;])/.test(context.req.header("accept-encoding") ?? "");
  const typed = { ...headers, "content-type": asset.type };
  return takesGzip
    ? context.body(await asset.gzipped(), 200, { ...typed, "content-encoding": "gzip" })
    : context.body(asset.text, 200, typed);
}
