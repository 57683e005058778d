import { NAME_WAIT_MS } from "../../base/limits.ts";
import type { AppConfig, Config } from "../../model/config.ts";
import type { ConfigChange } from "../changes/config_change.ts";
import type { Resolver } from "../dns/resolver.ts";
import type { AppFiles, PreparedFiles } from "./app_files.ts";
import type { DescriptorBudget } from "./capacity/descriptor_budget.ts";
import { findHostUsers, type HostUsers } from "./host_users.ts";
import type { ListenPlan } from "./listening/listen_plan.ts";
import type { Listening } from "./listening/listening.ts";
import { sharedSettings } from "./shared_settings.ts";

/** What a config comes to in the world as it is: names, files and descriptors. */
export interface Prepared {
  readonly config: Config;
  /** By name. */
  readonly apps: ReadonlyMap<string, AppConfig>;
  readonly hostUsers: HostUsers;
  readonly files: PreparedFiles;
  readonly listenPlan: ListenPlan;
  /** Most idle connections to an address of an endpoint. */
  readonly maxIdle: number;
}

/** What a {@link Preparation} draws on. */
export interface PreparationOptions {
  readonly resolver: Pick<Resolver, "watch" | "settled">;
  readonly listening: Pick<Listening, "prepare" | "plan" | "differs" | "forgetOthers">;
  readonly files: Pick<AppFiles, "prepare" | "differs">;
  readonly budget: Pick<DescriptorBudget, "maxIdle">;
}

/** Works out what configs come to before anything is changed, and which of the running apps they touch. */
export class Preparation {
  /** What was taken over last, null before the first. */
  #running: Prepared | null = null;

  constructor(private readonly options: PreparationOptions) {}

  get running(): Prepared | null {
    return this.#running;
  }

  /**
   * @param isTrial nobody wants to take it over: what is in use stays as it is, answers of DNS as well.
   * @throws {FproxyError} when files of it cannot be used; then it is given up.
   */
  async prepare(config: Config, isTrial = false): Promise<Prepared> {
    try {
      return await this.#lookAround(config, isTrial);
    } catch (error) {
      this.giveUp();
      throw error;
    }
  }

  /** Names of the apps that have to be compiled anew. @param change of the running config into this one. */
  touched(prepared: Prepared, { apps }: ConfigChange): ReadonlySet<string> {
    const { config, files, listenPlan } = prepared;
    const before = this.#running;
    if (before === null || sharedSettings(before.config) !== sharedSettings(config)) {
      return new Set(prepared.apps.keys());
    }
    const other = new Set(apps.filter(({ change }) => change !== "removed").map(({ app }) => app));
    for (const [name, app] of prepared.apps) {
      const isTouched = this.options.files.differs(name, files) ||
        this.options.listening.differs(name, listenPlan) ||
        keptIdle(app, prepared.maxIdle) !== keptIdle(app, before.maxIdle);
      if (isTouched) other.add(name);
    }
    return other;
  }

  /** It is taken over. */
  commit(prepared: Prepared): void {
    this.#running = prepared;
    this.options.resolver.watch(new Set(prepared.hostUsers.keys()));
  }

  /** It is not: what only it has is looked up no more. */
  giveUp(): void {
    this.options.resolver.watch(new Set(this.#running?.hostUsers.keys()));
    this.options.listening.forgetOthers();
  }

  async #lookAround(config: Config, isTrial: boolean): Promise<Prepared> {
    const { resolver, listening, files, budget } = this.options;
    const hostUsers = findHostUsers(config.apps);
    const hosts = new Set(hostUsers.keys());
    const used = new Set(this.#running?.hostUsers.keys());
    // Names of the outgoing config stay until it is replaced: they may still be needed.
    resolver.watch(hosts.union(used));
    const awaited = isTrial ? hosts.difference(used) : hosts;
    await Promise.all([resolver.settled(awaited, NAME_WAIT_MS), listening.prepare(config.apps)]);
    return {
      config,
      apps: new Map(config.apps.map((app) => [app.name, app])),
      hostUsers,
      files: await files.prepare(config.apps),
      listenPlan: listening.plan(config.apps),
      maxIdle: budget.maxIdle(config),
    };
  }
}

/** Idle connections to an address of an endpoint that the app keeps. */
function keptIdle({ http }: AppConfig, maxIdle: number): number {
  return Math.min(http?.pool.max_idle ?? 0, maxIdle);
}
