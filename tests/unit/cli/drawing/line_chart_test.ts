import assert from "node:assert/strict";
import fc from "fast-check";
import { lineChart } from "../../../../src/cli/drawing/line_chart.ts";
import { painter } from "../../../../src/cli/drawing/paint.ts";

const plain = painter(false);
const format = (value: number): string => value.toFixed(0);

Deno.test("the line fits the terminal, whatever it shows", () => {
  const values = fc.array(fc.nat(1e7), { minLength: 2, maxLength: 500 });
  fc.assert(
    fc.property(values, fc.integer({ min: 30, max: 200 }), (list, columns) => {
      const text = lineChart({ values: list, stepS: 0.1, format }, { columns, paint: plain });
      for (const line of text.split("\n")) {
        assert.ok([...line].length <= columns, `${[...line].length} > ${columns}: ${line}`);
      }
    }),
    { numRuns: 60 },
  );
});

Deno.test("the axes tell the values and the time", () => {
  const values = Array.from({ length: 21 }, (_, index) => index === 10 ? 0 : 1000);
  const text = lineChart({ values, stepS: 0.1, format }, { columns: 60, paint: plain });
  assert.match(text, /^ *1000┤/m);
  assert.match(text, /^ *500┤/m);
  assert.match(text, /^ *0┤/m);
  assert.match(text, /0\.0s +1\.0s +2\.0s/);
  assert.ok(!text.includes("\x1b"));
  const colored = lineChart({ values, stepS: 0.1, format }, { columns: 60, paint: painter(true) });
  assert.ok(colored.includes("\x1b[36m━"));
});

Deno.test("there is none where it would show nothing", () => {
  const canvas = { columns: 60, paint: plain };
  assert.equal(lineChart({ values: [1], stepS: 1, format }, canvas), "");
  assert.equal(lineChart({ values: [0, 0, 0], stepS: 1, format }, canvas), "");
  assert.equal(lineChart({ values: [1, 2, 3], stepS: 1, format }, { columns: 20, paint: plain }), "");
});
