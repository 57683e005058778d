import assert from "node:assert/strict";
import { formatTable } from "../../../src/cli/table.ts";

const ROWS = [["NAME", "ADDRESS", "N"], ["a", "a rather long address", "1"], ["another", "", "22"]];

Deno.test("columns are aligned, without spaces at the end of a line", () => {
  assert.equal(
    formatTable(ROWS),
    "NAME     ADDRESS                N\n" +
      "a        a rather long address  1\n" +
      "another                         22\n",
  );
});

Deno.test("the widest column gives way in a narrow terminal", () => {
  assert.equal(
    formatTable(ROWS, 28),
    "NAME     ADDRESS          N\n" +
      "a        a rather long …  1\n" +
      "another                   22\n",
  );
});
