import { loadConfigFile, processEnvironment } from "../control/config/mod.ts";
import { formatHostPort } from "../model/address.ts";
import { strategies } from "../strategy/mod.ts";

/** Names under which this machine is its own target. */
const LOOPBACK = /^(127\.|::1$|localhost$)/;

/** What a demonstration has to serve. */
export interface DemoTargets {
  /** Targets of apps that carry bytes, as `host:port`, without duplicates. */
  readonly echo: readonly string[];
  /** The same of apps that carry HTTP. */
  readonly http: readonly string[];
  /** Names of the apps that carry HTTP. */
  readonly httpApps: ReadonlySet<string>;
}

/**
 * The loopback targets of a config file. A config that is wrong has none: the proxy itself says what is wrong with it.
 * Endpoints on https are left out.
 */
export async function loadTargets(configPath: string): Promise<DemoTargets> {
  const loaded = await loadConfigFile(configPath, processEnvironment, { strategies: strategies.names });
  const apps = loaded.ok ? loaded.config.apps : [];
  const targets = apps.flatMap((app) => app.targets).filter(({ host }) => LOOPBACK.test(host));
  const addresses = (scheme: string | undefined): string[] => [
    ...new Set(
      targets.filter(({ url }) => url?.scheme === scheme)
        .map(({ host, port }) => formatHostPort(host === "localhost" ? "127.0.0.1" : host, port)),
    ),
  ];
  return {
    echo: addresses(undefined),
    http: addresses("http"),
    httpApps: new Set(apps.filter(({ mode }) => mode === "http").map(({ name }) => name)),
  };
}
