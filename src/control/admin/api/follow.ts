import { SSEStreamingApi } from "hono/streaming";
import type { Clock } from "../../../base/clock.ts";
import { FOLLOWER_HEARTBEAT_MS, FOLLOWER_QUEUE_BYTES, FOLLOWERS_MAX } from "../../../base/limits.ts";
import type { Feed } from "../../telemetry/live/feed.ts";
import { FollowerQueue } from "../../telemetry/live/follower_queue.ts";
import { ApiProblem } from "./problem.ts";

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

const HEADERS = {
  "content-type": "text/event-stream",
  "cache-control": "no-store",
  // It is not to be held back by what compresses or collects answers on the way.
  "x-accel-buffering": "no",
};

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

  /**
   * The answer to a request to follow.
   * @param lastEventId as the client sends it, null where it does not.
   * @throws {ApiProblem} `too_many_followers`.
   */
  follow(lastEventId: string | null, following: Following): Response {
    if (this.#count >= FOLLOWERS_MAX) {
      throw new ApiProblem("too_many_followers", { detail: `There are ${FOLLOWERS_MAX}, the most at once` });
    }
    const { feed, last, wants } = following;
    const queue = new FollowerQueue(this.clock, wants, FOLLOWER_QUEUE_BYTES);
    const seen = this.#seen(lastEventId);
    if (typeof seen === "number") queue.catchUp(feed.after(seen));
    else queue.catchUp({ ...feed.after(Math.max(0, feed.lastId - last)), lost: 0 });
    const unfollow = feed.follow(queue);
    this.#count++;
    const { readable, writable } = new TransformStream();
    const stream = new SSEStreamingApi(writable, readable);
    stream.onAbort(() => queue.close());
    void this.#tell(stream, queue, following.name, seen === "other run").finally(() => {
      unfollow();
      this.#count--;
      return stream.close();
    });
    return new Response(stream.responseReadable, { headers: HEADERS });
  }

  async #tell(stream: SSEStreamingApi, queue: FollowerQueue, name: string, isNew: boolean): Promise<void> {
    // Says at once that it works, and how long to wait before coming back.
    await stream.write("retry: 2000\n\n");
    if (isNew) await stream.writeSSE({ event: "restarted", data: "{}" });
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
  }

  /** What the client saw last: the number of an entry, or null where it does not say. */
  #seen(header: string | null): number | "other run" | null {
    const [, run, id] = /^([0-9a-z]+)-(\d{1,15})$/.exec(header ?? "") ?? [];
    if (id === undefined) return null;
    return run === this.#run ? Number(id) : "other run";
  }
}
