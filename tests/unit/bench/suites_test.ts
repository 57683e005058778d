import assert from "node:assert/strict";
import { suites } from "../../../bench/suites.ts";
import { withVariants } from "../../../bench/variants.ts";

for (const suite of suites) {
  Deno.test(`${suite.name}: names are told apart, and whoever is compared with is there`, () => {
    const rivals = suite.rivals.map((rival) => rival.name);
    const scenarios = suite.scenarios.map((scenario) => scenario.name);
    assert.equal(new Set(rivals).size, rivals.length);
    assert.equal(new Set(scenarios).size, scenarios.length);
    for (const name of [suite.reference, ...suite.furtherReferences ?? []]) {
      assert.ok(rivals.includes(name), name);
    }
    for (const { name, reference } of suite.rivals) {
      assert.ok(reference === undefined || rivals.includes(reference), `${name}: ${reference}`);
    }
  });
}

Deno.test("`--only` means one suite", () => {
  const rivals = suites.flatMap((suite) => suite.rivals.map((rival) => rival.name));
  assert.equal(new Set(rivals).size, rivals.length);
});

Deno.test("each rival can be measured in its variants without two of one name", () => {
  for (const suite of withVariants(suites, { before: "/elsewhere", watched: true })) {
    const names = suite.rivals.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
  }
});
