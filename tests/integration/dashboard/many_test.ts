import assert from "node:assert/strict";
import { keepPicture, testInBrowser } from "../../kit/dashboard_browser.ts";
import { SteadyTraffic } from "../../kit/dashboard_traffic.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { cpuShare } from "../../kit/over_time.ts";
import { say } from "../../kit/programs.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";

const APPS = 2_000;
const MEASURED_MS = 10_000;
/** Three dashboards should cost 5 % of a core; a busy machine, where caches are cold, is given twice of that. */
const MOST_SHARE = 0.1;
/** A list that held all rows would have 2,000. */
const MOST_ROWS = 80;

testInBrowser(
  "dashboard: 2,000 apps are found, and cost little with three dashboards open",
  async (browser) => {
    await using target = echoTarget();
    const apps = Array.from({ length: APPS }, (_, n) => ({
      name: `tenant-${String(n).padStart(4, "0")}`,
      ports: [ANY_PORT],
      targets: [`127.0.0.1:${target.port}`],
    }));
    await using proxy = await Proxy.start({ workers: 1, apps });
    await using _traffic = new SteadyTraffic(await proxy.port("tenant-1500"), 2);
    const idle = await cpuShare(proxy.pid, MEASURED_MS);
    const page = await browser.open(proxy.adminUrl);
    await page.getByText("2k apps, all well").first().waitFor();
    const rows = page.locator(".list-apps .list-body .list-row");
    await eventually("rows", async () => await rows.count() > 5);
    assert.ok(await rows.count() < MOST_ROWS);
    // By keyboard to the last, whose row was not in the page before.
    await rows.first().getByRole("link").focus();
    await page.keyboard.press("End");
    await page.getByRole("link", { name: "tenant-1999" }).waitFor();
    assert.ok(await rows.count() < MOST_ROWS);
    await page.keyboard.press("/");
    await page.keyboard.type("tenant-1500");
    await eventually("the one", async () => await rows.count() === 1);
    assert.match(page.url(), /find=tenant-1500/);
    await page.getByLabel("Find an app").fill("");
    await page.getByRole("button", { name: "Open" }).click();
    await eventually("the busiest first", async () => /tenant-1500/.test(await rows.first().innerText()));
    await keepPicture(page, "many");
    await browser.open(proxy.adminUrl);
    await browser.open(`${proxy.adminUrl}/#/apps/tenant-1500`);
    const watched = await cpuShare(proxy.pid, MEASURED_MS);
    const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
    say(
      `proxy with ${APPS} apps: ${percent(idle)} of a core alone, ${percent(watched)} with three dashboards`,
    );
    assert.ok(watched - idle < MOST_SHARE, `${percent(watched - idle)} more`);
  },
);
