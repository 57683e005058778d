import type { Bag } from "../base/bag.ts";
import type { AppParts, RehearseAnswer, RehearseQuery, WantedApp } from "../model/session_effect.ts";
import type { ClientSession } from "./client_session.ts";
import { type DepartingSessions, effectOn, noEffects } from "./departing_sessions.ts";

/**
 * Says what a change would do to a thread's sessions, by the same rule by which it is done. Without apps in the query it
 * does not look at the sessions one by one.
 */
export function rehearse(
  sessions: Bag<ClientSession>,
  departing: DepartingSessions,
  { number, apps, removed }: RehearseQuery,
): RehearseAnswer {
  const counts = departing.counts();
  if (apps.length + removed.length === 0) {
    const leaving = counts.reduce((sum, [, count]) => sum + count, 0);
    const total = { ...noEffects(), kept: sessions.size - leaving };
    return { type: "rehearsed", number, total, rows: [], departing: counts };
  }
  const wanted = new Map<string, AppParts | undefined>(removed.map((name) => [name, undefined]));
  for (const app of apps) wanted.set(app.name, partsOf(app));
  const total = noEffects();
  const rows = new Map<string, RehearseAnswer["rows"][number] & ReturnType<typeof noEffects>>();
  sessions.forEach((session) => {
    if (departing.has(session)) return;
    const { name } = session.app.snapshot;
    if (!wanted.has(name)) return total.kept++;
    const effect = effectOn(session, wanted.get(name));
    total[effect]++;
    const { target } = session.describe();
    const key = JSON.stringify([name, target]);
    const row = rows.get(key) ?? { app: name, target, ...noEffects() };
    row[effect]++;
    rows.set(key, row);
  });
  return { type: "rehearsed", number, total, rows: [...rows.values()], departing: counts };
}

function partsOf({ isHttp, listeners, targets }: WantedApp): AppParts {
  const listenerKeys = new Set(listeners);
  const targetKeys = new Set(targets);
  return {
    isHttp,
    hasListener: (key) => listenerKeys.has(key),
    hasTarget: (key) => targetKeys.has(key),
  };
}
