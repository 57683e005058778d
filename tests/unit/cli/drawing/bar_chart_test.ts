import assert from "node:assert/strict";
import fc from "fast-check";
import { bar, barChart } from "../../../../src/cli/drawing/bar_chart.ts";
import { painter } from "../../../../src/cli/drawing/paint.ts";

const plain = painter(false);

Deno.test("bars, counts and shares stand under each other", () => {
  const text = barChart([{ label: "a", count: 30 }, { label: "bb", count: 10 }], {
    columns: 40,
    paint: plain,
  });
  assert.equal(
    text,
    "a   ████████████████████████  30  75.0 %\n" +
      "bb  ████████                  10  25.0 %\n",
  );
});

Deno.test("a label that leaves no room stands above its bar", () => {
  const text = barChart([{ label: "a rather long label", count: 3 }], { columns: 30, paint: plain });
  assert.equal(
    text,
    "a rather long label\n██████████████████  3  100.0 %\n",
  );
});

Deno.test("only the bars are coloured", () => {
  const bars = [{ label: "a", count: 1, tone: "bad" as const }];
  const text = barChart(bars, { columns: 40, paint: painter(true) });
  assert.equal(text, `a  \x1b[31m${"█".repeat(25)}\x1b[39m  1  100.0 %\n`);
});

Deno.test("no line is wider than the terminal, in any width that figures fit in", () => {
  const bars = fc.array(
    fc.record({
      label: fc.string({ maxLength: 40 }).map((text) => text.replace(/[^ -~]/g, "x")),
      count: fc.nat(1e9),
    }),
    { maxLength: 8 },
  );
  fc.assert(fc.property(bars, fc.integer({ min: 24, max: 200 }), (list, columns) => {
    for (const line of barChart(list, { columns, paint: plain }).split("\n")) {
      assert.ok([...line].length <= columns, `${[...line].length} > ${columns}: ${line}`);
    }
  }));
});

Deno.test("a bar is exact to an eighth, and what is not nothing shows", () => {
  assert.equal(bar(0, 10), "");
  assert.equal(bar(1e-9, 10), "▏");
  assert.equal(bar(0.5, 10), "█████");
  assert.equal(bar(0.55, 10), "█████▌");
  assert.equal(bar(1, 10), "██████████");
  assert.equal(bar(7, 10), "██████████");
});
