import type { PictureFront, PictureRollout, RegionPicture } from "../../model/region_picture.ts";
import { formatTable } from "../table.ts";

/** A picture of a region as text. @param maxWidth characters of a line. */
export function pictureText({ leader, nodes, apps, fronts }: RegionPicture, maxWidth: number): string {
  const nodeRows = nodes.map(({ name, zone, address, standing, ready, carried }) => [
    name,
    zone,
    address,
    standing,
    `${ready} of ${carried}`,
  ]);
  // What was deleted is no app any more; nodes still count it until it has left them.
  const appRows = apps.filter(({ revision }) => revision !== null).map((
    { name, wanted, ready, revision, rollout, trouble },
  ) => [name, String(wanted), String(ready), String(revision), legText(rollout), trouble.join("; ")]);
  return [
    `leader: ${leader ?? "none"}\n\n`,
    formatTable([["NODE", "ZONE", "ADDRESS", "STATE", "READY"], ...nodeRows], maxWidth),
    "\n",
    formatTable([["APP", "WANTED", "READY", "REVISION", "ROLLOUT", "TROUBLE"], ...appRows], maxWidth),
    ...(fronts.length === 0
      ? []
      : ["\n", formatTable([["FRONT", "USES"], ...fronts.map(frontRow)], maxWidth)]),
  ].join("");
}

/** What a front holds on to: none of it is withdrawn. */
function frontRow({ name, uses, gone }: PictureFront): string[] {
  const apps = Object.entries(uses).map(([app, nodes]) => `${app}: ${nodes.join(" ") || "none"}`);
  return [gone ? `${name}, gone` : name, apps.join("; ")];
}

/** How far a rollout is, in a word or two; empty for none. */
export function legText(rollout: PictureRollout | null): string {
  if (rollout === null) return "";
  return rollout.paused ? `${rollout.leg}, paused` : rollout.leg;
}
