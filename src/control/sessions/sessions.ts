import type { Logger } from "../../base/log.ts";
import type { LiveSession, SessionFilter, SessionQuery } from "../../model/live_session.ts";
import type { SessionPollResult } from "../daemon/threads/session_poll.ts";

/** Where in the list of open sessions a page begins: behind this one. */
export interface SessionCursor {
  readonly thread: number;
  readonly number: number;
}

/** A part of the list of open sessions. */
export interface SessionPage {
  /** By thread, then in the order in which the clients came. */
  readonly sessions: readonly (LiveSession & { readonly thread: number })[];
  /** How many are meant altogether. */
  readonly count: number;
  /** Where the next page begins; null when this is the last. */
  readonly next: SessionCursor | null;
  /** Threads that did not answer in time: their sessions are missing here. */
  readonly missing: readonly number[];
}

/** Who can be asked. */
export interface SessionThreads {
  sessions(query: (thread: number) => Omit<SessionQuery, "number">): Promise<SessionPollResult>;
}

/** The open sessions of all data threads, to be looked at and ended. */
export class Sessions {
  constructor(private readonly threads: SessionThreads, private readonly log: Pick<Logger, "info">) {}

  /** @param limit most sessions of the page. @param from null for the beginning. */
  async list(filter: SessionFilter, limit: number, from: SessionCursor | null): Promise<SessionPage> {
    // One more tells whether there is a next page.
    const { sessions, count, missing } = await this.threads.sessions((thread) => ({
      filter,
      limit: from !== null && thread < from.thread ? 0 : limit + 1,
      after: thread === from?.thread ? from.number : -1,
      cut: null,
    }));
    const page = sessions.slice(0, limit);
    const last = page.at(-1);
    const next = sessions.length > limit && last !== undefined
      ? { thread: last.thread, number: last.number }
      : null;
    return { sessions: page, count, next, missing };
  }

  /** Ends sessions at once, with the reason `admin`. @param by who wants it. @returns how many. */
  async cut(filter: SessionFilter, by: string): Promise<{ count: number; missing: readonly number[] }> {
    const { count, missing } = await this.threads.sessions(() => ({
      filter,
      limit: 0,
      after: -1,
      cut: "admin",
    }));
    const meant = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== null));
    this.log.info("sessions_cut", { ...meant, sessions: count, by });
    return { count, missing };
  }
}
