import assert from "node:assert/strict";
import { checkLinks, checkMachinePaths, checkVersions } from "./text_rules.ts";

Deno.test("tidy rules: paths of machines", () => {
  const findings = (text: string): string[] => checkMachinePaths({ path: "README.md", text });
  // Put together here, so that this file passes the rule itself.
  for (const directory of ["work", "root", "home", "Users"]) {
    assert.equal(findings(`one\nsee ${["", directory, "someone"].join("/")} for it\n`).length, 1, directory);
    assert.match(findings(`one\n"${["", directory, "x.ts"].join("/")}"`)[0] ?? "", /^README\.md:2: /);
  }
  assert.deepEqual(findings("https://example.com/work/a and src/work/a and ./home/b and ~/work/c"), []);
  assert.deepEqual(findings("/etc/fproxy/config.yaml"), []);
});

Deno.test("tidy rules: versions", () => {
  const findings = (imports: Record<string, string>): string[] =>
    checkVersions({ path: "deno.json", text: JSON.stringify({ imports }) });
  assert.deepEqual(
    findings({ zod: "npm:zod@4.6.7", "@a/b": "npm:@a/b@1.0.0-rc.1", "c/d": "npm:c@1.2.3/d.js" }),
    [],
  );
  for (
    const specifier of [
      "npm:zod@^4.6.7",
      "npm:zod@4",
      "npm:zod",
      "npm:zod@latest",
      "jsr:@zod/zod@4.6.7",
      "./zod.ts",
    ]
  ) {
    assert.equal(findings({ zod: specifier }).length, 1, specifier);
  }
});

Deno.test("tidy rules: links", () => {
  const paths = new Set(["README.md", "docs/a.md", "docs/decisions/b.md"]);
  const findings = (path: string, text: string): string[] => checkLinks({ path, text }, paths);
  assert.deepEqual(
    findings("README.md", "[a](docs/a.md) [b](./docs/decisions/) [c](https://x.org) [d](#here)"),
    [],
  );
  assert.deepEqual(findings("docs/a.md", "[up](../README.md#part) [b](decisions/b.md)"), []);
  assert.deepEqual(findings("docs/a.md", "`[a](nowhere.md)`\n```\n[a](nowhere.md)\n```\n"), []);
  assert.deepEqual(findings("docs/a.md", "see [b](b.md)"), ["docs/a.md: the link to b.md leads nowhere"]);
});
