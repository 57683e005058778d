import * as z from "zod";
import { ADMIN_BODY_MAX_BYTES } from "../../../base/limits.ts";
import { LOG_LEVELS } from "../../../base/log.ts";
import { LOG_PARTS } from "../../../base/log_parts.ts";
import { duration, label } from "../../../model/config_values.ts";
import { isoTime } from "../../overrides/override_json.ts";
import type { LevelStatus } from "../../telemetry/log_level.ts";
import type { ApiSource } from "./api_source.ts";
import { type Route, route } from "./route.ts";
import { whoAsks } from "./who_asks.ts";

const level = z.enum(LOG_LEVELS);
const part = z.enum(LOG_PARTS);

const levelKeys = {
  level: level.describe("In force."),
  configured: level.describe("What the config, or the command line, says."),
  overridden: z.boolean(),
  until: z.string().nullable().describe("When the operator's word ends by itself."),
};

const levelView = z.strictObject({
  ...levelKeys,
  parts: z.array(z.strictObject({ part, ...levelKeys })).describe(
    "Parts of the program that have a level of their own.",
  ),
}).meta({ id: "LogLevel" });

/** One of {@link levelView}. */
export type LogLevelView = z.output<typeof levelView>;

const change = z.strictObject({
  level: level.nullable().describe("null takes it back."),
  part: part.optional().describe("Only events of this part of the program; all unless it is given."),
  for: duration(1000).optional().describe("Ends by itself after this time, such as `10m`."),
  by: label(128).optional().describe("Who it is."),
});

/** The level of the program's log. */
export function logLevelRoutes(source: ApiSource): Route[] {
  return [
    route({
      method: "GET",
      path: "/api/v1/log-level",
      summary: "The level of the program's log, and of its parts",
      role: "read",
      answer: levelView,
      handle: () => ({ body: view(source) }),
    }),
    route({
      method: "PUT",
      path: "/api/v1/log-level",
      summary:
        "Changes the level, of all or of a part, until it is taken back, whatever a reloaded config says",
      role: "write",
      body: { schema: change, as: "json", maxBytes: ADMIN_BODY_MAX_BYTES },
      answer: levelView,
      handle: (request) => {
        const { level, part = null, for: forMs, by } = request.body;
        source.logLevel.override({
          level,
          part,
          forMs: level === null ? null : forMs ?? null,
          by: by ?? whoAsks(request),
        });
        return { body: view(source) };
      },
    }),
  ];
}

function view({ logLevel: { status } }: ApiSource): z.input<typeof levelView> {
  return { ...withTime(status), parts: status.parts.map(withTime) };
}

function withTime<T extends LevelStatus>(status: T): Omit<T, "until"> & { until: string | null } {
  return { ...status, until: status.until === null ? null : isoTime(status.until) };
}
