import type { LogFields, Logger } from "../../../base/log.ts";
import { MAX_PIPES } from "../../../engine/mod.ts";
import type { Config, TargetConfig } from "../../../model/config.ts";
import type { AppSnapshot } from "../../../model/snapshot.ts";
import { connectionCap } from "./connection_cap.ts";
import { descriptorLimit } from "./descriptor_limit.ts";
import { idleConnectionBound, idleConnections } from "./idle_connections.ts";
import { SESSION_PIPE_DESCRIPTORS, sessionCost } from "./session_cost.ts";

/** A pipe has two ends. */
const PIPE_DESCRIPTORS = 2;

/** What a {@link DescriptorBudget} draws on. */
export interface DescriptorBudgetOptions {
  readonly log: Pick<Logger, "warn">;
  /** Processor cores, for `workers: auto`. */
  readonly cores: number;
  /** Addresses of a host, as far as they are known. */
  addresses(host: string): readonly string[];
}

/** Shares the process's descriptors out, so that limits of the program's own are met before the system's. */
export class DescriptorBudget {
  /** What was said of a configured cap that does not fit, so that it is said once. */
  #said = "";

  /** @param limit the process's soft descriptor limit, null where the system does not tell. */
  constructor(
    private readonly options: DescriptorBudgetOptions,
    private readonly limit: () => number | null = descriptorLimit,
  ) {}

  /** Data threads of each engine that has an app. */
  threads({ workers }: Config): number {
    return workers === "auto" ? this.options.cores : workers;
  }

  /** Most idle connections that each thread may keep to an address of an endpoint; `Infinity` where all fit. */
  maxIdle(config: Config): number {
    const limit = this.limit();
    if (limit === null) return Infinity;
    const addresses = (host: string): number => this.options.addresses(host).length;
    return idleConnectionBound(limit, config.apps, this.threads(config), addresses);
  }

  /**
   * The most client connections of the process: what is configured, but no more than fits under the descriptor limit.
   * @param snapshots of all apps of the config.
   * @returns 0 for no cap: the system does not tell its limit, and accept errors are then the only bound.
   */
  maxConnections(config: Config, snapshots: Iterable<AppSnapshot>): number {
    const limit = this.limit();
    const wanted = config.max_connections;
    if (limit === null) return wanted === "auto" ? 0 : wanted;
    const fitting = this.#fitting(limit, [...snapshots], config);
    if (wanted === "auto") return fitting;
    if (wanted > fitting) this.#warn({ wanted, fitting, limit });
    return Math.min(wanted, fitting);
  }

  #warn(fields: LogFields): void {
    const said = JSON.stringify(fields);
    if (said === this.#said) return;
    this.#said = said;
    this.options.log.warn("connection_cap_lowered", fields);
  }

  #fitting(limit: number, apps: readonly AppSnapshot[], config: Config): number {
    const threads = this.threads(config);
    const sum = (of: (app: AppSnapshot) => number): number => apps.reduce((total, app) => total + of(app), 0);
    const isSplicing = apps.some((app) => app.engine === "epoll" && app.http === null);
    return connectionCap(limit, {
      threads: new Set(apps.map((app) => app.engine)).size * threads,
      // Control and the thread that serves it each have a descriptor of a socket that is adopted.
      sockets: sum(({ engine, listeners }) => listeners.length * threads * (engine === "epoll" ? 2 : 1)),
      idle: sum((app) => idleConnections(app, threads)),
      probes: mostProbes(config),
      pipes: isSplicing
        ? { total: threads * MAX_PIPES * PIPE_DESCRIPTORS, each: SESSION_PIPE_DESCRIPTORS }
        : { total: 0, each: 0 },
      apps: apps.map(sessionCost),
    });
  }
}

function mostProbes({ apps, control }: Config): number {
  const probed = apps.reduce((sum, { targets }) => sum + targets.filter(isProbed).length, 0);
  return Math.min(control.max_probes, probed);
}

function isProbed({ health_check }: TargetConfig): boolean {
  return health_check !== null;
}
