import assert from "node:assert/strict";
import { keepPicture, testInBrowser } from "../../kit/dashboard_browser.ts";
import { eventually } from "../../kit/eventually.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";

const APP = { name: "web", ports: [ANY_PORT], targets: ["127.0.0.1:9"] };

/** Followers of the proxy now, as far as it counts them: each stream is a connection of the admin server. */
async function connections(proxy: Proxy): Promise<number> {
  const { stdout } = await new Deno.Command("ss", {
    args: ["-Htn", "state", "established", `sport = :${new URL(proxy.adminUrl).port}`],
  }).output();
  return new TextDecoder().decode(stdout).trim().split("\n").filter(Boolean).length;
}

testInBrowser("dashboard: without the proxy it says so, and comes back by itself", async (browser) => {
  let port = 0;
  const page = await (async () => {
    await using proxy = await Proxy.start({ apps: [APP] });
    port = Number(new URL(proxy.adminUrl).port);
    const page = await browser.open(proxy.adminUrl);
    await page.getByRole("link", { name: "web" }).waitFor();
    return page;
  })();
  await page.getByText("Not connected").waitFor();
  await page.getByText("What is shown is as it was then.").waitFor();
  await keepPicture(page, "not_connected");
  await using proxy = await Proxy.start({
    admin: { listen: `127.0.0.1:${port}` },
    apps: [APP, { ...APP, name: "new" }],
  });
  // For a moment it is also among those that are not well.
  await page.getByRole("link", { name: "new" }).first().waitFor();
  await page.getByText("Not connected").waitFor({ state: "detached" });
  assert.equal(new URL(proxy.adminUrl).port, String(port));
});

testInBrowser("dashboard: a page that nobody sees follows nothing", async (browser) => {
  await using proxy = await Proxy.start({ apps: [APP] });
  const page = await browser.open(proxy.adminUrl);
  await page.getByRole("link", { name: "web" }).waitFor();
  await eventually("streams", async () => await connections(proxy) >= 2);
  // As the browser does when another tab is in front.
  await page.evaluate(`
    Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  `);
  const quiet: string[] = [];
  page.on("request", (request) => quiet.push(request.url()));
  await eventually("the ends of the streams", async () => await connections(proxy) === 0);
  assert.equal(quiet.length, 0);
  await page.evaluate(`
    Object.defineProperty(document, "visibilityState", { value: "visible", configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  `);
  await eventually("streams again", () => quiet.some((url) => url.includes("/samples")));
});
