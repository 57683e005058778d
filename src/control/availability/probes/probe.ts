import type { Clock } from "../../../base/clock.ts";
import type { SocketAddress } from "../../../model/address.ts";
import type { HealthCheckConfig, ProbeType } from "../../../model/config_health.ts";
import type { EndpointUrl } from "../../../model/endpoint_url.ts";
import type { ProxyVersion } from "../../../model/proxy_protocol.ts";
import type { AgentReply } from "../agent_reply.ts";

/** What is probed. */
export interface ProbeSubject {
  readonly app: string;
  /** As configured: the target's label. */
  readonly target: string;
  readonly host: string;
  readonly port: number;
  /** Domain whose service the host is: requests and certificates are for that name. Null where it is no service's host. */
  readonly domain: string | null;
  readonly url: EndpointUrl | null;
  /** Version of the PROXY header that connections to it begin with; null where they begin with none. */
  readonly sendProxy: ProxyVersion | null;
  /** Authorities that certificates are verified by, PEM; empty for the public ones. */
  readonly caCerts: readonly string[];
}

/** What one probe found. */
export interface ProbeResult {
  readonly passed: boolean;
  /** In a few words: what failed, or what was found. */
  readonly reason: string;
  /** Whether it counts at once, whatever the thresholds are. */
  readonly isFinal?: boolean;
  /** What the target's agent said. */
  readonly agent?: AgentReply;
}

/** Tries whether an address accepts connections, and nothing more. */
export interface ConnectCheck {
  /** Rejects when it does not, or when the call's signal is aborted, which is asked for only when there is to be waited. */
  check(address: SocketAddress, call: { readonly signal: AbortSignal }): Promise<void>;
}

/** One run of a probe. */
export interface ProbeCall {
  readonly clock: Clock;
  /** What is probed now. */
  readonly address: SocketAddress;
  /** Aborted when the time is up. A probe that may wait has to use it before that. */
  readonly signal: AbortSignal;
  /** Tries at little cost whether an address accepts connections; null where only the runtime can. */
  readonly connects: ConnectCheck | null;
  /** Addresses of a name, looked up now. Rejects when it has none. */
  find(host: string): Promise<readonly string[]>;
}

/** Runs a probe. Rejects when it failed, with the reason as the error's message. */
export type RunProbe = (call: ProbeCall) => Promise<ProbeResult>;

/** A kind of probe. A new one is a file with one of these, and a line in the registry. */
export interface ProbeKind {
  readonly name: ProbeType;
  /** Whether it needs no address of the target to be probed at. */
  readonly withoutAddress?: boolean;
  /** Whether what it does depends on the app, so that apps cannot share it. */
  readonly isOfApp?: boolean;
  /** Prepares what does not change from one run to the next. */
  create(check: HealthCheckConfig, subject: ProbeSubject): RunProbe;
}
