import type { HttpConfig } from "../../model/config.ts";
import type { HttpPolicy } from "../../model/http_policy.ts";

/**
 * The `http` key of an app as data threads work from it.
 * @param caCerts what `tls.ca_file` holds.
 * @param maxIdle most idle connections to an address that the descriptor limit allows.
 */
export function compileHttpPolicy(http: HttpConfig, caCerts: readonly string[], maxIdle: number): HttpPolicy {
  return {
    dispatch: http.dispatch,
    attemptTimeoutMs: http.attempt_timeout,
    hedgeAfter: http.hedge_after,
    maxExtraLoad: http.max_extra_load,
    terminalResponses: http.terminal_responses,
    onExhausted: http.on_exhausted,
    maxReplayBodyBytes: http.max_replay_body,
    replay: http.replay,
    preserveHost: http.preserve_host,
    forwarded: http.forwarded,
    requestTimeoutMs: http.request_timeout,
    headerTimeoutMs: http.header_timeout,
    bodyTimeoutMs: http.body_timeout,
    minBodyRate: http.min_body_rate,
    maxHeadBytes: http.max_header_size,
    maxFields: http.max_headers,
    maxResponseHeadBytes: http.max_response_header_size,
    maxResponseFields: http.max_response_headers,
    lenientResponses: http.lenient_responses,
    keepAliveTimeoutMs: http.keep_alive_timeout,
    maxIdleConnections: Math.min(http.pool.max_idle, maxIdle),
    idleConnectionTimeoutMs: http.pool.idle_timeout,
    tls: { caCerts, insecureSkipVerify: http.tls.insecure_skip_verify },
  };
}
