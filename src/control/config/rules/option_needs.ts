import { isIP } from "node:net";
import type { AppConfig } from "../../../model/config.ts";
import { isService } from "../../../model/endpoint_url.ts";
import type { ProbeType } from "../../../model/config_health.ts";
import { strategies } from "../../../strategy/mod.ts";

/** What an app must be like for an option to have an effect. */
export interface Need {
  /** Whether an app is like that, as far as its config tells. */
  isMet(app: AppConfig): boolean;
  /** Why an app is not; ends the sentence `"KEY" does nothing: ...`. */
  because(app: AppConfig): string;
  /** The same of a file in which no app is. */
  readonly nowhere: string;
  /** What to write where the option was meant. */
  hint(app: AppConfig | null): string;
  /** Who writes such an option for an app that is not like that makes a mistake, which another rule refuses. */
  readonly isRefused?: true;
}

/** Apps that carry requests. */
export const IN_HTTP: Need = {
  isMet: ({ mode }) => mode === "http",
  because: () => "this app is in mode tcp",
  nowhere: "no app is in mode http",
  hint: () => 'write "mode: http" for apps that carry HTTP',
  isRefused: true,
};

/** Apps that carry bytes as they are. */
export const IN_TCP: Need = {
  isMet: ({ mode }) => mode === "tcp",
  because: () => "apps in mode http try every target, each for http.attempt_timeout",
  nowhere: "all apps are in mode http, where every target is tried, each for http.attempt_timeout",
  hint: () => "see http.dispatch, http.attempt_timeout and http.request_timeout",
};

/** Apps that help slow endpoints out. */
export const HEDGED: Need = {
  isMet: ({ http }) => http?.dispatch === "hedged",
  because: ({ http }) => `this app's http.dispatch is ${http?.dispatch}`,
  nowhere: "no app has http.dispatch hedged",
  hint: () => 'write "dispatch: hedged" if endpoints that are slow are to be helped out',
};

/** Apps that may send more requests than their clients. */
export const MORE_LOAD: Need = {
  isMet: ({ http }) => (http?.max_extra_load ?? 0) > 0,
  because: () => "http.max_extra_load is 0, so no request is hedged",
  nowhere: "http.max_extra_load is 0 wherever http.dispatch is hedged, so no request is hedged",
  hint: () => 'write a share above 0, such as "max_extra_load: 5%"',
};

/** Apps with an endpoint that speaks TLS. */
export const ON_HTTPS: Need = {
  isMet: hasHttps,
  because: () => "no target of this app is on https",
  nowhere: "no app has a target on https",
  hint: () => 'write targets that speak TLS as "https://..."',
};

/** Apps that look at the certificates of endpoints. */
export const VERIFIED: Need = {
  isMet: ({ http }) => http?.tls.insecure_skip_verify === false,
  because: () => "http.tls.insecure_skip_verify takes any certificate",
  nowhere: "http.tls.insecure_skip_verify takes any certificate in all apps with targets on https",
  hint: () => 'remove "insecure_skip_verify: true" to have certificates verified',
};

/** Apps that keep idle connections to endpoints. */
export const POOLED: Need = {
  isMet: ({ http }) => (http?.pool.max_idle ?? 0) > 0,
  because: () => "http.pool.max_idle is 0, so no idle connection is kept",
  nowhere: "http.pool.max_idle is 0 in all apps in mode http, so no idle connection is kept",
  hint: () => 'write "max_idle" above 0 to have idle connections kept',
};

/** Apps that `epoll` may carry: with `auto` it depends on the machine, which is not asked here. */
export const ON_EPOLL: Need = {
  isMet: (app) => app.engine !== "deno" && !speaksTls(app),
  because: () => "the engine deno cannot set it, so it stays as the system has it",
  nowhere: "all apps are on the engine deno, which cannot set it, so it stays as the system has it",
  hint: (app) =>
    app !== null && speaksTls(app)
      ? "only the engine deno has TLS"
      : 'write "engine: epoll" or "engine: auto" for apps that need it',
};

/** Apps whose strategy goes by weights; those that nobody knows may. */
export const WEIGHTED: Need = {
  isMet: ({ strategy: { type } }) => strategies.parts.find(({ name }) => name === type)?.isWeighted !== false,
  because: ({ strategy: { type } }) => `the strategy ${type} looks only at whether it is 0`,
  nowhere: "no app has a strategy that goes by weights",
  hint: () => 'write "strategy: round_robin" for an app whose targets are to share by weight',
};

/** Apps whose strategy goes by the targets' priorities. */
export const PRIORITIZED: Need = {
  isMet: ({ strategy: { type } }) => type === "priority",
  because: ({ strategy: { type } }) => `this app's strategy is ${type}`,
  nowhere: "no app has the strategy priority",
  hint: () => 'write "strategy: priority" for an app whose targets are groups in an order',
};

