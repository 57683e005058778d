import assert from "node:assert/strict";
import { DASHBOARD_ASSETS, dashboardAssets } from "../../../scripts/dashboard.ts";
import { REPO_ROOT } from "../../../scripts/repo_root.ts";

Deno.test("dashboard: what is served was made of the sources as they are", async () => {
  const committed = await Deno.readTextFile(REPO_ROOT + DASHBOARD_ASSETS);
  const made = await dashboardAssets();
  assert.ok(made === committed, `${DASHBOARD_ASSETS} is stale: run \`deno task dashboard\``);
});
