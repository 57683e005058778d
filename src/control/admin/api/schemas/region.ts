import * as z from "zod";
import {
  APP_CONDITIONS,
  CELL_STATES,
  NODE_STANDINGS,
  type RegionPicture,
  ROLLOUT_STEPS,
} from "../../../../model/region_picture.ts";

const revision = z.int().describe("Of the app's document in the region.");
const since = z.string().describe("By the clock of the region's servers.");

const node = z.strictObject({
  name: z.string(),
  zone: z.string().describe("Empty where it has none, or where that is not known."),
  address: z.string().describe("Where others reach it; empty where that is not known."),
  standing: z.enum(NODE_STANDINGS).describe("`gone`: it has said nothing for ten seconds."),
  by: z.string().describe("Who cordoned or drains it; empty where nobody does."),
  capacity: z.strictObject({ apps: z.int(), connections: z.int() }).nullable(),
  carried: z.int().describe("Apps that it has to carry."),
  ready: z.int().describe("How many of them serve and get what is new."),
}).meta({ id: "RegionNode" });

const replica = z.strictObject({
  node: z.string(),
  state: z.enum(CELL_STATES).describe(
    "`ready`, `unready`, `invalid`, `conflict` as its node says; `waits`, `closing`, `updating` as control is about to do; " +
      "`not_told` by its node yet; `gone` with its node.",
  ),
  reason: z.string().describe("Empty where it serves."),
  serving: z.boolean().describe("Whether it serves and gets what is new."),
  revision,
  ports: z.array(z.int()).readonly(),
});

const rollout = z.strictObject({
  leg: z.enum(ROLLOUT_STEPS),
  paused: z.boolean(),
  from: revision.nullable().describe("Revision that all had before; null for a new app."),
  to: revision,
  reason: z.string().describe("Why it failed, or who undid it."),
  updated: z.int().describe("Replicas that were given the new revision."),
  since,
});

const scale = z.strictObject({
  min: z.int(),
  max: z.int(),
  target: z.string().describe("What it goes by, and how much of it a replica should have."),
  reason: z.string().describe("Formula of the last decision; empty before the first."),
  since: since.nullable(),
  held: z.strictObject({ by: z.string(), until: z.string() }).nullable().describe("Set by hand."),
});

const app = z.strictObject({
  name: z.string(),
  revision: revision.nullable().describe("Null where it was deleted and is still carried."),
  condition: z.enum(APP_CONDITIONS).describe(
    "`down`: no replica serves; `degraded`: one does not, or has no node, or a change was taken back; `changing`: one is on " +
      "its way.",
  ),
  wanted: z.int().describe("Replicas that it is to have."),
  ready: z.int().describe("How many serve and get what is new."),
  replicas: z.array(replica).readonly(),
  rollout: rollout.nullable(),
  scale: scale.nullable(),
  trouble: z.array(z.string()).readonly().describe("What keeps it from being as it is wanted."),
}).meta({ id: "RegionApp" });

/** Body of `GET /api/v1/region`. */
export const regionPicture: z.ZodType<RegionPicture> = z.strictObject({
  region: z.string(),
  leader: z.string().nullable().describe("The control that leads."),
  nodes: z.array(node).readonly(),
  apps: z.array(app).readonly(),
  fronts: z.array(z.strictObject({
    name: z.string(),
    gone: z.boolean().describe("Whether it has said nothing for ten seconds."),
    uses: z.record(z.string(), z.array(z.string()).readonly()).describe("App → nodes that it sends to."),
  })).readonly(),
}).meta({ id: "Region" });
