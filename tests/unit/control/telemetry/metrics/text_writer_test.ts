import assert from "node:assert/strict";
import { TextWriter } from "../../../../../src/control/telemetry/metrics/text_writer.ts";

const COUNTER = { name: "fproxy_x_total", type: "counter", help: 'Says "a\\b"\nand more.' } as const;

Deno.test("what is said and labels are escaped as each format has it", () => {
  const lines = [{ labels: { app: 'a"b\\c\nd', rule: "#1" }, value: 3 }];
  assert.equal(
    new TextWriter(false).write(COUNTER, lines, true),
    '# HELP fproxy_x_total Says "a\\\\b"\\nand more.\n# TYPE fproxy_x_total counter\n' +
      'fproxy_x_total{app="a\\"b\\\\c\\nd",rule="#1"} 3\n',
  );
  assert.equal(
    new TextWriter(true).write(COUNTER, lines, true),
    '# HELP fproxy_x Says \\"a\\\\b\\"\\nand more.\n# TYPE fproxy_x counter\n' +
      'fproxy_x_total{app="a\\"b\\\\c\\nd",rule="#1"} 3\n',
  );
});

Deno.test("numbers that are none are written as Prometheus reads them; later lines have no head", () => {
  const lines = [NaN, Infinity, -Infinity, 0.25].map((value) => ({ labels: {}, value }));
  assert.equal(
    new TextWriter(false).write({ name: "g", type: "gauge", help: "" }, lines, false),
    "g NaN\ng +Inf\ng -Inf\ng 0.25\n",
  );
  assert.deepEqual([new TextWriter(false).end, new TextWriter(true).end], ["", "# EOF\n"]);
});
