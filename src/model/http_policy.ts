/** How an app in HTTP mode treats requests. Plain data; durations in milliseconds, sizes in bytes. */
export interface HttpPolicy {
  /** One endpoint after another, all at once, or the next one when the earlier is slow. */
  readonly dispatch: "sequential" | "fanout" | "hedged";
  /** Longest wait for the head of one endpoint's final answer. */
  readonly attemptTimeoutMs: number;
  /** When a hedge is sent: after a fixed time, or at a quantile of the app's recent answer times (0.5 to 0.99). */
  readonly hedgeAfter: { readonly delayMs: number } | { readonly quantile: number };
  /** Most extra requests by hedging, as a share of requests: 0 to 1. */
  readonly maxExtraLoad: number;
  /** Statuses that end the search, as written in the config: hundreds, codes, ranges. */
  readonly terminalResponses: readonly (number | string)[];
  /** What the client gets when no endpoint gave a terminal answer. */
  readonly onExhausted: "last" | 502 | 500;
  /** Largest request body that is kept to be sent again. */
  readonly maxReplayBodyBytes: number;
  /** Which requests may be sent to another endpoint after one may have had them. */
  readonly replay: "idempotent" | "all";
  /** Sends the client's `Host` on instead of the endpoint's. */
  readonly preserveHost: boolean;
  /** What becomes of a client's own `Forwarded` and `X-Forwarded-*` fields. */
  readonly forwarded: "replace" | "append" | "off";
  /** From the whole head of a request to the head of its final answer, all endpoints together. */
  readonly requestTimeoutMs: number;
  /** From the first byte of a head (or the accept) to its end. */
  readonly headerTimeoutMs: number;
  /** Longest pause within a request's body; 0 for any. */
  readonly bodyTimeoutMs: number;
  /** Slowest average pace of a request body after `bodyTimeoutMs`, bytes a second; 0 for any. */
  readonly minBodyRate: number;
  readonly maxHeadBytes: number;
  readonly maxFields: number;
  /** As `maxHeadBytes` and `maxFields`, of endpoints' answers. */
  readonly maxResponseHeadBytes: number;
  readonly maxResponseFields: number;
  /** Takes answers whose heads have lines that end in LF alone. */
  readonly lenientResponses: boolean;
  /** How long a client connection may be idle between requests. */
  readonly keepAliveTimeoutMs: number;
  /** Idle connections kept to each address of an endpoint, in each thread. */
  readonly maxIdleConnections: number;
  /** How long they are kept. */
  readonly idleConnectionTimeoutMs: number;
  /** For endpoints on https: authorities to trust in place of the public ones (PEM), and whether to verify at all. */
  readonly tls: { readonly caCerts: readonly string[]; readonly insecureSkipVerify: boolean };
}

/** What HTTP mode knows of a target. */
export interface HttpEndpoint {
  readonly scheme: "http" | "https";
  /** `Host` of its requests: the authority as configured, without the scheme's own port. */
  readonly authority: string;
  /** Name for TLS: SNI and verification. */
  readonly hostname: string;
  /** Path that requests' paths are appended to, without a slash at its end; empty for none. */
  readonly basePath: string;
}

/** What clients of a TLS listener are shown, PEM. */
export interface ServerCertificate {
  readonly cert: string;
  readonly key: string;
}
