import fc from "fast-check";
import assert from "node:assert/strict";
import {
  DURATION_PATTERN,
  formatDuration,
  MAX_DURATION_MS,
  parseDuration,
} from "../../../src/base/duration.ts";

Deno.test("parseDuration reads every unit, sums and fractions", () => {
  const cases: [string, number][] = [
    ["0", 0],
    ["0s", 0],
    ["250ms", 250],
    ["5s", 5000],
    ["10m", 600_000],
    ["2h", 7_200_000],
    ["1d", 86_400_000],
    ["1h30m", 5_400_000],
    ["1m30s500ms", 90_500],
    ["1.5s", 1500],
    ["1.1s", 1100],
    ["0.001s", 1],
    ["0.5d", 43_200_000],
    ["24d", MAX_DURATION_MS],
  ];
  for (const [text, ms] of cases) assert.equal(parseDuration(text), ms, text);
});

Deno.test("parseDuration refuses what it cannot read, and says what is allowed", () => {
  const cases: [string, RegExp][] = [
    ["", /not a duration/],
    ["5", /has no unit: write "5s" or "5ms"/],
    ["1.5", /has no unit/],
    ["5 s", /not a duration/],
    [" 5s", /not a duration/],
    ["5s ", /not a duration/],
    ["-5s", /not a duration/],
    ["+5s", /not a duration/],
    ["5S", /not a duration/],
    ["5us", /not a duration/],
    ["five", /such as "250ms", "5s" or "1h30m"/],
    ["s", /not a duration/],
    ["1e3s", /not a duration/],
    [".5s", /not a duration/],
    ["5.s", /not a duration/],
    ["1s1h", /out of order/],
    ["1s1s", /out of order/],
    ["0.5ms", /whole number of milliseconds/],
    ["1.0001s", /whole number of milliseconds/],
    ["25d", /too long: at most 24d/],
    ["999999999999999d", /too long/],
    ["9999999999999999s", /not a duration/],
  ];
  for (const [text, message] of cases) {
    assert.throws(() => parseDuration(text), { name: "RangeError", message }, text);
  }
});

Deno.test("formatDuration writes the shortest form", () => {
  const cases: [number, string][] = [[0, "0s"], [1, "1ms"], [1500, "1s500ms"], [5_400_000, "1h30m"], [
    90_000_000,
    "1d1h",
  ]];
  for (const [ms, text] of cases) assert.equal(formatDuration(ms), text);
});

Deno.test("parseDuration reads back what formatDuration writes", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: MAX_DURATION_MS }), (ms) => {
    assert.equal(parseDuration(formatDuration(ms)), ms);
  }));
});

Deno.test("parseDuration gives whole milliseconds in range or a RangeError, whatever the text", () => {
  const text = fc.oneof(
    fc.string(),
    fc.array(fc.constantFrom("0", "1", "9", ".", "m", "s", "h", "d", "ms", "-", " ")).map((parts) =>
      parts.join("")
    ),
  );
  fc.assert(
    fc.property(text, (text) => {
      let ms: number;
      try {
        ms = parseDuration(text);
      } catch (error) {
        assert.ok(error instanceof RangeError);
        return;
      }
      assert.ok(Number.isInteger(ms) && ms >= 0 && ms <= MAX_DURATION_MS);
      assert.ok(
        text === "0" || new RegExp(DURATION_PATTERN).test(text),
        "the schema's pattern knows the form",
      );
    }),
    { numRuns: 2000 },
  );
});
