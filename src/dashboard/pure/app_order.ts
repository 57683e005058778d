import { type AppNow, bySeverity, severityOf } from "./reasons.ts";

/** By what apps can be sorted. */
export const APP_SORTS = [
  "attention",
  "name",
  "connections",
  "new",
  "requests",
  "in",
  "out",
  "errors",
  "connect",
  "first_byte",
] as const;

/** One of {@link APP_SORTS}. */
export type AppSort = typeof APP_SORTS[number];

/** Which apps are shown, and in which order. */
export interface AppView {
  readonly sort: AppSort;
  /** Part of the name; case does not matter. */
  readonly text: string;
  /** `sick` for all that are not well, or "" for all. */
  readonly only: "" | "sick";
}

/** Reads it from an address; what is not known is as if it were not there. */
export function readAppView(query: Readonly<Record<string, string>>): AppView {
  const sort = APP_SORTS.find((one) => one === query["sort"]) ?? "attention";
  return { sort, text: query["find"] ?? "", only: query["only"] === "sick" ? "sick" : "" };
}

/** Names of the apps that a view shows, in its order. */
export function orderApps(apps: ReadonlyMap<string, AppNow>, { sort, text, only }: AppView): string[] {
  const wanted = text.toLowerCase();
  const shown = [...apps].filter(([name, sample]) =>
    (wanted === "" || name.toLowerCase().includes(wanted)) &&
    (only === "" || severityOf(sample) !== "well")
  );
  const key = KEYS[sort];
  return shown.sort(([a, one], [b, other]) => {
    if (sort === "attention") {
      const difference = bySeverity(severityOf(one), severityOf(other));
      if (difference !== 0) return difference;
    }
    const difference = key === null ? 0 : key(other) - key(one);
    return difference !== 0 ? difference : a < b ? -1 : 1;
  }).map(([name]) => name);
}

/** What is largest comes first; null for the name. */
const KEYS: Readonly<Record<AppSort, ((sample: AppNow) => number) | null>> = {
  attention: null,
  name: null,
  connections: (one) => one.connections_active,
  new: (one) => one.connections_per_second,
  requests: (one) => one.requests_per_second,
  in: (one) => one.bytes_in_per_second,
  out: (one) => one.bytes_out_per_second,
  errors: (one) => one.errors_recent,
  connect: (one) => one.connect_ms?.p99 ?? -1,
  first_byte: (one) => one.first_byte_ms?.p99 ?? -1,
};
