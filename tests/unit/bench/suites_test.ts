import assert from "node:assert/strict";
import { suites } from "../../../bench/suites.ts";

for (const suite of suites) {
  Deno.test(`${suite.name}: names are told apart, and whoever is compared with is there`, () => {
    const rivals = suite.rivals.map((rival) => rival.name);
    const scenarios = suite.scenarios.map((scenario) => scenario.name);
    assert.equal(new Set(rivals).size, rivals.length);
    assert.equal(new Set(scenarios).size, scenarios.length);
    assert.ok(rivals.includes(suite.reference));
    for (const { name, reference } of suite.rivals) {
      assert.ok(reference === undefined || rivals.includes(reference), `${name}: ${reference}`);
    }
  });
}

Deno.test("`--only` and `--scenarios` mean one suite each", () => {
  const rivals = suites.flatMap((suite) => suite.rivals.map((rival) => rival.name));
  const scenarios = suites.flatMap((suite) => suite.scenarios.map((scenario) => scenario.name));
  assert.equal(new Set(rivals).size, rivals.length);
  assert.equal(new Set(scenarios).size, scenarios.length);
});
