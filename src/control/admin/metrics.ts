import type { Hono } from "hono";
import { accepts } from "hono/accepts";
import type { AdminEnv } from "./access/guard_access.ts";
import type { Exposed } from "../telemetry/metrics/mod.ts";

/** Writes metrics, in OpenMetrics or in the text format of Prometheus. */
export type WriteMetrics = (isOpenMetrics: boolean) => Promise<Exposed>;

const OPEN_METRICS = "application/openmetrics-text";
const PLAIN = "text/plain";

/** `/metrics`: for Prometheus and all that speak like it, in the format that is preferred by `Accept`. */
export function metricsResource(app: Hono<AdminEnv>, write: WriteMetrics): void {
  app.get("/metrics", async (context) => {
    const format = accepts(context, { header: "Accept", supports: [OPEN_METRICS, PLAIN], default: PLAIN });
    const { contentType, body } = await write(format === OPEN_METRICS);
    return context.body(body, 200, { "content-type": contentType, "cache-control": "no-store" });
  });
}
