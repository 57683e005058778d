import type { TargetConfig } from "../../model/config.ts";
import { endpointAuthority, formatTarget, isService } from "../../model/endpoint_url.ts";
import { serviceDomain } from "../../model/host_port.ts";
import type { HttpEndpoint } from "../../model/http_policy.ts";
import type { TargetSnapshot } from "../../model/snapshot.ts";
import type { ServiceRecord } from "../dns/services/service_record.ts";
import { serviceWeights } from "./service_weights.ts";

/** What names of targets stand for now. */
export interface TargetNames {
  /** IP literals of a host, best first; empty while it has none. */
  addresses(host: string): readonly string[];
  /** Hosts of a service, best first; empty while it has none. */
  records(service: string): readonly ServiceRecord[];
  /** Most connections that a target may have by what its agent says, 0 for any number; null where none says so. */
  agentLimit(target: string): number | null;
}

function agentLimit({ health_check }: TargetConfig, key: string, names: TargetNames): number | null {
  // What an agent said is forgotten with the agent.
  return health_check?.type === "agent" ? names.agentLimit(key) : null;
}

/** A target of the config, or one host of a service that is one. */
interface Part {
  /** Whether it is a host of a service. */
  readonly isHost: boolean;
  readonly target: TargetConfig;
  readonly weight: number;
  readonly backup: boolean;
  readonly http: HttpEndpoint | null;
}

/**
 * Targets as data threads see them: a service is as many as it has hosts. Where a host is a target already, it is that one;
 * what the config itself names twice, as endpoints may be to be asked twice, is two.
 * @param slotOf the board slot of the target of that key.
 */
export function compileTargets(
  targets: readonly TargetConfig[],
  names: TargetNames,
  slotOf: (key: string) => number,
): TargetSnapshot[] {
  const parts = targets.flatMap((target, configIndex) =>
    (isService(target) ? hostsOf(target, names) : [whole(target)])
      .map((part) => ({ ...part, configIndex, key: formatTarget(part.target) }))
  );
  const first = new Map<string, Part>();
  for (const part of parts) if (!first.has(part.key)) first.set(part.key, part);
  const isOther = ({ key, isHost }: typeof parts[number]): boolean =>
    !isHost && first.get(key)?.isHost === false;
  const kept = parts.filter((part) => first.get(part.key) === part || isOther(part));
  return kept.map(({ key, configIndex, target, weight, backup, http }): TargetSnapshot => ({
    key,
    slot: slotOf(key),
    configIndex,
    addresses: names.addresses(target.host).map((ip) => ({ ip, port: target.port })),
    weight,
    backup,
    priority: target.priority,
    zone: target.zone,
    ...(Object.keys(target.labels).length === 0 ? {} : { labels: target.labels }),
    maxConnections: agentLimit(target, key, names) ?? target.max_connections,
    http,
    ...(target.send_proxy === "off" ? {} : { sendProxy: target.send_proxy }),
  }));
}

function whole(target: TargetConfig): Part {
  const { weight, backup, host, url } = target;
  return {
    isHost: false,
    target,
    weight,
    backup,
    http: endpoint(target, url && endpointAuthority(target, url.scheme), host),
  };
}

/**
 * Hosts of the lowest priority number are the service, all others its backups. Requests go to the domain whose service it
 * is, whatever its hosts are called, and so do certificates: who can forge an answer of DNS must not choose the name that is
 * verified (RFC 9525 section 6.1; as for HTTPS records, RFC 9460 section 2).
 */
function hostsOf(target: TargetConfig, names: TargetNames): Part[] {
  const records = names.records(target.host);
  const weights = serviceWeights(records, target.weight);
  const domain = serviceDomain(target.host);
  return records.map(({ host, port, priority }, at) => ({
    isHost: true,
    target: { ...target, host, port },
    weight: weights[at] ?? 0,
    backup: target.backup || priority > (records[0]?.priority ?? 0),
    http: endpoint(target, domain, domain),
  }));
}

function endpoint({ url }: TargetConfig, authority: string | null, host: string): HttpEndpoint | null {
  return url === null || authority === null ? null : {
    scheme: url.scheme,
    authority,
    // The dot that ends an absolute name is no part of names in certificates.
    hostname: host.endsWith(".") ? host.slice(0, -1) : host,
    basePath: url.base_path,
  };
}
