import assert from "node:assert/strict";
import type { WhyStory } from "../../../src/dashboard/api/why.ts";
import { storySteps } from "../../../src/dashboard/pure/story.ts";
import { STORY } from "../../kit/dashboard_story.ts";

function texts(changes: Partial<WhyStory> = {}): string[] {
  return storySteps({ ...STORY, ...changes }).map(({ text }) => text);
}

Deno.test("story: who was passed over, what was tried, and who ended it", () => {
  assert.deepEqual(texts(), [
    "10.0.0.1:5000 came to 0.0.0.0:80",
    "round_robin chose among 2 targets of 3",
    "c:80 was passed over: down",
    "a:80 (10.1.0.1:80): failed after 1.5 ms: ECONNREFUSED",
    "b:80 (10.1.0.2:80): connected after 0.50 ms",
    "first byte from the target",
    "the client ended first; closed by the client: done",
  ]);
  const severities = storySteps(STORY).map(({ severity }) => severity);
  assert.deepEqual(severities, ["well", "well", "planned", "bad", "well", "well", "well"]);
});

Deno.test("story: a request, with its hedge", () => {
  const call = { hedge: true, reused: true, answer: "taken", status: 200, first_byte_ms: 40 };
  const [attempt] = STORY.attempts.slice(1);
  assert.ok(attempt !== undefined);
  const found = texts({
    request: { method: "GET", path: "/x" },
    status: 200,
    attempts: [{ ...attempt, call }],
    rule: "1",
  });
  assert.deepEqual(found.filter((text) => /GET|rule|hedge|answer|status/.test(text)), [
    "10.0.0.1:5000 came to 0.0.0.0:80: GET /x",
    "rule 1 held",
    "b:80 (10.1.0.2:80): an open connection was used, as a hedge",
    "b:80 (10.1.0.2:80): answer 200 taken",
    "the client ended first; closed by the client: done, status 200",
  ]);
});

Deno.test("story: one that is open has no end, one that was denied no target", () => {
  assert.equal(texts({ open: true, close_reason: null }).some((text) => /closed/.test(text)), false);
  const denied = storySteps({
    ...STORY,
    candidates: [],
    attempts: [],
    first_byte_ms: null,
    first_ended: null,
    closed_by: "proxy",
    close_reason: "denied",
  });
  assert.deepEqual(denied.map(({ severity }) => severity), ["well", "bad"]);
});
