import * as z from "zod";
import { Admin, Health } from "../../../../model/target_words.ts";
import { APP_STATES } from "../../../daemon/app_state.ts";
import type { Sample } from "../../../telemetry/samples/sample.ts";

const number = z.number();
const rates = {
  connections_active: number.describe("Connections that are open now."),
  connections_per_second: number.describe("Connections that were accepted."),
  bytes_in_per_second: number.describe("Bytes are counted when a session or request ends."),
  bytes_out_per_second: number,
};
const serviceRates = {
  ...rates,
  requests_per_second: number.describe("In mode `http` alone."),
  errors_per_second: number.describe("Sessions that ended badly, and in mode `http` answers with a 5xx."),
};
const percentiles = z.strictObject({ p50: number, p90: number, p99: number }).nullable();

const appSample = z.strictObject({
  state: z.enum(APP_STATES),
  mode: z.enum(["tcp", "http"]),
  ...serviceRates,
  targets: number,
  targets_available: number,
  connect_ms: percentiles.describe("Time to open a connection to a target; null where none was opened."),
  first_byte_ms: percentiles.describe("Time to a target's first byte; null where none came."),
});

const targetSample = z.strictObject({
  ...rates,
  requests_per_second: number.describe("In mode `http` alone, where connections are kept for many."),
  failures_per_second: number.describe("Connects that failed, and requests that were not answered."),
  available: z.boolean(),
  health: z.enum(Object.keys(Health) as (keyof typeof Health)[]),
  admin: z.enum(Object.keys(Admin) as (keyof typeof Admin)[]),
  weight: number.describe("Effective weight."),
});

const details = z.strictObject({
  reasons: z.record(z.string(), number).describe("Sessions that ended in the interval, by reason."),
  connect_counts: z.array(number).describe(
    "Connections to targets opened in the interval, by bucket of `bounds_ms.connect`, and those above.",
  ),
  listeners: z.record(
    z.string(),
    z.strictObject({ connections_active: number, connections_per_second: number }),
  ).describe("By address."),
  targets: z.record(z.string(), targetSample).describe("By target, as in the config."),
});

/** The data of an event `sample`. */
export const sample: z.ZodType<Sample> = z.strictObject({
  time: z.string(),
  seconds: number.describe("Length of the interval; 0 in a first message, whose rates are 0."),
  proxy: z.strictObject({
    ...serviceRates,
    revision: number,
    ready: z.boolean(),
    connect_ms: percentiles,
    first_byte_ms: percentiles,
    reasons: z.record(z.string(), number).describe("Errors by reason; `status_5xx` are answers."),
    connect_counts: z.array(number),
  }).describe("Over all apps."),
  complete: z.boolean().describe("Whether `apps` has all apps; else those that changed."),
  apps: z.record(z.string(), appSample),
  removed: z.array(z.string()).describe("Apps that are gone."),
  details: z.record(z.string(), details).describe("Of the apps that `app` names."),
  bounds_ms: z.strictObject({ connect: z.array(number) }).exactOptional().describe(
    "Upper bounds of buckets; in complete messages.",
  ),
});
