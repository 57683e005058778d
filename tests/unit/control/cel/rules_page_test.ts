import assert from "node:assert/strict";
import { parse } from "yaml";
import { compileCondition } from "../../../../src/control/cel/compile_condition.ts";
import { RULE_VARIABLES } from "../../../../src/model/rule_expression.ts";

const PAGE = Deno.readTextFileSync(new URL("../../../../docs/rules.md", import.meta.url));

/** Every condition in the examples of the page. */
function conditions(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(conditions);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === "when" && typeof inner === "string" ? [inner] : conditions(inner)
  );
}

Deno.test("the conditions of the page on rules are right, and all variables are told", () => {
  const examples = [...PAGE.matchAll(/```yaml\n([\s\S]*?)```/g)].flatMap(([, text = ""]) =>
    conditions(parse(text))
  );
  assert.ok(examples.length > 10, `${examples.length}`);
  for (const condition of examples) compileCondition(condition, { app: "web", isHttp: true });
  for (const name of [...RULE_VARIABLES, "request.headers", "request.query", "app"]) {
    assert.ok(PAGE.includes(`\n| \`${name}\``), name);
  }
});
