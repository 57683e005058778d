import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { axeFindings } from "../../kit/axe.ts";
import { askOnce } from "../../kit/client.ts";
import { keepPicture, testInBrowser } from "../../kit/dashboard_browser.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";

const CHECKED = { type: "tcp", interval: "500ms", timeout: "500ms", unhealthy_threshold: 1 } as const;

async function start(port: number): Promise<Proxy> {
  const target = `127.0.0.1:${port}`;
  const proxy = await Proxy.start({
    apps: [
      { name: "web", ports: [ANY_PORT], targets: [target, "127.0.0.1:9"], health_check: CHECKED },
      { name: "well", ports: [ANY_PORT], targets: [target] },
    ],
  });
  await askOnce(await proxy.port("web"), "?");
  return proxy;
}

async function assertAccessible(page: Page, where: string): Promise<void> {
  assert.deepEqual(await axeFindings(page), [], where);
}

for (const colours of ["light", "dark"] as const) {
  testInBrowser(`dashboard: axe finds nothing serious on any page, ${colours}`, async (browser) => {
    await using target = echoTarget();
    await using proxy = await start(target.port);
    const page = await browser.open(proxy.adminUrl, { colours });
    await page.locator(".attention a", { hasText: "web" }).waitFor();
    await assertAccessible(page, "overview");
    await keepPicture(page, `overview_${colours}`);
    await page.goto(`${proxy.adminUrl}/#/apps/web`);
    await page.locator(".health-down").waitFor();
    await assertAccessible(page, "app");
    await page.getByRole("button", { name: /^Operate/ }).first().click();
    await page.getByRole("dialog").waitFor();
    await assertAccessible(page, "dialog");
    await page.keyboard.press("Escape");
    await page.getByRole("tab", { name: "Events" }).click();
    await page.locator(".event").first().waitFor();
    await assertAccessible(page, "events");
    await page.goto(`${proxy.adminUrl}/#/rollouts/1`);
    await page.getByText("applied").waitFor();
    await assertAccessible(page, "rollout");
    await page.goto(`${proxy.adminUrl}/#/config`);
    await page.locator(".cm-content").waitFor();
    await page.getByText("valid", { exact: true }).waitFor();
    await assertAccessible(page, "config");
  });
}

testInBrowser(
  "dashboard: on a phone everything is there, and nothing is wider than the screen",
  async (browser) => {
    await using target = echoTarget();
    await using proxy = await start(target.port);
    const page = await browser.open(proxy.adminUrl, { width: 390, height: 844, isPhone: true });
    const fits = async (where: string): Promise<void> => {
      const width = await page.evaluate("document.documentElement.scrollWidth");
      assert.ok(Number(width) <= 390, `${where} is ${width} pixels wide`);
    };
    await page.locator(".attention a", { hasText: "web" }).waitFor();
    await fits("overview");
    await assertAccessible(page, "overview");
    await keepPicture(page, "phone");
    await page.locator(".list-apps").getByRole("link", { name: "web" }).tap();
    await page.locator(".health-down").waitFor();
    await fits("app");
    await assertAccessible(page, "app");
    await page.getByRole("button", { name: /^Operate/ }).first().tap();
    await page.getByRole("dialog").getByLabel("Why").fill("a reason");
    await fits("dialog");
    await page.getByRole("button", { name: "Cancel" }).tap();
    await keepPicture(page, "phone_app");
    for (const name of ["Rollouts", "Config"]) {
      await page.getByRole("link", { name, exact: true }).tap();
      await page.getByRole("heading", { name, exact: true }).waitFor();
      await fits(name);
    }
  },
);
