import assert from "node:assert/strict";
import { capacity } from "../../../../../src/control/config/rules/capacity.ts";
import { MAX_SLOTS } from "../../../../../src/model/board.ts";

Deno.test("more apps, ports and targets than a board has slots are refused", () => {
  const locator = { key: (): [number, number] => [3, 7] };
  // Two apps with a port each, and targets beside them; one slot is the process's.
  const problems = (targets: number): readonly unknown[] => {
    const apps = [targets - 1, 1].map((length) => ({ ports: [1], targets: new Array(length) }));
    return capacity({ config: undefined, apps, locator });
  };
  const fitting = MAX_SLOTS - 1 - 4;
  assert.deepEqual(problems(fitting), []);
  const message = `${MAX_SLOTS} apps, ports and targets together: at most ${MAX_SLOTS - 1}`;
  assert.deepEqual(problems(fitting + 1), [{ code: "capacity", message, span: [3, 7] }]);
});
