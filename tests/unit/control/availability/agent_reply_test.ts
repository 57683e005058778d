import assert from "node:assert/strict";
import fc from "fast-check";
import {
  mergeReport,
  NOTHING_SAID,
  parseAgentReply,
} from "../../../../src/control/availability/agent_reply.ts";
import { Admin } from "../../../../src/model/target_words.ts";

const NOTHING = { ...NOTHING_SAID, isUp: null, reason: "" };

Deno.test("an agent's words are those of HAProxy's agent-check", () => {
  const cases: [string, unknown][] = [
    ["up", { ...NOTHING, isUp: true }],
    ["UP\r", { ...NOTHING, isUp: true }],
    ["down#disk is full", { ...NOTHING, isUp: false, reason: "disk is full" }],
    ["stopped # by hand # twice", { ...NOTHING, isUp: false, reason: "by hand # twice" }],
    ["drain", { ...NOTHING, admin: Admin.drain }],
    ["maint", { ...NOTHING, admin: Admin.maint }],
    ["ready", { ...NOTHING, admin: Admin.ready }],
    ["75%", { ...NOTHING, weight: 0.75 }],
    ["99999%", { ...NOTHING, weight: 256 }],
    ["up,75%\tmaxconn:30", { ...NOTHING, isUp: true, weight: 0.75, maxConnections: 30 }],
  ];
  for (const [line, expected] of cases) assert.deepEqual(parseAgentReply(line), expected, line);
});

Deno.test("a word that is unknown, or none, is nothing", () => {
  for (const line of ["", "  ", "# why", "upp", "75", "up maxconn:", "-5%"]) {
    assert.equal(parseAgentReply(line), null, line);
  }
  fc.assert(fc.property(fc.string(), (line) => void parseAgentReply(line)));
});

Deno.test("what an agent does not speak of stays", () => {
  const before = { admin: Admin.drain, weight: 0.5, maxConnections: 3 };
  assert.deepEqual(mergeReport(before, { ...NOTHING_SAID, weight: 1 }), { ...before, weight: 1 });
});
