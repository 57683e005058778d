import type { Bag } from "../base/bag.ts";
import type { SessionAnswer, SessionFilter, SessionQuery } from "../model/live_session.ts";
import type { ClientSession } from "./client_session.ts";

/**
 * Answers what is asked of a thread's sessions. It looks at all of them in one turn, which nobody pays who does not ask.
 */
export function answerSessions(sessions: Bag<ClientSession>, query: SessionQuery): SessionAnswer {
  const { number, filter, after, limit, cut } = query;
  const meant: ClientSession[] = [];
  sessions.forEach((session) => {
    if (isMeant(session, filter)) meant.push(session);
  });
  const page = limit === 0 ? [] : meant.filter((session) => session.number > after)
    .sort((a, b) => a.number - b.number)
    .slice(0, limit)
    .map((session) => session.describe());
  // Only now: one that ends may put another in its place.
  if (cut !== null) { for (const session of meant) session.cut(cut); }
  return { type: "sessions", number, sessions: page, count: meant.length };
}

function isMeant(session: ClientSession, { app, target, client, id }: SessionFilter): boolean {
  if (app !== null && session.app.snapshot.name !== app) return false;
  if (target === null && client === null && id === null) return true;
  const described = session.describe();
  return (target === null || described.target === target) &&
    (client === null || described.client.startsWith(client)) &&
    (id === null || described.id === id);
}
