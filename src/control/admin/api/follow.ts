import { SSEStreamingApi } from "hono/streaming";
import type { Clock } from "../../../base/clock.ts";
import { FOLLOWER_HEARTBEAT_MS, FOLLOWER_QUEUE_BYTES, FOLLOWERS_MAX } from "../../../base/limits.ts";
import type { Feed } from "../../telemetry/live/feed.ts";
import { type FollowerItem, FollowerQueue } from "../../telemetry/live/follower_queue.ts";
import { ApiProblem } from "./problem.ts";

/** What a client asks to follow. */
export interface Following {
  readonly feed: Feed;
  /** Name of what is told, as the field `event` of server-sent events. */
  readonly name: string;
  /** Entries of before that it wants, when it does not say which one it saw last. */
  readonly last: number;
  /** Whether it wants what happens from now on, too. */
  readonly goesOn: boolean;
  /** Most entries a second; all unless given. */
  readonly rate?: number | undefined;
  /** Whether an entry is wanted, null where all are. @param data JSON. */
  readonly wants: ((data: string) => boolean) | null;
}

/** What is told to a client, text by text. */
export interface Told {
  /** The next text, whole server-sent events; null at the end. One call at a time. */
  next(): Promise<string | null>;
  /** The client is gone: {@link next} need not wait any more. Twice is harmless. */
  close(): void;
}

const HEADERS = {
  "content-type": "text/event-stream",
  "cache-control": "no-store",
  // It is not to be held back by what compresses or collects answers on the way.
  "x-accel-buffering": "no",
};

/**
 * Answers requests with what happens, as server-sent events (HTML Living Standard, section 9.2). There are so many followers
 * and no more, over all that can be followed.
 */
export class Followers {
  #count = 0;
  /** Ids of another run of the program are of other entries. */
  readonly #run: string;

  constructor(private readonly clock: Clock) {
    this.#run = Math.floor(clock.wallTime()).toString(36);
  }

  /**
   * The answer to a request to follow a feed: entries that are kept and were missed since `Last-Event-ID`, then what happens.
   * Where entries are lost an event `dropped` says how many, where they exceed the rate an event `skipped`, and one of the
   * name `restarted` comes first to whom followed an earlier run of the program.
   * @param lastEventId as the client sends it, null where it does not.
   * @throws {ApiProblem} `too_many_followers`.
   */
  follow(lastEventId: string | null, following: Following): Response {
    const { feed, last, wants, rate, name, goesOn } = following;
    return this.tell(() => {
      const queue = new FollowerQueue(this.clock, { wants, rate, maxLength: FOLLOWER_QUEUE_BYTES });
      const seen = this.#seen(lastEventId);
      if (typeof seen === "number") queue.catchUp(feed.after(seen));
      else queue.catchUp({ ...feed.after(Math.max(0, feed.lastId - last)), lost: 0 });
      const unfollow = feed.follow(queue);
      let isClosed = false;
      let first = seen === "other run" ? eventText("restarted", "{}") : "";
      return {
        next: async () => {
          if (isClosed) return null;
          const items = first === "" ? await queue.take(goesOn ? FOLLOWER_HEARTBEAT_MS : 0) : [];
          const text = first + items.map((item) => this.#text(item, name)).join("");
          isClosed ||= !goesOn && first === "";
          first = "";
          // A line without meaning shows whether the client is still there.
          return text === "" ? ": quiet\n\n" : text;
        },
        close: () => {
          isClosed = true;
          unfollow();
          queue.close();
        },
      };
    });
  }

  /**
   * The answer to a request to follow anything.
   * @param begin begins what is told, once there is a place for the client.
   * @throws {ApiProblem} `too_many_followers`.
   */
  tell(begin: () => Told): Response {
    if (this.#count >= FOLLOWERS_MAX) {
      throw new ApiProblem("too_many_followers", { detail: `There are ${FOLLOWERS_MAX}, the most at once` });
    }
    const told = begin();
    this.#count++;
    const { readable, writable } = new TransformStream();
    const stream = new SSEStreamingApi(writable, readable);
    stream.onAbort(() => told.close());
    void pump(stream, told).finally(() => {
      told.close();
      this.#count--;
      return stream.close();
    });
    return new Response(stream.responseReadable, { headers: HEADERS });
  }

  #text(item: FollowerItem, name: string): string {
    if (item.type !== "entry") return eventText(item.type, JSON.stringify({ count: item.count }));
    const { id, data } = item.entry;
    return eventText(name, data, `${this.#run}-${id}`);
  }

  /** What the client saw last: the number of an entry, or null where it does not say. */
  #seen(header: string | null): number | "other run" | null {
    const [, run, id] = /^([0-9a-z]+)-(\d{1,15})$/.exec(header ?? "") ?? [];
    if (id === undefined) return null;
    return run === this.#run ? Number(id) : "other run";
  }
}

/** One server-sent event. @param data JSON, which has no line ends. */
export function eventText(event: string, data: string, id?: string): string {
  return `event: ${event}\ndata: ${data}\n${id === undefined ? "" : `id: ${id}\n`}\n`;
}

async function pump(stream: SSEStreamingApi, told: Told): Promise<void> {
  // Says at once that it works, and how long to wait before coming back.
  await stream.write("retry: 2000\n\n");
  while (!stream.aborted) {
    const text = await told.next();
    if (text === null) return;
    await stream.write(text);
  }
}
