import type { NameStatus } from "../../dns/resolver.ts";
import type { Family } from "./family.ts";
import { single } from "./families.ts";

const STATES = ["fresh", "stale", "failed", "unknown"] as const;

/** Names of the config and their look-ups. */
export const DNS_METRICS: readonly Family[] = [
  {
    type: "gauge",
    name: "fproxy_dns_names",
    help:
      "Names in use: fresh; stale, as the last look-up failed; failed, without an address; not yet asked for.",
    labels: ["state"],
    collect: ({ status: { names } }) =>
      STATES.map((state) => ({
        labels: { state },
        value: names.filter((name) => stateOf(name) === state).length,
      })),
  },
  {
    type: "counter",
    name: "fproxy_dns_lookups_total",
    help: "Look-ups of names that ended.",
    labels: ["result"],
    collect: ({ source: { daemon: { resolver: { lookups } } } }) => [
      { labels: { result: "success" }, value: lookups.successes },
      { labels: { result: "failure" }, value: lookups.failures },
    ],
  },
  single(
    "gauge",
    "fproxy_dns_lookups_active",
    "Look-ups that are under way.",
    ({ source: { daemon: { resolver } } }) => resolver.lookups.running,
  ),
  single(
    "gauge",
    "fproxy_dns_lookups_waiting",
    "Look-ups that wait for their turn.",
    ({ source: { daemon: { resolver } } }) => resolver.lookups.waiting,
  ),
];

function stateOf({ stale, error, age_ms }: NameStatus): typeof STATES[number] {
  if (stale) return "stale";
  if (error !== null) return "failed";
  return age_ms === null ? "unknown" : "fresh";
}
