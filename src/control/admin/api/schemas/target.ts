import * as z from "zod";
import { EJECTION_CAUSES } from "../../../../model/ejections.ts";
import type { AppStatus, TargetStatus } from "../../../daemon/status.ts";
import { overrideView } from "./override.ts";

const HEALTH = ["unknown", "up", "down", "ejected"] as const satisfies readonly TargetStatus["health"][];
const ADMIN = ["ready", "drain", "maint"] as const satisfies readonly TargetStatus["admin"][];

/** What health found. */
export const healthWord = z.enum(HEALTH);
/** What a target's admin state comes to. */
export const adminWord = z.enum(ADMIN);

const probe = z.strictObject({
  status: z.enum(["unknown", "up", "down"]),
  since: z.string(),
  last_check: z.string().nullable(),
  passed: z.boolean(),
  reason: z.string().describe("What the last probe found."),
  against: z.int().describe("Probes in a row that spoke against the status."),
  checks_total: z.int(),
  check_failures_total: z.int(),
  agent: z.strictObject({
    admin: adminWord.optional(),
    weight: z.number().optional(),
    max_connections: z.number().optional(),
  }).optional(),
}).meta({ id: "Probe" });

const ejection = z.strictObject({ cause: z.enum(EJECTION_CAUSES), since: z.string(), until: z.string() });

/** A target: layer by layer, and what that comes to. */
export const targetView = z.strictObject({
  target: z.string().describe("As in the config."),
  addresses: z.array(z.string()),
  config: z.strictObject({ weight: z.number(), backup: z.boolean() }),
  override: overrideView.nullable().describe("What an operator said."),
  health: z.strictObject({
    state: healthWord,
    reason: z.string().optional().describe("Why it is out; absent where it is not."),
    probe: probe.optional().describe("Where it is probed."),
    ejection: ejection.optional().describe("While it is ejected."),
  }),
  effective: z.strictObject({
    state: adminWord,
    weight: z.number(),
    available: z.boolean().describe("Whether it is given new sessions, its connection limit aside."),
  }),
  connections_active: z.int().describe("Sessions, in mode `http` requests, that it has open."),
  connections_total: z.int(),
  connect_attempts_total: z.int(),
  connect_failures_total: z.int(),
  bytes_in_total: z.int(),
  bytes_out_total: z.int(),
  ejections_total: z.int(),
}).meta({ id: "Target" });

/** One of {@link targetView}. */
export type TargetView = z.output<typeof targetView>;

/** The same with its app, for lists over all apps. */
export const targetOfApp = targetView.extend({ app: z.string() }).meta({ id: "TargetOfApp" });

/** Shows a target. */
export function viewTarget(target: TargetStatus): z.input<typeof targetView> {
  const { probe, ejection, addresses, override } = target;
  return {
    target: target.target,
    addresses: [...addresses],
    config: { weight: target.weight, backup: target.backup },
    override,
    health: {
      state: target.health,
      ...reasonOf(target),
      ...(probe === undefined ? {} : { probe }),
      ...(ejection === undefined ? {} : { ejection }),
    },
    effective: { state: target.admin, weight: target.effective_weight, available: target.available },
    connections_active: target.connections_active,
    connections_total: target.connections_total,
    connect_attempts_total: target.connect_attempts_total,
    connect_failures_total: target.connect_failures_total,
    bytes_in_total: target.bytes_in_total,
    bytes_out_total: target.bytes_out_total,
    ejections_total: target.ejections_total,
  };
}

/** What the last probe found, or what the target was ejected for. */
function reasonOf({ health, probe, ejection }: TargetStatus): { readonly reason?: string } {
  const reason = health === "ejected" ? ejection?.cause : health === "down" ? probe?.reason : undefined;
  return reason === undefined ? {} : { reason };
}

/** Whether a target has what a filter asks for. */
export interface TargetFilter {
  readonly health?: TargetStatus["health"] | undefined;
  readonly state?: TargetStatus["admin"] | undefined;
  readonly available?: boolean | undefined;
  readonly overridden?: boolean | undefined;
}

/** Those of an app's targets that a filter leaves. */
export function filterTargets({ targets }: AppStatus, filter: TargetFilter): TargetStatus[] {
  return targets.filter((target) =>
    (filter.health ?? target.health) === target.health && (filter.state ?? target.admin) === target.admin &&
    (filter.available ?? target.available) === target.available &&
    (filter.overridden ?? target.override !== null) === (target.override !== null)
  );
}
