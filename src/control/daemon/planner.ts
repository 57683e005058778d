import type { Config } from "../../model/config.ts";
import { formatTarget } from "../../model/endpoint_url.ts";
import type { WantedApp } from "../../model/session_effect.ts";
import type { AppSnapshot } from "../../model/snapshot.ts";
import { configChange, namesOf } from "../changes/config_change.ts";
import { listenerChange } from "../changes/listener_change.ts";
import { makePlan, type Plan } from "../changes/plan.ts";
import type { AppCompiler } from "./app_compiler.ts";
import type { Preparation } from "./preparation.ts";
import type { Fleet } from "./threads/fleet.ts";

/** What a {@link Planner} draws on. */
export interface PlannerOptions {
  readonly preparation: Preparation;
  readonly compiler: AppCompiler;
  readonly fleet: Pick<Fleet, "rehearse">;
  /** Apps as they are sent to the threads now, by name. */
  readonly snapshots: ReadonlyMap<string, AppSnapshot>;
}

/**
 * Works out what a rollout would do, by the steps of a rollout: it prepares, compares and compiles, and asks the data
 * threads what they would do to their sessions. Then it gives everything back.
 */
export class Planner {
  constructor(private readonly options: PlannerOptions) {}

  /** @throws {FproxyError} when the config could not be taken over: no room, say, or no certificate. */
  async plan(config: Config): Promise<Plan> {
    const { preparation, compiler, fleet, snapshots } = this.options;
    const { running } = preparation;
    try {
      const prepared = await preparation.prepare(config, true);
      const change = configChange(running?.config ?? null, config);
      const compiled = compiler.tryOut(preparation.touched(prepared, change), prepared);
      const byName = new Map(compiled.map((app) => [app.name, app]));
      const after = config.apps.flatMap(({ name }) => byName.get(name) ?? snapshots.get(name) ?? []);
      const listeners = listenerChange(snapshots.values(), after);
      const { total, rows } = await fleet.rehearse({
        apps: compiled.map(wantedApp),
        removed: namesOf(change, "removed"),
      });
      const configured = (app: string, target: string): string => {
        const index = snapshots.get(app)?.targets.find(({ key }) => key === target)?.configIndex ?? -1;
        const found = running?.apps.get(app)?.targets[index];
        return found === undefined ? target : formatTarget(found);
      };
      return makePlan({ change, listeners, sessions: total, rows, configured });
    } finally {
      preparation.giveUp();
    }
  }
}

function wantedApp({ name, http, listeners, targets }: AppSnapshot): WantedApp {
  return {
    name,
    isHttp: http !== null,
    listeners: listeners.map(({ key }) => key),
    targets: targets.map(({ key }) => key),
  };
}
