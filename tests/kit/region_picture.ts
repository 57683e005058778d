import type { RegionSource } from "../../src/control/admin/region_source.ts";
import type {
  CellState,
  PictureApp,
  PictureNode,
  PictureReplica,
  PictureRollout,
  RegionPicture,
} from "../../src/model/region_picture.ts";

const LEGS: readonly PictureRollout["leg"][] = ["canary", "baking", "batches", "failed", "rolled_back"];
const STATES: readonly CellState[] = [
  "unready",
  "invalid",
  "conflict",
  "waits",
  "closing",
  "updating",
  "not_told",
];
const SINCE = Date.parse("2030-01-01T12:00:00.000Z");

/** A region that always looks like this. */
export function regionSource(picture: RegionPicture): RegionSource {
  const look = { picture, json: JSON.stringify(picture), ageMs: 0, trouble: "" };
  return {
    membership: { region: picture.region, node: "node-1" },
    follow: () => ({ next: () => Promise.resolve(look), close: () => {} }),
  };
}

/** A region of any size in which something of everything happens; the same for the same numbers. */
export function regionPicture(nodeCount: number, appCount: number): RegionPicture {
  const names = Array.from({ length: nodeCount }, (_, n) => `node-${n + 1}`);
  const gone = nodeCount > 3 ? names[Math.floor(nodeCount / 2)] : undefined;
  const apps = Array.from({ length: appCount }, (_, n) => pictureApp(n, names, gone)).sort(byName);
  const nodes = names.map((name, n) => pictureNode(name, n, nodeCount, apps, gone));
  const uses = Object.fromEntries(
    apps.slice(0, 4).map(({ name, replicas }) => [name, replicas.map(({ node }) => node)]),
  );
  return {
    region: "main",
    leader: "control-a-3f1c",
    nodes: nodes.sort(byName),
    apps,
    fronts: [{ name: "edge-1", gone: false, uses }, { name: "edge-2", gone: true, uses: {} }],
  };
}

function pictureNode(
  name: string,
  n: number,
  count: number,
  apps: readonly PictureApp[],
  gone: string | undefined,
): PictureNode {
  const own = apps.flatMap(({ replicas }) => replicas.filter(({ node }) => node === name));
  const isDrained = name !== gone && n === count - 1 && count > 4;
  return {
    name,
    zone: ["a", "b", "c"][n % 3]!,
    address: `10.0.${n % 3}.${n + 1}`,
    standing: name === gone ? "gone" : isDrained ? "draining" : "ready",
    by: isDrained ? "ann" : "",
    capacity: { apps: 200, connections: 100_000 },
    carried: own.length,
    ready: own.filter(({ serving }) => serving).length,
  };
}

function pictureApp(n: number, nodes: readonly string[], gone: string | undefined): PictureApp {
  const wanted = Math.min(nodes.length, 2 + n % 3);
  // Some of a large region is ill, and a good part of a small one.
  const isIll = n % 17 === 3;
  const leg = n % 19 === 1 ? LEGS[Math.floor(n / 19) % LEGS.length]! : null;
  const replicas = Array.from({ length: wanted }, (_, at): PictureReplica => {
    const node = nodes[(n * 7 + at * 3) % nodes.length]!;
    const state = node === gone
      ? "gone"
      : isIll && at === 0
      ? STATES[Math.floor(n / 17) % STATES.length]!
      : "ready";
    return {
      node,
      state,
      reason: state === "ready" ? "" : state === "gone" ? "its node is gone" : "it is degraded",
      serving: state === "ready" || state === "waits",
      revision: 40 + n,
      ports: [20_000 + n],
    };
  });
  const unique = [...new Map(replicas.map((one) => [one.node, one])).values()].sort((a, b) =>
    a.node < b.node ? -1 : 1
  );
  const ready = unique.filter(({ serving }) => serving).length;
  const trouble = unique.filter(({ serving }) => !serving).map(({ node, reason }) => `${node}: ${reason}`);
  const isTakenBack = leg === "failed" || leg === "rolled_back";
  return {
    name: `${["web", "api", "shop", "mail", "search", "cart"][n % 6]}-${String(n + 1).padStart(3, "0")}`,
    revision: 40 + n,
    condition: ready === 0
      ? "down"
      : trouble.length > 0 || isTakenBack
      ? "degraded"
      : leg === null
      ? "well"
      : "changing",
    wanted: unique.length,
    ready,
    replicas: unique,
    rollout: {
      leg: leg ?? "done",
      paused: leg === "baking",
      from: leg === null ? null : 39 + n,
      to: 40 + n,
      reason: isTakenBack ? "node-2 was not ready in time: it is degraded" : "",
      updated: leg === null ? unique.length : 1,
      since: new Date(SINCE + n * 1_000).toISOString(),
    },
    scale: n % 11 !== 5 ? null : {
      min: 2,
      max: 9,
      target: "connections 500",
      reason: `connections: ceil(${unique.length} × 412 / 500) = ${unique.length}`,
      since: new Date(SINCE + n * 1_000).toISOString(),
      held: null,
    },
    trouble,
  };
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}
