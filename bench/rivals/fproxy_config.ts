import { appAddresses } from "./app_addresses.ts";

/** What the apps of an fproxy do: forward bytes, or requests to one endpoint, or to three at once. */
export type AppKind = "tcp" | "http" | "fanout";

/** How one fproxy is configured. */
export interface FproxySetup {
  readonly engine: "auto" | "deno" | "epoll";
  readonly kind: AppKind;
  /** Data threads. */
  readonly workers: number;
  /** Whether it keeps nothing of its sessions beyond counters: no access records, and none of {@link memoryKeys}. */
  readonly isSilent?: boolean;
}

/** Where it listens, writes and connects to. */
export interface FproxyPlaces {
  /** Of the first app, on 127.0.0.1. */
  readonly port: number;
  /** Of the admin server, on 127.0.0.1. */
  readonly admin: number;
  /** Path of its access log. */
  readonly log: string;
  readonly apps: number;
  /** Of the same server, the first for apps with one endpoint; on 127.0.0.1. */
  readonly backendPorts: readonly number[];
}

/**
 * The config of an fproxy. Access records are written to a file and the admin server runs, as in service; the rest are defaults.
 * @param schema `config.schema.json` of the version that reads it.
 */
export function fproxyConfig(
  { engine, kind, workers, isSilent = false }: FproxySetup,
  { port, admin, log, apps, backendPorts }: FproxyPlaces,
  schema: unknown,
): Record<string, unknown> {
  const targets = backendPorts.slice(0, kind === "fanout" ? undefined : 1).map((one) => `127.0.0.1:${one}`);
  const mode = kind === "tcp" ? {} : { mode: "http" };
  const dispatch = kind === "fanout" ? { http: { dispatch: "fanout" } } : {};
  return {
    admin: { listen: `127.0.0.1:${admin}` },
    workers,
    engine,
    access_log: isSilent ? { to: "none" } : { to: log, sample: 1 },
    ...(isSilent ? memoryKeys(schema) : {}),
    apps: appAddresses(port, apps).map((address, index) => ({
      name: `bench-${index}`,
      ports: [address],
      targets,
      ...mode,
      ...dispatch,
    })),
  };
}

/** Part of a JSON schema. */
interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
}

/** Switches off what keeps the last sessions in memory, in versions that do. */
function memoryKeys(schema: unknown): Record<string, unknown> {
  const { properties } = schema as Schema;
  return properties?.["why"]?.properties?.["sessions"] === undefined ? {} : { why: { sessions: 0 } };
}
