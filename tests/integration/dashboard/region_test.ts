import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import type { RegionPicture } from "../../../src/model/region_picture.ts";
import { axeFindings } from "../../kit/axe.ts";
import {
  type DashboardBrowser,
  keepPicture,
  type PageOptions,
  testInBrowser,
} from "../../kit/dashboard_browser.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { NatsServer } from "../../kit/nats_server.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";
import { adminOf, Region } from "../../kit/region.ts";
import { regionPicture } from "../../kit/region_picture.ts";

/** A node is missed after ten seconds; the rest is for a slow machine. */
const MISSED_MS = 60_000;
/** A grid that held all rows would have 300. */
const MOST_ROWS = 60;

function appText(target: number, change: number): string {
  return `apps:
  - name: web
    ports: ["127.0.0.1:0"]
    targets: ["127.0.0.1:${target}"]
    idle_timeout: ${100 + change}s
    placement: { replicas: 3 }
    rollout: { bake: 2s, ready_timeout: 30s }
  - name: api
    ports: ["127.0.0.1:0"]
    targets: ["127.0.0.1:${target}"]
    placement: { replicas: 2 }
`;
}

testInBrowser(
  "dashboard: the region, live: legs of a rollout, and a node that is killed",
  async (browser) => {
    const server = await NatsServer.start();
    await using region = await Region.on(server);
    await using target = echoTarget();
    await region.control(true);
    const [first] = await Promise.all([
      region.node("n1", "a"),
      region.node("n2", "b"),
    ]);
    const third = await region.node("n3", "c");
    await region.operator.write("apps.yaml", appText(target.port, 0));
    await region.operator.done("apply", "-f", "apps.yaml");
    const page = await browser.open(await adminOf(first));
    await page.getByRole("link", { name: "Region" }).click();
    await page.getByRole("heading", { name: "Region main" }).waitFor();
    const cells = page.locator('[data-state="ready"]');
    await eventually("five replicas that serve", async () => await cells.count() === 5);
    await page.getByText("all well").last().waitFor();
    // A change goes through its legs.
    await region.operator.write("apps.yaml", appText(target.port, 1));
    await region.operator.done("apply", "-f", "apps.yaml");
    const now = page.locator(".rollout .step-now");
    const legs = new Set<string>();
    await eventually("the rollout to be done", async () => {
      for (const leg of await now.allInnerTexts()) legs.add(leg.split(/\s+/).at(-1) ?? "");
      return await page.locator(".rollout", { hasText: "web" }).locator(".step-past").count() === 4;
    }, MISSED_MS);
    assert.ok(legs.has("baking"), [...legs].join());
    // A node dies: its column says so, and why an app is not well.
    third.kill("SIGKILL");
    await page.locator(".node-bad", { hasText: "n3" }).waitFor({ timeout: MISSED_MS });
    await page.locator(".grid .tint-gone").waitFor();
    await page.locator(".grid").getByRole("button", { name: /^web/ }).click();
    // Control has taken them off it by then, or is about to.
    await page.getByText(/1 of 3 replicas has no node|n3: its node is gone/).first().waitFor();
    assert.match(page.url(), /app=web/);
    assert.deepEqual(await axeFindings(page), []);
    await keepPicture(page, "region_live");
    // The store is gone: what was known stays, and is told to be old.
    await server[Symbol.asyncDispose]();
    await page.getByText("The store of the region does not answer").waitFor({ timeout: MISSED_MS });
    await page.locator(".region-old").waitFor();
  },
  ["nats-server"],
);

/** A page of a proxy that would be part of this region. */
async function openWith(
  browser: DashboardBrowser,
  proxy: Proxy,
  picture: RegionPicture,
  options: PageOptions = {},
): Promise<Page> {
  const page = await browser.open(proxy.adminUrl, options);
  const status = { region: { region: picture.region, node: "node-1" } };
  await page.route("**/api/v1/status", (route) => route.fulfill({ json: status }));
  await page.route("**/api/v1/region/stream", (route) =>
    route.fulfill({
      contentType: "text/event-stream",
      body: `event: region\ndata: ${JSON.stringify(picture)}\n\n`,
    }));
  await page.goto(`${proxy.adminUrl}/#/region`);
  // What was asked before it was put in its place is asked again.
  await page.reload();
  await page.getByRole("heading", { name: "Region main" }).waitFor();
  await page.getByRole("link", { name: "Region" }).waitFor();
  return page;
}

