import * as z from "zod";
import { duration, label, wholeNumber } from "../../model/config_values.ts";

/** The keys that an app has in a region besides those of a config. */

const MOST_REPLICAS = 1_000;
const SHARE = /^([1-9]\d?|100)%$/;
const ERROR_FORMS = 'expected a share such as "5%"';
const SHARE_FORMS = 'expected a share such as "60%"';

/** Where replicas go. */
export const placementSettings = z.strictObject({
  replicas: wholeNumber(0, MOST_REPLICAS).prefault(3).describe(
    "Nodes that it runs on. With `scale` what it starts with.",
  ),
  max_per_zone: wholeNumber(1, MOST_REPLICAS).optional().describe(
    "Most replicas in one zone; no limit unless given.",
  ),
  require_labels: z.record(label(63), z.string(), { error: "expected labels, such as { disk: ssd }" })
    .prefault({}).describe("Labels that a node has to have, with these values."),
  spread_by: z.array(z.enum(["zone", "node"])).prefault(["zone", "node"]).describe(
    "`zone`: no zone has more replicas than another, as far as nodes allow. No node ever has two.",
  ),
});

/** How a change reaches them. */
export const rolloutSettings = z.strictObject({
  canary: wholeNumber(0, MOST_REPLICAS).prefault(1).describe(
    "Replicas that get a change first; 0 does without.",
  ),
  max_unavailable: wholeNumber(1, MOST_REPLICAS).prefault(1).describe(
    "Replicas that may be out of service at once.",
  ),
  ready_timeout: duration(1_000).prefault("60s").describe(
    "Time for a replica to get ready; then the change is taken back.",
  ),
  bake: duration(0).prefault("30s").describe("Time that the canary has to do well."),
  max_errors: z.string({ error: ERROR_FORMS }).regex(/^(0|[1-9]\d?|100)%$/, { error: ERROR_FORMS })
    .transform((text) => Number(text.slice(0, -1))).prefault("5%").describe(
      "How much larger a share of connections, or of requests in mode http, may fail where the change is while it bakes.",
    ),
  auto_rollback: z.boolean().prefault(true).describe("Whether a change that fails is taken back by itself."),
});

const step = wholeNumber(1, MOST_REPLICAS);

/** How many replicas there are. */
export const scaleSettings = z.strictObject({
  min: wholeNumber(1, MOST_REPLICAS),
  max: wholeNumber(1, MOST_REPLICAS),
  target: z.strictObject({
    connections: wholeNumber(1, 10_000_000).optional().describe("Open connections a replica."),
    new_connections_per_second: wholeNumber(1, 10_000_000).optional(),
    requests_per_second: wholeNumber(1, 10_000_000).optional(),
    cpu: z.string({ error: SHARE_FORMS }).regex(SHARE, { error: SHARE_FORMS }).optional().describe(
      "Processor time of data threads on the nodes of the app, as a share of what they have.",
    ),
  }).refine((target) => Object.values(target).filter((value) => value !== undefined).length === 1, {
    error: "expected one of connections, new_connections_per_second, requests_per_second and cpu",
  }),
  up: z.strictObject({
    window: duration(0).prefault("0s").describe("The lowest of this time counts."),
    max_step: step.optional().describe("Most replicas at a time; twice as many as there are unless given."),
  }).prefault({}),
  down: z.strictObject({
    window: duration(0).prefault("5m").describe("The highest of this time counts."),
    max_step: step.optional().describe("Most replicas at a time; no limit unless given."),
  }).prefault({}),
}).refine(({ min, max }) => min <= max, { error: "min is larger than max", path: ["min"] });

/** The keys and their schemas. */
export const APP_EXTRAS = {
  placement: placementSettings,
  rollout: rolloutSettings,
  scale: scaleSettings,
} as const;

/** Valid settings under `placement`. */
export type PlacementSettings = z.output<typeof placementSettings>;

/** Valid settings under `rollout`. */
export type RolloutSettings = z.output<typeof rolloutSettings>;

/** Valid settings under `scale`. */
export type ScaleSettings = z.output<typeof scaleSettings>;
