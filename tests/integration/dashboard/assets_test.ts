import assert from "node:assert/strict";
import { DASHBOARD_ASSETS, dashboardAssets, namedByContents } from "../../../scripts/dashboard.ts";
import { REPO_ROOT } from "../../../scripts/repo_root.ts";

Deno.test("dashboard: what is served was made of the sources as they are", async () => {
  const committed = await Deno.readTextFile(REPO_ROOT + DASHBOARD_ASSETS);
  const made = await dashboardAssets();
  assert.ok(made === committed, `${DASHBOARD_ASSETS} is stale: run \`deno task dashboard\``);
});

Deno.test("dashboard: parts are named by what the files hold, not by the bundler's hash", () => {
  const bundle = (hash: string, text: string) => ({
    "main.js": `import("./part-${hash}.js"); "other-ABCDEFGH.js"`,
    [`part-${hash}.js`]: text,
  });
  const made = namedByContents(bundle("AAAA1111", "text"));
  assert.deepEqual(made, namedByContents(bundle("BBBB2222", "text")));
  const part = Object.keys(made).find((name) => name.startsWith("part-"));
  assert.equal(made["main.js"], `import("./${part}"); "other-ABCDEFGH.js"`);
  assert.notDeepEqual(Object.keys(made), Object.keys(namedByContents(bundle("AAAA1111", "another text"))));
  assert.throws(() => namedByContents({ "part-AAAA1111.js": "", "part-BBBB2222.js": "" }), /same stem/);
});
