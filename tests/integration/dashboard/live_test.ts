import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { keepPicture, testInBrowser } from "../../kit/dashboard_browser.ts";
import { SteadyTraffic } from "../../kit/dashboard_traffic.ts";
import { Client } from "../../kit/client.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { say } from "../../kit/programs.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";

/** From a detection to the page, with room for a busy machine; the page itself takes half a second. */
const SHOWN_WITHIN_MS = 1_000;
const BUSY_MACHINE_MS = 2_000;

const CHECKED = { type: "tcp", interval: "500ms", timeout: "500ms", unhealthy_threshold: 1 } as const;

/** Value that stands beside a line of a chart. */
function valueOf(page: Page, chart: string): Promise<string> {
  return page.locator(".chart", { hasText: chart }).locator("b").first().innerText();
}

testInBrowser("dashboard: charts move, and show what the proxy counts", async (browser) => {
  await using target = echoTarget();
  const app = { name: "web", ports: [ANY_PORT], targets: [`127.0.0.1:${target.port}`] };
  await using proxy = await Proxy.start({ apps: [app] });
  const page = await browser.open(proxy.adminUrl);
  await eventually("a first sample", async () => await valueOf(page, "Open connections") === "0");
  const clients: Client[] = [];
  for (let n = 0; n < 7; n++) clients.push(await Client.to(await proxy.port("web")));
  for (const client of clients) await client.ask("hello");
  await eventually("open connections", async () => await valueOf(page, "Open connections") === "7");
  const row = page.getByRole("row", { name: /^web/ });
  assert.match(await row.innerText(), /\b7\b/);
  await using _traffic = new SteadyTraffic(await proxy.port("web"), 5);
  await eventually(
    "connections a second",
    async () => await valueOf(page, "New connections a second") !== "0",
  );
  await eventually("bytes", async () => /kB/.test(await valueOf(page, "Bytes a second")));
  await eventually("percentiles", async () => / ms$/.test(await valueOf(page, "Time to connect")));
  const heat = page.locator(".heat canvas");
  await eventually("connect times", async () => /≤/.test(await heat.getAttribute("aria-label") ?? ""));
  // What is drawn changes, too, not only what is written.
  const picture = (): Promise<unknown> =>
    page.evaluate("document.querySelector('.chart canvas').toDataURL()");
  const before = await picture();
  await eventually(
    "another picture",
    async () => await picture() !== before,
  );
  await keepPicture(page, "overview");
  for (const client of clients) client[Symbol.dispose]();
});

testInBrowser(
  "dashboard: a target that is killed shows red within a second of its detection",
  async (browser) => {
    await using a = echoTarget();
    const b = echoTarget();
    const targets = [`127.0.0.1:${a.port}`, `127.0.0.1:${b.port}`];
    const app = { name: "web", ports: [ANY_PORT], targets, health_check: CHECKED };
    await using proxy = await Proxy.start({ apps: [app] });
    await using _traffic = new SteadyTraffic(await proxy.port("web"), 3);
    const [overview, page] = [
      await browser.open(proxy.adminUrl),
      await browser.open(`${proxy.adminUrl}/#/apps/web`),
    ];
    const row = page.locator(".list-targets .list-row", { hasText: `:${b.port}` });
    await row.locator(".health-up").waitFor();
    const shown = Promise.all([
      row.locator(".health-down").waitFor().then(() => Date.now()),
      overview.locator(".attention a", { hasText: "web" }).waitFor().then(() => Date.now()),
    ]);
    await b[Symbol.asyncDispose]();
    const times = await shown;
    await eventually("the log", () => proxy.logged("target is down").length > 0);
    const detected = Date.parse(String(proxy.logged("target is down")[0]?.["ts"]));
    say(`red ${times.map((time) => time - detected).join(" and ")} ms after the detection`);
    for (const time of times) {
      assert.ok(time - detected < SHOWN_WITHIN_MS + BUSY_MACHINE_MS, `shown after ${time - detected} ms`);
    }
    // Why it is out is told, on both pages, and colour is not all that says it.
    await eventually(
      "the reason",
      async () => /refused/.test(await overview.locator(".attention").innerText()),
    );
    assert.match(await row.innerText(), /down/);
    await page.locator(".flow-band.flow-idle").first().waitFor();
    await page.locator(".flow-end-bad").waitFor();
    await keepPicture(overview, "sick");
    await keepPicture(page, "app");
  },
);

testInBrowser("dashboard: the flow's widths agree with the counters of the proxy", async (browser) => {
  await using a = echoTarget();
  await using b = echoTarget();
  const targets = [{ address: `127.0.0.1:${a.port}`, weight: 3 }, `127.0.0.1:${b.port}`];
  await using proxy = await Proxy.start({
    apps: [{ name: "web", ports: [ANY_PORT, "127.0.0.1:0"], targets }],
  });
  const ports = [await proxy.port("web", 0), await proxy.port("web", 1)];
  const clients: Client[] = [];
  for (let n = 0; n < 12; n++) clients.push(await Client.to(ports[n % 3 === 0 ? 1 : 0] ?? 0));
  for (const client of clients) await client.ask("hello");
  const page = await browser.open(`${proxy.adminUrl}/#/apps/web`);
  const widths = async (side: string): Promise<Map<string, number>> => {
    const bands = await page.locator(`.flow-band[data-side="${side}"]`).all();
    return new Map(
      await Promise.all(bands.map(async (one): Promise<[string, number]> => [
        await one.getAttribute("data-end") ?? "",
        Number(await one.getAttribute("stroke-width")),
      ])),
    );
  };
  await eventually("the picture", async () => (await widths("target")).size === 2);
  const agree = async (): Promise<boolean> => {
    const { targets, listeners } = await proxy.app("web");
    const counts = new Map([
      ...targets.map((one) => [one.target, one.connections_active] as const),
      ...listeners.map((one) => [one.address, one.connections_active] as const),
    ]);
    const found = [await widths("target"), await widths("listener")];
    return found.every((side) => {
      const total = [...side.values()].reduce((sum, width) => sum + width, 0);
      return [...side].every(([end, width]) =>
        Math.abs(width / total - (counts.get(end) ?? NaN) / 12) < 0.02
      );
    });
  };
  await eventually("widths that agree", agree);
  assert.deepEqual((await proxy.app("web")).targets.map(({ connections_active }) => connections_active), [
    9,
    3,
  ]);
  for (const client of clients) client[Symbol.dispose]();
});
