import assert from "node:assert/strict";
import type { Plan, Receipt } from "../../../src/dashboard/api/rollouts.ts";
import { axeFindings } from "../../kit/axe.ts";
import { testInBrowser } from "../../kit/dashboard_browser.ts";
import { Client } from "../../kit/client.ts";
import { STORY } from "../../kit/dashboard_story.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { RefusingAddress } from "../../kit/refusing_address.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";

/** Answers of the API that a small proxy has no reason to give are put in their place here. */

const APP = { name: "web", ports: [ANY_PORT], targets: ["127.0.0.1:9"] };

const PLAN: Plan = {
  listeners: { kept: ["0.0.0.0:80"], opened: ["0.0.0.0:81"], closed: [] },
  sessions: { kept: 7, draining: 3, cut: 0 },
  options: [],
  apps: [{
    app: "web",
    change: "changed",
    options: [{ path: "connect_timeout", before: 5000, after: 3000 }],
    sessions: 7,
    effect: "kept",
  }],
  targets: [{ app: "web", target: "10.0.0.7:80", change: "removed", sessions: 3, effect: "draining" }],
  restart_needed: [],
  nothing: false,
};

const RECEIPT: Receipt = {
  sessions: { kept: 7, draining: 3, cut: 0 },
  listeners: { kept: 1, opened: 1, closed: 0, failed: 0 },
};

testInBrowser("dashboard: the story of a session is told in order", async (browser) => {
  await using proxy = await Proxy.start({ apps: [APP] });
  const page = await browser.open(proxy.adminUrl);
  await page.route("**/api/v1/why/1-2", (route) => route.fulfill({ json: STORY }));
  await page.goto(`${proxy.adminUrl}/#/why/1-2`);
  await page.getByText("c:80 was passed over: down").waitFor();
  await page.getByText("ECONNREFUSED").waitFor();
  await page.getByText("the client ended first").waitFor();
  assert.deepEqual(await axeFindings(page), []);
});

testInBrowser("dashboard: a session of a running proxy has its story", async (browser) => {
  await using echo = echoTarget();
  await using refusing = await RefusingAddress.take();
  const targets = [`127.0.0.1:${refusing.address.port}`, `127.0.0.1:${echo.port}`];
  await using proxy = await Proxy.start({ apps: [{ name: "web", ports: [ANY_PORT], targets }] });
  const port = await proxy.port("web");
  let id = "";
  await eventually("a session that tried both", async () => {
    using client = await Client.to(port);
    assert.equal(await client.ask("hello"), "hello");
    await client.finish();
    await client.ended();
    const { traces } = await (await proxy.ask("/api/v1/why")).json();
    id = traces.find(({ attempts }: { attempts: unknown[] }) => attempts.length === 2)?.id ?? "";
    return id !== "";
  });
  const page = await browser.open(`${proxy.adminUrl}/#/why/${id}`);
  await page.getByText("ECONNREFUSED").first().waitFor();
  await page.getByText(targets[1]!).first().waitFor();
  await page.getByText("the client ended first").waitFor();
});

testInBrowser("dashboard: a plan is shown before, and the receipt after", async (browser) => {
  await using proxy = await Proxy.start({ apps: [APP] });
  const page = await browser.open(proxy.adminUrl);
  const valid = { valid: true, diagnostics: [], plan: PLAN, plan_error: "" };
  await page.route("**/api/v1/config/validate", (route) => route.fulfill({ json: valid }));
  await page.goto(`${proxy.adminUrl}/#/config`);
  const plan = page.locator(".plan");
  await plan.waitFor();
  const text = await plan.innerText();
  for (const wanted of ["3 draining", "listens on 0.0.0.0:81", "connect_timeout", "3 sessions draining"]) {
    assert.ok(text.includes(wanted), `${wanted} is not in ${text}`);
  }
  const rollout = {
    ...await (await proxy.ask("/api/v1/rollouts/1")).json(),
    receipt: RECEIPT,
    draining_now: 2,
  };
  await page.route("**/api/v1/rollouts/1", (route) => route.fulfill({ json: rollout }));
  await page.route(
    "**/api/v1/rollouts/1/diff",
    (route) => route.fulfill({ body: "@@ -1 +1 @@\n-old\n+new\n" }),
  );
  await page.goto(`${proxy.adminUrl}/#/rollouts/1`);
  await page.getByText("3, of which 2 still run").waitFor();
  assert.equal(await page.locator(".diff-added").innerText(), "+new");
  assert.deepEqual(await axeFindings(page), []);
});