/** Apps whose strategy goes by the targets' zones. */
export const ZONED: Need = {
  isMet: ({ strategy: { type } }) => type === "prefer_zone",
  because: ({ strategy: { type } }) => `this app's strategy is ${type}`,
  nowhere: "no app has the strategy prefer_zone",
  hint: () => 'write "strategy: prefer_zone" for an app whose own zone comes first',
};

/** Apps that are told of their clients by PROXY headers. */
export const TOLD: Need = {
  isMet: ({ proxy_protocol: { accept } }) => accept !== "off",
  because: () => "proxy_protocol.accept is off, so no PROXY header is looked for",
  nowhere: "proxy_protocol.accept is off in all apps, so no PROXY header is looked for",
  hint: () => 'write "accept: required" in "proxy_protocol" for apps behind a proxy that sends headers',
};

/** Apps with more than one target; a service is as many as it has hosts. */
export const SEVERAL: Need = {
  isMet: ({ targets }) => targets.length > 1 || targets.some(isService),
  because: () => "this app has one target, which takes all sessions whatever becomes of it",
  nowhere: "each app has one target, which takes all sessions whatever becomes of it",
  hint: () => "it is for apps with several targets",
};

/** Apps that carry answers, of which outliers can be told. */
export const ANSWERED: Need = {
  isMet: ({ mode }) => mode === "http",
  because: () => "this app is in mode tcp, which knows no answers",
  nowhere: "no app is in mode http, and others know no answers",
  hint: () => "in mode tcp outlier_detection.consecutive_failures counts",
};

/** Apps that eject by rates. */
export const RATED: Need = {
  isMet: ({ outlier_detection: one }) =>
    one !== undefined && one !== false &&
    (one.failure_percentage_threshold > 0 || one.success_rate_stdev_factor > 0),
  because: () => "outlier_detection judges no rates here",
  nowhere: "outlier_detection judges no rates in any app",
  hint: () =>
    'write "failure_percentage_threshold" or "success_rate_stdev_factor" above 0 to have rates judged',
};

/** Apps with a target that may have several addresses. */
export const NAMED: Need = {
  isMet: ({ targets }) => targets.some(({ host }) => isIP(host) === 0),
  because: () => "all targets of this app are IP addresses, and none has a second one to try",
  nowhere: "all targets are IP addresses, and none has a second one to try",
  hint: () => "it is for targets that are names with several addresses",
};

/** Apps with a target that is probed like that. */
export function probedBy(...types: readonly ProbeType[]): Need {
  const written = types.join(" or ");
  return {
    isMet: ({ targets }) =>
      targets.some(({ health_check }) => health_check !== null && types.includes(health_check.type)),
    because: () => `no target of this app has a health check of type ${written}`,
    nowhere: `no app has a health check of type ${written}`,
    hint: () => `write "type: ${types[0]}" in "health_check" where that is meant`,
  };
}

/** Apps whose targets are probed at all. */
export const PROBED: Need = {
  isMet: ({ targets }) => targets.some(({ health_check }) => health_check !== null),
  because: () => "no target of this app has a health check, so none goes down",
  nowhere: "no app has a health check, so no target goes down",
  hint: () => 'write "health_check" to have targets probed',
};

/** Apps that limit how often clients connect, all together. */
export const THROTTLED: Need = {
  isMet: ({ limits }) => (limits?.new_connections_per_second ?? 0) > 0,
  because: () => "limits.new_connections_per_second is 0, so there is no limit",
  nowhere: "limits.new_connections_per_second is 0 in all apps, so there is no limit",
  hint: () => 'write "new_connections_per_second" above 0 beside it',
};

/** Apps that limit how often each client connects. */
export const CLIENT_RATED: Need = {
  isMet: ({ limits }) => (limits?.per_client.new_connections_per_second ?? 0) > 0,
  because: () => "limits.per_client.new_connections_per_second is 0, so there is no limit",
  nowhere: "limits.per_client.new_connections_per_second is 0 in all apps, so there is no limit",
  hint: () => 'write "new_connections_per_second" above 0 beside it',
};

/** Apps with a limit for each client. */
export const PER_CLIENT: Need = {
  isMet: (app) => CLIENT_RATED.isMet(app) || (app.limits?.per_client.max_connections ?? 0) > 0,
  because: () => "limits.per_client limits nothing",
  nowhere: "limits.per_client limits nothing in any app",
  hint: () => 'write "max_connections" or "new_connections_per_second" above 0 beside it',
};

/** Apps with any limit under `limits`. */
export const LIMITED: Need = {
  isMet: (app) => THROTTLED.isMet(app) || PER_CLIENT.isMet(app),
  because: () => "limits has no limit",
  nowhere: "limits has no limit in any app",
  hint: () => 'write a limit beside it, such as "new_connections_per_second"',
};

function hasHttps({ targets }: AppConfig): boolean {
  return targets.some(({ url }) => url?.scheme === "https");
}

function speaksTls(app: AppConfig): boolean {
  return app.tls !== null || hasHttps(app);
}
