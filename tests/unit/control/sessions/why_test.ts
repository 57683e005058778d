import assert from "node:assert/strict";
import { Why } from "../../../../src/control/sessions/why.ts";
import type { WhyQuestion, WhyTrace } from "../../../../src/model/why.ts";

/** A trace that ended then; of the rest only the id counts. */
function trace(id: string, endedAt: number): WhyTrace {
  return { id, startedAt: endedAt - 10, durationMs: 10 } as WhyTrace;
}

function why(
  threads: readonly (readonly WhyTrace[])[],
  missing: readonly number[] = [],
): { readonly found: Why; readonly asked: WhyQuestion[] } {
  const asked: WhyQuestion[] = [];
  const found = new Why({
    why: (question) => {
      asked.push(question);
      const answers = threads.map((traces, thread) => ({
        thread,
        answer: { type: "why", number: 1, traces, kept: 100 } as const,
      }));
      return Promise.resolve({ answers, missing });
    },
  });
  return { found, asked };
}

Deno.test("the newest of all threads, by their ends", async () => {
  const { found, asked } = why([[trace("c", 30), trace("a", 10)], [], [trace("d", 40), trace("b", 20)]], [3]);
  const filter = { app: "web", target: null, client: null, reason: null };
  const { traces, kept, missing } = await found.latest(filter, 3);
  assert.deepEqual(traces.map(({ id, thread }) => [id, thread]), [["d", 2], ["c", 0], ["b", 2]]);
  assert.deepEqual([kept, missing, asked], [100, [3], [{ filter, limit: 3 }]]);
});

Deno.test("one by its id; without threads nothing is kept", async () => {
  const { found, asked } = why([[], [trace("1-0", 5)]]);
  assert.deepEqual((await found.find("1-0")).traces.map(({ id, thread }) => [id, thread]), [["1-0", 1]]);
  assert.deepEqual(asked, [{ id: "1-0" }]);
  assert.deepEqual(await why([]).found.find("x"), { traces: [], kept: 0, missing: [] });
});
