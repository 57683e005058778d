import { ListenClaims } from "../../control/listen/listen_claims.ts";
import type { AppConfig, Config } from "../../model/config.ts";
import { isUnix } from "../../model/config_admin.ts";
import { formatTarget, regionAppOf } from "../../model/endpoint_url.ts";
import type { StateDocument } from "../model/documents.ts";
import { type CarriedApp, configOf } from "./carried_app.ts";
import type { ReadyReplica } from "./ready_replicas.ts";

/** Why an app of the region is not, or not in its newest form, in the config. */
export type Refused = Pick<StateDocument, "state" | "reason">;

/** A node's own config with the apps of the region. */
export interface MergedConfig {
  readonly config: Config;
  /** By app. */
  readonly refused: ReadonlyMap<string, Refused>;
  /** Apps of the region that are targets, and the nodes of the replicas that take their place. */
  readonly uses: Readonly<Record<string, readonly string[]>>;
}

/** The apps of the region that are targets in a config. */
export function targetApps({ apps }: Config): string[] {
  const all = apps.flatMap(({ targets }) => targets.map(({ host }) => regionAppOf(host)));
  return [...new Set(all.filter((app) => app !== null))];
}

/** Whether there are any. */
export function hasRegionTargets(config: Config): boolean {
  return targetApps(config).length > 0;
}

/**
 * Joins what a node carries for the region to its own config. Its own apps come first; what does not fit beside them, or
 * is not valid here, is refused by itself, and what ran before in its place goes on.
 */
export class AppMerger {
  /** Apps as they were valid last: the objects stay the same, so that only others are rolled out. */
  readonly #known = new Map<string, { readonly key: string; readonly config: AppConfig }>();
  /** The same for those of its own that have apps of the region as targets. */
  readonly #fronts = new Map<string, { readonly app: AppConfig; readonly config: AppConfig }>();

  /** @param replicasOf what stands for an app of the region where it is a target. */
  merge(
    base: Config,
    carried: ReadonlyMap<string, CarriedApp>,
    replicasOf: (app: string) => readonly ReadyReplica[],
  ): MergedConfig {
    const uses: Record<string, readonly string[]> = {};
    const replicas = (app: string): readonly ReadyReplica[] => {
      const found = replicasOf(app);
      uses[app] = found.map(({ node }) => node);
      return found;
    };
    const refused = new Map<string, Refused>();
    const claims = new ListenClaims<string>();
    const { listen } = base.admin;
    if (listen !== null && listen !== undefined && !isUnix(listen)) claims.claim(listen, "the admin server");
    for (const app of base.apps) for (const port of app.ports) claims.claim(port, `app "${app.name}"`);
    const own = new Set(base.apps.map(({ name }) => name));
    const apps: AppConfig[] = [];
    for (const name of this.#known.keys()) if (!carried.has(name)) this.#known.delete(name);
    for (const [name, app] of carried) {
      const config = own.has(name) ? null : this.#configOf(name, app, refused);
      if (own.has(name)) {
        refused.set(name, { state: "conflict", reason: "this node has an app of its own of that name" });
      }
      if (config === null) continue;
      const other = config.ports.map((port) => claims.claim(port, `app "${name}"`)).find((owner) =>
        owner !== undefined
      );
      if (other === undefined) apps.push(config);
      else refused.set(name, { state: "conflict", reason: `${other} listens on its address` });
    }
    const fronts = base.apps.map((app) => this.#withReplicas(app, replicas));
    return { config: { ...base, apps: [...fronts, ...apps] }, refused, uses };
  }

  /** The app with replicas in the place of the apps that its targets name; the same object as long as they are the same. */
  #withReplicas(app: AppConfig, replicasOf: (app: string) => readonly ReadyReplica[]): AppConfig {
    if (!app.targets.some(({ host }) => regionAppOf(host) !== null)) return app;
    const all = app.targets.flatMap((target) => {
      const name = regionAppOf(target.host);
      if (name === null) return [target];
      return replicasOf(name).map(({ address, port, zone }) => ({
        ...target,
        host: address,
        port,
        zone: target.zone === "" ? zone : target.zone,
      }));
    });
    const targets = [...new Map(all.map((target) => [formatTarget(target), target])).values()];
    const known = this.#fronts.get(app.name);
    if (known?.app === app && JSON.stringify(known.config.targets) === JSON.stringify(targets)) {
      return known.config;
    }
    const config = { ...app, targets } as AppConfig;
    this.#fronts.set(app.name, { app, config });
    return config;
  }

  /** What is valid of an app: the newest form, or else the last one. */
  #configOf(name: string, app: CarriedApp, refused: Map<string, Refused>): AppConfig | null {
    const key = `${app.revision} ${app.ports.join()}`;
    const known = this.#known.get(name);
    if (known?.key === key) return known.config;
    const config = configOf(app);
    if ("problem" in config) {
      refused.set(name, { state: "invalid", reason: config.problem });
      return known?.config ?? null;
    }
    this.#known.set(name, { key, config });
    return config;
  }
}
