import type { ClientTls } from "../../engine/engine.ts";
import type { HttpPolicy } from "../../model/http_policy.ts";
import type { ProxyVersion } from "../../model/proxy_protocol.ts";
import type { AppSnapshot, TargetSnapshot } from "../../model/snapshot.ts";
import { DEFAULT_HTTP_LIMITS, type HttpLimits } from "./codec/http_limits.ts";
import type { EndpointPool } from "./endpoint/endpoint_pool.ts";
import { AnswerTimes } from "./hedging/answer_times.ts";
import { HedgeBudget } from "./hedging/hedge_budget.ts";
import { HedgeDelay } from "./hedging/hedge_delay.ts";
import type { HttpShared } from "./http_shared.ts";
import { type EndpointRoute, endpointRoute } from "./policy/endpoint_route.ts";
import type { RequestPolicy } from "./policy/forward_request.ts";
import { TerminalResponses } from "./policy/terminal_responses.ts";
import { VIA_NAME, viaLines } from "./policy/via.ts";

const VIA = viaLines(VIA_NAME);

/** One target of an app as requests meet it. */
export interface Endpoint {
  readonly route: EndpointRoute;
  readonly pool: EndpointPool;
  /** For endpoints on https, null else. */
  readonly tls: ClientTls | null;
  /** Version of the PROXY header that its connections begin with, null where it gets none. */
  readonly sendProxy: ProxyVersion | null;
}

/** What an app in HTTP mode needs besides its snapshot, worked out once. Hedging is learnt and limited by thread. */
export class HttpApp {
  /** As in logs. */
  readonly appName: string;
  /** Slot of the app on the board. */
  readonly appSlot: number;
  readonly policy: HttpPolicy;
  readonly terminal: TerminalResponses;
  readonly requestPolicy: RequestPolicy;
  /** Of clients' requests. */
  readonly limits: HttpLimits;
  /** By the target's index. */
  readonly endpoints: readonly Endpoint[];
  /** Some endpoint has a base path, which no request may lead out of. */
  readonly hasBasePath: boolean;
  /** Recent times to an answer's head. */
  readonly times: AnswerTimes;
  readonly hedgeBudget: HedgeBudget;
  readonly hedgeDelay: HedgeDelay;

  /**
   * @param before the same app before a rollout: what it learnt is kept.
   * @param now `engine.now()`.
   */
  constructor(app: AppSnapshot, policy: HttpPolicy, shared: HttpShared, before: HttpApp | null, now: number) {
    this.appName = app.name;
    this.appSlot = app.slot;
    this.policy = policy;
    this.terminal = new TerminalResponses(policy.terminalResponses);
    this.requestPolicy = { preserveHost: policy.preserveHost, via: VIA };
    const { maxHeadBytes, maxFields } = policy;
    this.limits = { ...DEFAULT_HTTP_LIMITS, maxHeadBytes, maxFields };
    this.endpoints = app.targets.map((target) => endpointOf(app, policy, target, shared));
    this.hasBasePath = this.endpoints.some(({ route }) => route.basePath.length > 0);
    this.times = before?.times ?? new AnswerTimes(now);
    this.hedgeBudget = before !== null && before.policy.maxExtraLoad === policy.maxExtraLoad
      ? before.hedgeBudget
      : new HedgeBudget(policy.maxExtraLoad);
    this.hedgeDelay = new HedgeDelay(policy.hedgeAfter, this.times);
  }
}

function endpointOf(
  app: AppSnapshot,
  policy: HttpPolicy,
  target: TargetSnapshot,
  shared: HttpShared,
): Endpoint {
  const pool = shared.pools.get(app, policy, target);
  pool.useAddresses(target.addresses);
  const { http, sendProxy = null } = target;
  const route = endpointRoute(http?.authority ?? target.key, http?.basePath ?? "");
  const tls = http?.scheme === "https" ? { serverName: http.hostname, ...policy.tls } : null;
  return { route, pool, tls, sendProxy };
}
