import * as z from "zod";
import { SESSION_EFFECTS } from "../../model/session_effect.ts";
import { CHANGE_KINDS } from "./config_change.ts";

const changeKind = z.enum(CHANGE_KINDS);
const keys = z.array(z.string());

const optionChange = {
  path: z.string().describe("As `http.pool.max_idle`; items of lists by their number, targets by their key."),
  before: z.unknown().describe(
    "Milliseconds, bytes; null where there is none. Secrets are redacted, long values left out.",
  ),
  after: z.unknown(),
};

const appChange = {
  app: z.string(),
  change: changeKind,
  options: z.array(z.strictObject(optionChange)).describe(
    "In which options it is another; empty where it came or went.",
  ),
};

const targetChange = {
  app: z.string(),
  target: z.string().describe("As in the config, in its short form."),
  change: changeKind,
};

const around = {
  options: z.array(z.strictObject(optionChange)).describe("Options outside of apps."),
  restart_needed: z.array(z.strictObject({ ...optionChange, reason: z.string() })).describe(
    "Options whose new value counts from the next start on.",
  ),
};

const concern = {
  sessions: z.int().nonnegative().describe("Open sessions that meet `effect`."),
  effect: z.enum(SESSION_EFFECTS).describe(
    "The worst that any of its sessions meets: `kept` goes on, `draining` may run on for `drain_timeout`, `cut` ends at " +
      "once.",
  ),
};

/** In what a config differs from the one before. */
export const changeView = z.strictObject({
  ...around,
  apps: z.array(z.strictObject(appChange)),
  targets: z.array(z.strictObject(targetChange)).describe("Those of apps that came or went as well."),
}).meta({ id: "ConfigChange" });

/** What a reload would touch. */
export const planView = z.strictObject({
  listeners: z.strictObject({ kept: keys, opened: keys, closed: keys }).describe("Listen addresses."),
  sessions: z.strictObject({
    kept: z.int().nonnegative(),
    draining: z.int().nonnegative(),
    cut: z.int().nonnegative(),
  }).describe("All that are open now, without those that drain already."),
  ...around,
  apps: z.array(z.strictObject({ ...appChange, ...concern })),
  targets: z.array(z.strictObject({ ...targetChange, ...concern })),
  nothing: z.boolean().describe("Whether there is nothing to do."),
}).meta({ id: "Plan" });
