import type { PictureApp, PictureNode, RegionPicture } from "../../model/region_picture.ts";
import { type Carriers, pictureApp } from "./picture_app.ts";
import type { SeenRegion } from "./seen_region.ts";

/** A node that is gone and has nothing to carry is forgotten after so long: where nodes come and go there are many. */
const FORGET_MS = 600_000;

/** Makes the picture of a region from what its store holds. Pure: whoever shows a region shows what this makes of it. */
export function pictureOf(seen: SeenRegion): RegionPicture {
  const carriers = carriersOf(seen);
  // With those that were deleted and that some node still has to carry.
  const apps = [...new Set([...seen.apps.keys(), ...carriers.keys()])].sort()
    .map((name) => pictureApp(name, carriers, seen));
  const fronts = [...seen.fronts].map(([name, { uses, isGone }]) => ({ name, gone: isGone, uses }));
  return {
    region: seen.region,
    leader: seen.leader,
    nodes: pictureNodes(apps, seen),
    apps,
    fronts: fronts.sort((a, b) => a.name < b.name ? -1 : 1),
  };
}

function carriersOf({ assignments }: SeenRegion): Carriers {
  const carriers = new Map<string, string[]>();
  for (const node of [...assignments.keys()].sort()) {
    for (const app of Object.keys(assignments.get(node)?.value?.apps ?? {})) {
      const nodes = carriers.get(app);
      if (nodes === undefined) carriers.set(app, [node]);
      else nodes.push(node);
    }
  }
  return carriers;
}

function pictureNodes(apps: readonly PictureApp[], { nodes, overrides }: SeenRegion): PictureNode[] {
  const counts = new Map<string, { carried: number; ready: number }>();
  for (const { node, serving } of apps.flatMap(({ replicas }) => replicas)) {
    const { carried, ready } = counts.get(node) ?? { carried: 0, ready: 0 };
    counts.set(node, { carried: carried + 1, ready: ready + Number(serving) });
  }
  const known = [...nodes].flatMap(([name, { standing, silentMs }]) =>
    standing === "gone" && silentMs >= FORGET_MS ? [] : [name]
  );
  return [...new Set([...known, ...counts.keys()])].sort().map((name) => {
    const { document, standing = "gone" } = nodes.get(name) ?? {};
    const { zone = "", address = "", capacity = null } = document ?? {};
    return {
      name,
      zone,
      address,
      standing,
      by: standing === "gone" ? "" : overrides.get(name)?.by ?? "",
      capacity,
      ...counts.get(name) ?? { carried: 0, ready: 0 },
    };
  });
}