const APP = { name: "web", ports: [ANY_PORT], targets: ["127.0.0.1:9"] };

for (const colours of ["light", "dark"] as const) {
  testInBrowser(
    `dashboard: regions small and large, axe finds nothing serious, ${colours}`,
    async (browser) => {
      await using proxy = await Proxy.start({ apps: [APP] });
      const small = await openWith(browser, proxy, regionPicture(5, 8), { colours });
      assert.equal(await small.locator(".grid-body .grid-row").count(), 8);
      assert.deepEqual(await axeFindings(small), [], "small");
      await keepPicture(small, `region_small_${colours}`);
      const large = await openWith(browser, proxy, regionPicture(40, 300), { colours });
      const rows = large.locator(".grid-body .grid-row");
      assert.ok(await rows.count() < MOST_ROWS, `${await rows.count()} rows`);
      assert.deepEqual(await axeFindings(large), [], "large");
      await keepPicture(large, `region_large_${colours}`);
    },
  );
}

testInBrowser("dashboard: a large region is found through by keyboard and by filters", async (browser) => {
  await using proxy = await Proxy.start({ apps: [APP] });
  const picture = regionPicture(100, 500);
  const page = await openWith(browser, proxy, picture);
  const rows = page.locator(".grid-body .grid-row");
  // What wants attention stands first.
  const first = await rows.first().innerText();
  const ill = picture.apps.filter(({ condition }) => condition === "down" || condition === "degraded");
  assert.ok(ill.some(({ name }) => first.includes(name)), first);
  await rows.first().getByRole("button").focus();
  await page.keyboard.press("End");
  const last = picture.apps.filter(({ condition }) => condition === "well").at(-1)!.name;
  await page.locator(".grid").getByRole("button", { name: new RegExp(`^${last}`) }).waitFor();
  assert.ok(await rows.count() < MOST_ROWS);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: `${last}, replica by replica` }).waitFor();
  await page.getByLabel("Show").selectOption("attention");
  await page.getByText(`${ill.length} of 500 apps`).waitFor();
  await page.getByLabel("Show").selectOption("");
  await page.getByLabel("Find an app or a node").fill("api-002");
  await eventually("the one", async () => await rows.count() === 1);
  assert.match(page.url(), /find=api-002/);
  await page.getByLabel("Find an app or a node").fill("");
  await page.getByRole("group", { name: "Nodes by zone" }).getByRole("button", { name: /^node-7 / }).click();
  const onNode = picture.nodes.find(({ name }) => name === "node-7")!.carried;
  await eventually("apps of the node", async () => await rows.count() === onNode || await rows.count());
  await page.locator(".node-facts").getByText(`${onNode} of at most 200`).waitFor();
});

testInBrowser("dashboard: a region on a phone: nothing is wider than the screen", async (browser) => {
  await using proxy = await Proxy.start({ apps: [APP] });
  const options = { width: 390, height: 844, isPhone: true };
  for (const [nodes, apps, name] of [[5, 8, "small"], [40, 300, "large"]] as const) {
    const picture = regionPicture(nodes, apps);
    const page = await openWith(browser, proxy, picture, options);
    const width = await page.evaluate("document.documentElement.scrollWidth");
    assert.ok(Number(width) <= 390, `${name} is ${width} pixels wide`);
    assert.deepEqual(await axeFindings(page), [], name);
    await keepPicture(page, `region_phone_${name}`);
    const card = page.locator(".app-card").first();
    await card.getByRole("button").tap();
    await page.getByRole("heading", { name: /replica by replica/ }).waitFor();
    const after = await page.evaluate("document.documentElement.scrollWidth");
    assert.ok(Number(after) <= 390, `${name} with a chosen app is ${after} pixels wide`);
    await card.scrollIntoViewIfNeeded();
    await keepPicture(page, `region_phone_${name}_cards`);
  }
});

testInBrowser(
  "dashboard: without a region there is no link to it, and its page says why",
  async (browser) => {
    await using proxy = await Proxy.start({ apps: [APP] });
    const page = await browser.open(`${proxy.adminUrl}/#/region`);
    await page.getByText("The config of this proxy names no region").waitFor();
    assert.equal(await page.getByRole("link", { name: "Region" }).count(), 0);
  },
);
