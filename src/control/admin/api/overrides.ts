import type { Hono } from "hono";
import { overrideJson } from "../../overrides/override_json.ts";
import type { ApiSource } from "./api_source.ts";

/** The resource of all overrides, those of targets that are gone from the config included. */
export function overridesResource(api: Hono, source: ApiSource): void {
  api.get("/api/v1/overrides", (context) => {
    const { directory, error } = source.overrides.store;
    return context.json({
      overrides: [...source.overrides.all()].map(overrideJson),
      state_dir: directory === "" ? null : directory,
      error,
    });
  });
}
