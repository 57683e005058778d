import assert from "node:assert/strict";
import { TerminalResponses } from "../../../../../src/data/http/policy/terminal_responses.ts";

/** The statuses of 100 to 999 that are usable, as ranges. */
function usable(entries?: readonly (number | string)[]): string {
  const terminal = entries === undefined ? new TerminalResponses() : new TerminalResponses(entries);
  const ranges: [number, number][] = [];
  for (let status = 100; status <= 999; status++) {
    if (!terminal.has(status)) continue;
    const last = ranges.at(-1);
    if (last?.[1] === status - 1) last[1] = status;
    else ranges.push([status, status]);
  }
  return ranges.map(([first, last]) => first === last ? `${first}` : `${first}-${last}`).join(" ");
}

Deno.test("terminal responses: by default all but server errors", () => {
  assert.equal(usable(), "100-499");
});

Deno.test("terminal responses: a hundred is its class, any other code itself, a range what it says", () => {
  assert.equal(usable([200, 404, "300-399"]), "200-399 404");
  assert.equal(usable(["200"]), "200-299");
  assert.equal(usable(["200-200"]), "200");
  assert.equal(usable([201]), "201");
  assert.equal(usable(["204-206", "205-210"]), "204-210");
  assert.equal(usable([]), "");
});

Deno.test("terminal responses: a status above 599 counts as a server error", () => {
  assert.equal(usable([500]), "500-999");
  assert.equal(usable(["500-500"]), "500 600-999");
  assert.equal(usable(["501-599"]), "501-599");
});

Deno.test("terminal responses: refuses what is no code or range", () => {
  for (
    const entry of [
      0,
      99,
      600,
      1000,
      200.5,
      NaN,
      "2xx",
      "",
      "200-",
      "300-200",
      "99-200",
      "500-600",
      "600",
      "-200",
    ]
  ) {
    assert.throws(() => new TerminalResponses([entry]), RangeError, String(entry));
  }
});
