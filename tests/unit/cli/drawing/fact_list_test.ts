import assert from "node:assert/strict";
import { painter } from "../../../../src/cli/drawing/paint.ts";
import { factList } from "../../../../src/cli/drawing/fact_list.ts";

const ROWS = [{ label: "Time", value: "5 ms" }, { label: "Connections", value: "12 opened, 3 closed" }];

Deno.test("labels and values stand in columns", () => {
  assert.equal(
    factList(ROWS, { columns: 80, paint: painter(false) }),
    "Time         5 ms\nConnections  12 opened, 3 closed\n",
  );
});

Deno.test("long values go on below, and in narrow terminals values stand below labels", () => {
  assert.equal(
    factList(ROWS, { columns: 26, paint: painter(false) }),
    "Time         5 ms\nConnections  12 opened, 3\n             closed\n",
  );
  assert.equal(
    factList(ROWS, { columns: 20, paint: painter(false) }),
    "Time\n  5 ms\nConnections\n  12 opened, 3\n  closed\n",
  );
});

Deno.test("a tone colours the value alone", () => {
  const text = factList([{ label: "Failed", value: "3", tone: "bad" }], {
    columns: 80,
    paint: painter(true),
  });
  assert.equal(text, "Failed  \x1b[31m3\x1b[39m\n");
});
