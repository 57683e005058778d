import type { Config } from "../../model/config.ts";
import type { ResolverOptions } from "./resolver.ts";

/** Until the first config says otherwise. */
export const DEFAULT_DNS: ResolverOptions = {
  servers: [],
  family: "both",
  minTtlMs: 1_000,
  maxTtlMs: 300_000,
  negativeTtlMs: 5_000,
  onFailure: "keep_last",
};

/** How names are looked up, by the config. */
export function dnsOptions(config: Config): ResolverOptions {
  const { servers, family, min_ttl, max_ttl, negative_ttl, on_failure } = config.dns;
  return {
    servers,
    family,
    minTtlMs: min_ttl,
    maxTtlMs: max_ttl,
    negativeTtlMs: negative_ttl,
    onFailure: on_failure,
  };
}
