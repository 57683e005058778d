import type { Hono } from "hono";
import type { AppStatus, TargetStatus } from "../../daemon/status.ts";
import type { OverrideStatus } from "../../overrides/override_json.ts";
import type { ApiSource } from "./api_source.ts";
import { findApp } from "./find_target.ts";

/** A target as `GET /api/v1/apps/{app}/targets` shows it: layer by layer, and what that comes to. */
export interface TargetView {
  readonly target: string;
  readonly addresses: readonly string[];
  readonly config: { readonly weight: number; readonly backup: boolean };
  readonly override: OverrideStatus | null;
  readonly health: {
    readonly state: TargetStatus["health"];
    /** Why it is out; absent where it is not. */
    readonly reason?: string;
  };
  readonly effective: {
    readonly state: TargetStatus["admin"];
    readonly weight: number;
    /** Whether it is given new sessions, its connection limit aside. */
    readonly available: boolean;
  };
  /** Sessions, in mode `http` requests, that it has open. */
  readonly connections_active: number;
}

/** Body of the answer. */
export interface TargetsView {
  readonly app: string;
  readonly strategy: string;
  /** Whether so few targets are well that all are used. */
  readonly fails_open: boolean;
  readonly targets: readonly TargetView[];
}

/** The resource of an app's targets. */
export function targetsResource(api: Hono, source: ApiSource): void {
  api.get("/api/v1/apps/:app/targets", (context) => {
    const app = findApp(context, source, context.req.param("app"));
    return app instanceof Response ? app : context.json(targetsView(app));
  });
}

function targetsView({ name, strategy, fails_open, targets }: AppStatus): TargetsView {
  return { app: name, strategy, fails_open, targets: targets.map(targetView) };
}

/** One target of it. */
export function targetView(target: TargetStatus): TargetView {
  return {
    target: target.target,
    addresses: target.addresses,
    config: { weight: target.weight, backup: target.backup },
    override: target.override,
    health: { state: target.health, ...reasonOf(target) },
    effective: { state: target.admin, weight: target.effective_weight, available: target.available },
    connections_active: target.connections_active,
  };
}

/** What the last probe found, or what the target was ejected for. */
function reasonOf({ health, probe, ejection }: TargetStatus): { readonly reason?: string } {
  const reason = health === "ejected" ? ejection?.cause : health === "down" ? probe?.reason : undefined;
  return reason === undefined ? {} : { reason };
}
