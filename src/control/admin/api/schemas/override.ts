import * as z from "zod";
import { storedOverride } from "../../../overrides/override_json.ts";
import { OVERRIDE_STATES } from "../../../overrides/override.ts";

const note = {
  by: z.string(),
  reason: z.string(),
  since: z.string().describe("RFC 3339."),
  until: z.string().nullable().describe("When it ends by itself, null for never."),
};

const state = z.strictObject({ value: z.enum(OVERRIDE_STATES), ...note });
const weight = z.strictObject({
  value: z.union([z.number(), z.string()]).describe("A weight, or a share of the configured one: `50%`."),
  configured: z.int().describe("The config's weight at that time."),
  ...note,
});

/** What an operator said of a target, inside of it. */
export const overrideView = z.strictObject({
  state: state.nullable(),
  weight: weight.extend({
    config_changed: z.boolean().describe(
      "The config's weight was edited since; the override holds all the same.",
    ),
  }).nullable(),
}).meta({ id: "TargetOverride" });

/** The same in the list of all. */
export const overrideEntry: z.ZodType<z.input<typeof storedOverride>> = z.strictObject({
  app: z.string(),
  target: z.string(),
  state: state.nullable(),
  weight: weight.nullable(),
  gone_since: z.string().nullable().describe("Since when the config has no such target."),
}).meta({ id: "Override" });
