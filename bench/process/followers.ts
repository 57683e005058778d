import type { Stage } from "../stage.ts";
import type { Child } from "./child.ts";
import { client } from "./client.ts";

const START_TIMEOUT_MS = 20_000;

/** Who looks at an fproxy. */
export interface FollowersOptions {
  /** Name of that fproxy, for messages. */
  readonly of: string;
  /** Port of its admin server, on 127.0.0.1. */
  readonly admin: number;
  /** Open dashboards, each with three streams: samples, events and access records. */
  readonly dashboards: number;
  /** Seconds between two scrapes of `/metrics`; 0 for none. */
  readonly scrapeS: number;
}

/** Followers that have begun. */
export interface Followers {
  readonly child: Child;
  /** Paths that are followed, with their queries: a version that has not all of them is followed where it can be. */
  readonly streams: readonly string[];
}

/** Starts followers in a process of their own, on the load's processor. @throws {Error} when they cannot follow anything. */
export async function startFollowers(stage: Stage, options: FollowersOptions): Promise<Followers> {
  const { of, admin, dashboards, scrapeS } = options;
  const child = stage.children.start(
    client(stage, { name: `followers of ${of}`, file: "followers.ts", args: [admin, dashboards, scrapeS] }),
  );
  const streams = JSON.parse(await child.firstLine(START_TIMEOUT_MS)) as string[];
  if (streams.length === 0) throw new Error(`${child.name} find nothing to follow`);
  return { child, streams };
}
