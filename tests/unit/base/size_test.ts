import fc from "fast-check";
import assert from "node:assert/strict";
import { formatSize, parseSize, SIZE_PATTERN } from "../../../src/base/size.ts";

Deno.test("parseSize reads every unit and fractions", () => {
  const cases: [string, number][] = [
    ["0", 0],
    ["4096", 4096],
    ["1B", 1],
    ["64KiB", 65_536],
    ["1.5MiB", 1_572_864],
    ["2GiB", 2_147_483_648],
    ["1TiB", 1_099_511_627_776],
    ["10kB", 10_000],
    ["10KB", 10_000],
    ["1MB", 1_000_000],
    ["0.5GB", 500_000_000],
  ];
  for (const [text, bytes] of cases) assert.equal(parseSize(text), bytes, text);
});

Deno.test("parseSize refuses what it cannot read, and says what is allowed", () => {
  const cases: [string, RegExp][] = [
    ["", /not a size/],
    ["64K", /such as "64KiB"/],
    ["64kib", /not a size/],
    ["-1", /not a size/],
    ["1 MiB", /not a size/],
    ["1e3", /not a size/],
    ["0.5B", /whole number of bytes/],
    ["0.0001KiB", /whole number of bytes/],
    ["8192TiB", /too large/],
    ["99999999TiB", /too large/],
  ];
  for (const [text, message] of cases) {
    assert.throws(() => parseSize(text), { name: "RangeError", message }, text);
  }
});

Deno.test("formatSize writes the largest binary unit that divides", () => {
  const cases: [number, string][] = [[0, "0B"], [1000, "1000B"], [65_536, "64KiB"], [1_572_864, "1536KiB"], [
    1 << 30,
    "1GiB",
  ]];
  for (const [bytes, text] of cases) assert.equal(formatSize(bytes), text);
});

Deno.test("parseSize reads back what formatSize writes", () => {
  fc.assert(fc.property(fc.oneof(fc.maxSafeNat(), fc.nat({ max: 1 << 20 }).map((n) => n * 1024)), (bytes) => {
    assert.equal(parseSize(formatSize(bytes)), bytes);
  }));
});

Deno.test("parseSize gives whole bytes or a RangeError, whatever the text", () => {
  const text = fc.oneof(
    fc.string(),
    fc.array(fc.constantFrom("0", "1", "9", ".", "K", "M", "i", "B", "k", "-")).map((parts) =>
      parts.join("")
    ),
  );
  fc.assert(
    fc.property(text, (text) => {
      let bytes: number;
      try {
        bytes = parseSize(text);
      } catch (error) {
        assert.ok(error instanceof RangeError);
        return;
      }
      assert.ok(Number.isSafeInteger(bytes) && bytes >= 0);
      assert.ok(new RegExp(SIZE_PATTERN).test(text), "the schema's pattern knows the form");
    }),
    { numRuns: 2000 },
  );
});
