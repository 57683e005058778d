import { formatDuration } from "../../../base/duration.ts";
import type { RegionFollower, RegionLook, RegionSource } from "../region_source.ts";
import type { ApiSource } from "./api_source.ts";
import { eventText, type Followers, type Told } from "./follow.ts";
import { ApiProblem } from "./problem.ts";
import { type Route, route } from "./route.ts";
import { regionPicture } from "./schemas/region.ts";

/** The region that this proxy is part of. */
export function regionRoutes({ region }: ApiSource, followers: Followers): Route[] {
  return [
    route({
      method: "GET",
      path: "/api/v1/region",
      summary: "The region that this proxy is part of: nodes, apps, and how each is on each",
      description:
        "404 where the config has no `region`, 503 while its store does not answer. The store is followed from the first " +
        "request on, which takes longer for that, until a minute after the last.",
      role: "read",
      answer: regionPicture,
      handle: async () => {
        const follower = follow(region);
        try {
          const look = await follower.next();
          if (look === null) throw noRegion();
          if (look.picture === null || look.trouble !== "") throw unreachable(look);
          return { body: look.picture };
        } finally {
          follower.close();
        }
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/region/stream",
      summary: "The same, each time that it is another",
      description:
        "Server-sent events: `region` with the whole of it, at most twice a second; `unreachable` with `reason` and `age_ms`, " +
        "how old the last one is, while the store does not answer; then `region` again.",
      role: "read",
      answer: regionPicture,
      answerType: "text/event-stream",
      handle: () => followers.tell(() => told(follow(region))),
    }),
  ];
}

/** What comes is told, and a line without meaning where it is what was told before. */
function told(follower: RegionFollower): Told {
  let shown = "";
  let toldTrouble = "";
  return {
    next: async () => {
      const look = await follower.next();
      if (look === null) return null;
      const { json, trouble, ageMs } = look;
      const isNew = json !== "" && (json !== shown || toldTrouble !== "" && trouble === "");
      const picture = isNew ? eventText("region", json) : "";
      const failed = trouble === "" || trouble === toldTrouble
        ? ""
        : eventText("unreachable", JSON.stringify({ reason: trouble, age_ms: ageMs }));
      shown = json;
      toldTrouble = trouble;
      return picture + failed || ": quiet\n\n";
    },
    close: () => follower.close(),
  };
}

function follow(region: RegionSource): RegionFollower {
  const follower = region.follow();
  if (follower === null) throw noRegion();
  return follower;
}

function noRegion(): ApiProblem {
  return new ApiProblem("no_region", {
    detail: "The config of this proxy names no region",
    hint: "ask a node or a front of the region; the key is `region`",
  });
}

function unreachable({ trouble, ageMs }: RegionLook): ApiProblem {
  const age = ageMs === null
    ? ""
    : `; what is known is ${formatDuration(Math.round(ageMs / 1_000) * 1_000)} old`;
  return new ApiProblem("region_unreachable", {
    detail: `${trouble}${age}`,
    hint: "apps are served as before: nothing of that waits for the region",
  });
}
