import assert from "node:assert/strict";
import { type SessionCursor, Sessions } from "../../../../src/control/sessions/sessions.ts";
import type { LiveSession, SessionQuery } from "../../../../src/model/live_session.ts";
import { LogLines } from "../../../kit/log_lines.ts";

const ALL = { app: null, target: null, client: null, id: null };

/** Threads with so many sessions each, that answer as threads do. */
class Threads {
  readonly cut: SessionQuery["cut"][] = [];

  constructor(private readonly sizes: readonly number[]) {}

  sessions: ConstructorParameters<typeof Sessions>[0]["sessions"] = (query) => {
    const sessions = this.sizes.flatMap((size, thread) => {
      const { after, limit, cut } = query(thread);
      this.cut.push(cut);
      const numbers = Array.from({ length: size }, (_, number) => number).filter((number) => number > after);
      return numbers.slice(0, limit).map((number) => ({ ...session(number), thread }));
    });
    return Promise.resolve({ sessions, count: this.sizes.reduce((a, b) => a + b, 0), missing: [] });
  };
}

function session(number: number): LiveSession {
  return {
    id: `x${number}`,
    number,
    app: "web",
    listener: "l",
    client: "c",
    target: null,
    revision: 1,
    ageMs: 1,
    bytesIn: 0,
    bytesOut: 0,
    requests: null,
  };
}

Deno.test("pages go through all sessions of all threads, each once", async () => {
  for (const limit of [1, 2, 3, 10]) {
    const sessions = new Sessions(new Threads([3, 0, 4]), new LogLines().log);
    const seen: string[] = [];
    let from: SessionCursor | null = null;
    do {
      const page: Awaited<ReturnType<Sessions["list"]>> = await sessions.list(ALL, limit, from);
      assert.ok(page.sessions.length <= limit && page.count === 7);
      seen.push(...page.sessions.map(({ thread, number }) => `${thread}.${number}`));
      from = page.next;
    } while (from !== null);
    assert.deepEqual(seen, ["0.0", "0.1", "0.2", "2.0", "2.1", "2.2", "2.3"], `limit ${limit}`);
  }
});

Deno.test("cutting sessions is logged with what was meant and who wanted it", async () => {
  const { log, lines } = new LogLines();
  const threads = new Threads([2]);
  const { count } = await new Sessions(threads, log).cut({ ...ALL, app: "web" }, "ann");
  assert.deepEqual([count, threads.cut], [2, ["admin"]]);
  const [{ ts: _, ...line } = {}] = lines;
  assert.deepEqual(line, {
    level: "info",
    event: "sessions_cut",
    message: "an operator ended sessions",
    app: "web",
    sessions: 2,
    by: "ann",
  });
});
