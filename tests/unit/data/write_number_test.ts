import fc from "fast-check";
import assert from "node:assert/strict";
import { ByteSink } from "../../../src/data/byte_sink.ts";
import { writeInteger, writeMilliseconds } from "../../../src/data/write_number.ts";

function written(write: (out: ByteSink) => void): string {
  const out = new ByteSink(1);
  write(out);
  return new TextDecoder().decode(out.view());
}

Deno.test("whole numbers are written as String writes them", () => {
  const edges = [0, 9, 10, 99, 100, 2 ** 30 - 1, 2 ** 30, 2 ** 31, 2 ** 53 - 1, -1];
  for (const value of edges) assert.equal(written((out) => writeInteger(out, value)), String(value));
  fc.assert(fc.property(fc.nat(), (value) => {
    assert.equal(written((out) => writeInteger(out, value)), String(value));
  }));
});

Deno.test("milliseconds have three decimals at most, and no zeros at the end", () => {
  const edges = [[0, "0"], [0.0004, "0"], [0.0006, "0.001"], [0.3, "0.3"], [1.25, "1.25"], [
    9.9996,
    "10",
  ]] as const;
  for (const [value, text] of edges) assert.equal(written((out) => writeMilliseconds(out, value)), text);
  fc.assert(fc.property(fc.double({ min: -10, max: 1e12, noNaN: true }), (value) => {
    const text = written((out) => writeMilliseconds(out, value));
    assert.equal(text, String(Math.round(value * 1000) / 1000));
    assert.match(text, /^-?\d+(\.\d{0,2}[1-9])?$/);
  }));
});
