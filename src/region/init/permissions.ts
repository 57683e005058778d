import type { TellerKind } from "../events/region_log.ts";

/** Who uses the servers of a region: operators, controls, the node of that name, or the fronts of that program. */
export type Role = "operator" | "control" | { readonly node: string } | { readonly front: string };

/** Buckets of a region. */
const BUCKETS = [
  "apps",
  "nodes",
  "assignments",
  "states",
  "fronts",
  "rollouts",
  "overrides",
  "targets",
  "scales",
  "provided",
  "leader",
] as const;

/** Subjects that a user may publish to and subscribe, as the servers' config has them. */
export interface Permissions {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

/**
 * What a role may do: everybody reads all of the region; operators write what is wanted, controls what follows from it, and
 * a node its own lease, states and uses alone, and a program of fronts what these use. Operators and controls may make the
 * buckets.
 */
export function permissionsOf(role: Role, region: string): Permissions {
  const streams = [...BUCKETS.map((bucket) => `KV_${region}_${bucket}`), `${region}_events`];
  const read = [
    "$JS.API.INFO",
    // What a watcher asks the servers to slow down by.
    "$JS.FC.>",
    ...streams.flatMap((stream) => [
      `$JS.API.STREAM.INFO.${stream}`,
      `$JS.API.DIRECT.GET.${stream}`,
      `$JS.API.DIRECT.GET.${stream}.>`,
      `$JS.API.STREAM.MSG.GET.${stream}`,
      `$JS.API.CONSUMER.CREATE.${stream}`,
      `$JS.API.CONSUMER.CREATE.${stream}.>`,
      `$JS.API.CONSUMER.INFO.${stream}.>`,
      `$JS.API.CONSUMER.DELETE.${stream}.>`,
    ]),
  ];
  const make = streams.map((stream) => `$JS.API.STREAM.CREATE.${stream}`);
  const key = (bucket: typeof BUCKETS[number], suffix = ">"): string => `$KV.${region}_${bucket}.${suffix}`;
  const event = (kind: TellerKind, name = "*"): string => `fproxy.${region}.event.${kind}.${name}`;
  const subscribe = ["_INBOX.>"];
  if (role === "operator") {
    return {
      publish: [
        ...read,
        ...make,
        key("apps"),
        key("rollouts"),
        key("overrides"),
        key("targets"),
        key("scales"),
        event("operator"),
      ],
      subscribe,
    };
  }
  if (role === "control") {
    return {
      publish: [
        ...read,
        ...make,
        key("assignments"),
        key("rollouts"),
        key("scales"),
        key("leader"),
        event("control"),
        // Nodes that a provider makes are drained and taken away.
        key("provided"),
        key("overrides"),
        key("nodes"),
      ],
      subscribe: [...subscribe, `fproxy.${region}.load.*`],
    };
  }
  // As the key of the name is written: see `keyOf`.
  const own = ("front" in role ? role.front : role.node).replaceAll(".", "=2E");
  if ("front" in role) {
    return { publish: [...read, key("fronts", `${own}.>`), event("front", own)], subscribe };
  }
  const load = `fproxy.${region}.load.${own}`;
  return {
    publish: [
      ...read,
      key("nodes", own),
      key("states", `${own}.>`),
      key("fronts", own),
      load,
      event("node", own),
    ],
    subscribe,
  };
}
