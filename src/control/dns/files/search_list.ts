import type { SystemDnsSettings } from "./resolv_conf.ts";

/**
 * The names that are asked for in turn where a config has this one (resolv.conf(5)): one with a dot at its end as it is and
 * nothing else; one with `ndots` dots or more first as it is, others last. Without a dot at the end.
 */
export function searchedNames(
  host: string,
  { ndots, search }: Pick<SystemDnsSettings, "ndots" | "search">,
): readonly string[] {
  if (host.endsWith(".")) return [host.slice(0, -1)];
  const extended = search.map((domain) => `${host}.${domain}`);
  return host.split(".").length > ndots ? [host, ...extended] : [...extended, host];
}
