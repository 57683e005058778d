import type { Engine } from "../../../engine/engine.ts";
import type { HttpPolicy } from "../../../model/http_policy.ts";
import type { AppSnapshot, TargetSnapshot } from "../../../model/snapshot.ts";
import { EndpointPool } from "./endpoint_pool.ts";
import { responseRules } from "./response_rules.ts";

/**
 * The pools of one thread, by endpoint and everything that its connections are made with: a rollout that changes none of
 * that keeps them.
 */
export class EndpointPools {
  readonly #pools = new Map<string, EndpointPool>();

  constructor(private readonly engine: Engine) {}

  /** The pool for an app's target, a new one where there is none. */
  get(app: AppSnapshot, policy: HttpPolicy, target: TargetSnapshot): EndpointPool {
    const key = keyOf(app, policy, target);
    let pool = this.#pools.get(key);
    if (pool === undefined) {
      const { maxIdleConnections, idleConnectionTimeoutMs } = policy;
      const rules = responseRules(policy);
      pool = new EndpointPool(this.engine, {
        maxIdleConnections,
        idleTimeoutMs: idleConnectionTimeoutMs,
        rules,
      });
      this.#pools.set(key, pool);
    }
    return pool;
  }

  /** Closes every pool that is not among those in use. */
  retain(used: ReadonlySet<EndpointPool>): void {
    for (const [key, pool] of this.#pools) {
      if (used.has(pool)) continue;
      this.#pools.delete(key);
      pool.close();
    }
  }
}

function keyOf(app: AppSnapshot, policy: HttpPolicy, target: TargetSnapshot): string {
  const { scheme = "http", hostname = "" } = target.http ?? {};
  const { maxIdleConnections, idleConnectionTimeoutMs } = policy;
  return JSON.stringify([
    target.key,
    target.sendProxy,
    [scheme, ...(scheme === "https" ? [hostname, policy.tls] : [])],
    app.policy.tcp,
    maxIdleConnections,
    idleConnectionTimeoutMs,
    responseRules(policy),
  ]);
}
