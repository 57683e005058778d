import type { Context } from "hono";
import { streamSSE } from "hono/streaming";
import type { Clock } from "../../../base/clock.ts";
import { FOLLOWER_HEARTBEAT_MS, FOLLOWER_QUEUE_BYTES, FOLLOWERS_MAX } from "../../../base/limits.ts";
import type { Feed } from "../../telemetry/live/feed.ts";
import { FollowerQueue } from "../../telemetry/live/follower_queue.ts";
import { apiError } from "./api_error.ts";

/** What a client asks to follow. */
export interface Following {
  readonly feed: Feed;
  /** Name of what is told, as the field `event` of server-sent events. */
  readonly name: string;
  /** Entries of before that it wants, when it does not say which one it saw last. */
  readonly last: number;
  /** Whether an entry is wanted. @param data JSON. */
  wants(data: string): boolean;
}

/**
 * Answers requests with feeds, as server-sent events (HTML Living Standard, section 9.2): those that are kept and were
 * missed since `Last-Event-ID`, then what happens. Where entries are lost an event `dropped` says how many, and one of the
 * name `restarted` comes first to whom followed an earlier run of the program.
 */
export class Followers {
  #count = 0;
  /** Ids of another run of the program are of other entries. */
  readonly #run: string;

  constructor(private readonly clock: Clock) {
    this.#run = Math.floor(clock.wallTime()).toString(36);
  }

  /** How many there are. */
  get count(): number {
    return this.#count;
  }

  /** The answer to a request to follow. */
  follow(context: Context, following: Following): Response {
    if (this.#count >= FOLLOWERS_MAX) {
      const message = `${FOLLOWERS_MAX} followers are the most at once`;
      return apiError(context, 503, { code: "too_many_followers", message });
    }
    const { feed, name, last } = following;
    const queue = new FollowerQueue(this.clock, following.wants, FOLLOWER_QUEUE_BYTES);
    const seen = this.#seen(context.req.header("last-event-id"));
    if (typeof seen === "number") queue.catchUp(feed.after(seen));
    else queue.catchUp({ ...feed.after(Math.max(0, feed.lastId - last)), lost: 0 });
    const unfollow = feed.follow(queue);
    this.#count++;
    // It is not to be held back by what compresses or collects answers on the way.
    context.header("X-Accel-Buffering", "no");
    return streamSSE(context, async (stream) => {
      stream.onAbort(() => queue.close());
      try {
        // Says at once that it works, and how long to wait before coming back.
        await stream.write("retry: 2000\n\n");
        if (seen === "other run") await stream.writeSSE({ event: "restarted", data: "{}" });
        while (!stream.aborted) {
          const item = await queue.next(FOLLOWER_HEARTBEAT_MS);
          if (item.type === "quiet") await stream.write(": quiet\n\n");
          else if (item.type === "dropped") {
            await stream.writeSSE({ event: "dropped", data: JSON.stringify({ count: item.count }) });
          } else {
            const { id, data } = item.entry;
            await stream.writeSSE({ id: `${this.#run}-${id}`, event: name, data });
          }
        }
      } finally {
        unfollow();
        this.#count--;
      }
    });
  }

  /** What the client saw last: the number of an entry, or null where it does not say. */
  #seen(header: string | undefined): number | "other run" | null {
    const [, run, id] = /^([0-9a-z]+)-(\d{1,15})$/.exec(header ?? "") ?? [];
    if (id === undefined) return null;
    return run === this.#run ? Number(id) : "other run";
  }
}
