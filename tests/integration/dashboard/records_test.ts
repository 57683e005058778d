import assert from "node:assert/strict";
import { askOnce } from "../../kit/client.ts";
import { keepPicture, testInBrowser } from "../../kit/dashboard_browser.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { HttpClient } from "../../kit/http_client.ts";
import { answerText, HttpTarget } from "../../kit/http_target.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";

testInBrowser("dashboard: the filter of records filters, and stands in the address", async (browser) => {
  await using target = new HttpTarget(({ target }) => answerText(target === "/bad" ? 503 : 200, "x"));
  const { port } = target.address;
  const app = {
    name: "api",
    mode: "http" as const,
    ports: [ANY_PORT],
    targets: [`http://127.0.0.1:${port}`],
  };
  const http = { terminal_responses: [200, 500] };
  await using proxy = await Proxy.start({ apps: [{ ...app, http }] });
  const page = await browser.open(`${proxy.adminUrl}/#/apps/api?tab=access`);
  await page.getByText("Nothing has ended since this was opened.").waitFor();
  using client = await HttpClient.to(await proxy.port("api"));
  const rows = page.locator(".list-requests .list-body .list-row");
  const paths = async (): Promise<string[]> => await page.locator('[data-name="Request"]').allInnerTexts();
  // The stream may not be open yet: what ended before is not shown.
  await eventually("a record", async () => {
    await client.get("/good");
    await client.get("/bad");
    return (await paths()).some((path) => path.includes("/bad"));
  });
  assert.ok((await paths()).some((path) => path.includes("/good")));
  await page.getByLabel("Status").fill("5xx");
  await page.keyboard.press("Enter");
  await page.getByText("Nothing like that has ended since.").waitFor();
  assert.match(page.url(), /status=5xx/);
  await eventually("a record", async () => {
    await client.get("/good");
    await client.get("/bad");
    return await rows.count() > 1;
  });
  for (const path of await paths()) assert.match(path, /\/bad/);
  await keepPicture(page, "records");
  // Who is sent the address sees the same.
  const other = await browser.open(page.url());
  assert.equal(await other.getByLabel("Status").inputValue(), "5xx");
  await page.getByLabel("Status").fill("7xx");
  await page.keyboard.press("Enter");
  await page.getByText("Write codes or classes").waitFor();
});

testInBrowser(
  "dashboard: events of an app, and its open sessions, one of which is ended",
  async (browser) => {
    await using target = echoTarget();
    const app = { name: "web", ports: [ANY_PORT], targets: [`127.0.0.1:${target.port}`] };
    await using proxy = await Proxy.start({ apps: [app, { ...app, name: "other" }] });
    const port = await proxy.port("web");
    await askOnce(port, "?");
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    await connection.write(new TextEncoder().encode("hello"));
    await connection.read(new Uint8Array(10));
    const page = await browser.open(`${proxy.adminUrl}/#/apps/web?tab=sessions`);
    const { port: from } = connection.localAddr as Deno.NetAddr;
    await page.getByRole("button", { name: `End the session of 127.0.0.1:${from}` }).click();
    await page.getByRole("dialog").getByRole("button", { name: "End it" }).click();
    // Over, whether by a FIN or by a reset.
    assert.equal(await connection.read(new Uint8Array(10)).catch(() => null), null);
    connection.close();
    await page.getByText("None is open.").waitFor();
    await page.getByRole("tab", { name: "Events" }).click();
    assert.match(page.url(), /tab=events/);
    await page.getByText("an operator ended sessions").waitFor();
    assert.equal(await page.locator(".event", { hasText: "config rolled out" }).count(), 0);
  },
);
