import assert from "node:assert/strict";
import { beforeName, withBefore } from "../../../bench/before.ts";
import { suites } from "../../../bench/suites.ts";

Deno.test("each fproxy, and nothing else, has an earlier version beside it that is compared with it", () => {
  for (const [index, suite] of withBefore(suites, "/elsewhere").entries()) {
    const names = suites[index]?.rivals.map(({ name }) => name) ?? [];
    const own = names.filter((name) => /^(deno|epoll)/.test(name));
    const added = suite.rivals.filter(({ name }) => !names.includes(name));
    assert.deepEqual(added.map(({ name }) => name), own.map(beforeName));
    assert.deepEqual(added.map(({ reference }) => reference), own);
  }
});
