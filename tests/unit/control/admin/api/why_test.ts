import assert from "node:assert/strict";
import type { ProblemBody } from "../../../../../src/control/admin/api/problem.ts";
import { whyRoutes } from "../../../../../src/control/admin/api/why.ts";
import { ApiProblem, problemResponse } from "../../../../../src/control/admin/api/problem.ts";
import { type FoundTraces, Why } from "../../../../../src/control/sessions/why.ts";
import { adminSource } from "../../../../kit/admin_source.ts";
import { wholeStatus } from "../../../../kit/whole_status.ts";

/** What is said of a trace that is not found. */
async function problem(found: FoundTraces): Promise<ProblemBody> {
  const why = new Why({ why: () => Promise.resolve({ answers: [], missing: [] }) });
  why.find = () => Promise.resolve(found);
  const route = whyRoutes(adminSource(wholeStatus, { why })).find(({ path }) => path.endsWith("{id}"));
  try {
    await route?.handle({
      params: { id: "1-0" },
      query: {},
      body: undefined,
      headers: new Headers(),
      client: { remoteIp: "127.0.0.1", isUnix: false },
      bearer: null,
    });
  } catch (error) {
    if (error instanceof ApiProblem) return await problemResponse(error).json();
    throw error;
  }
  throw new Error("It was found");
}

Deno.test("what is not remembered is told with how much is, or that nothing is", async () => {
  const unknown = await problem({ traces: [], kept: 7, missing: [] });
  assert.deepEqual([unknown.status, unknown.detail], [404, "There is no trace of 1-0"]);
  assert.match(unknown.hint ?? "", /its last 7 sessions \(why\.sessions/);
  const unheard = await problem({ traces: [], kept: 7, missing: [1, 2] });
  assert.equal(unheard.detail, "There is no trace of 1-0; data thread 1, 2 did not answer");
  const off = await problem({ traces: [], kept: 0, missing: [] });
  assert.deepEqual([off.status, off.detail], [404, "No traces of sessions are kept"]);
});
