import { loadConfigFile, processEnvironment } from "../../control/config/mod.ts";
import { formatHostPort } from "../../model/address.ts";
import type { HostPort } from "../../model/host_port.ts";
import { STRATEGY_NAMES } from "../../model/config_strategy.ts";

/** Names under which this machine is its own target. */
const LOOPBACK = /^(127\.|::1$|localhost$)/;

/** What of a config a demonstration has to know. */
export interface DemoConfig {
  /** Targets of apps that carry bytes, as `host:port`, without duplicates. */
  readonly echo: readonly string[];
  /** The same of apps that carry HTTP. */
  readonly http: readonly string[];
  /** Names of the apps that carry HTTP. */
  readonly httpApps: ReadonlySet<string>;
  /** Whether every session leaves a record. */
  readonly recordsAll: boolean;
}

/**
 * Reads a config file for its loopback targets. A config that is wrong has none: the proxy itself says what is wrong with
 * it. Endpoints on https are left out.
 */
export async function loadDemoConfig(configPath: string): Promise<DemoConfig> {
  const loaded = await loadConfigFile(configPath, processEnvironment, { strategies: STRATEGY_NAMES });
  const apps = loaded.ok ? loaded.config.apps : [];
  const targets = apps.flatMap((app) => app.targets).filter(({ host }) => LOOPBACK.test(host));
  const addresses = (scheme: string | undefined): string[] => [
    ...new Set(targets.filter(({ url }) => url?.scheme === scheme).map(servedAddress)),
  ];
  return {
    echo: addresses(undefined),
    http: addresses("http"),
    httpApps: new Set(apps.filter(({ mode }) => mode === "http").map(({ name }) => name)),
    recordsAll: loaded.ok && loaded.config.access_log.to.length > 0 && loaded.config.access_log.sample >= 1,
  };
}

/** The address that a target is served on, which is also what its server calls itself. */
export function servedAddress({ host, port }: HostPort): string {
  return formatHostPort(host === "localhost" ? "127.0.0.1" : host, port);
}
