import assert from "node:assert/strict";
import { keepPicture, testInBrowser } from "../../kit/dashboard_browser.ts";
import { askOnce } from "../../kit/client.ts";
import { echoTarget } from "../../kit/echo_target.ts";
import { eventually } from "../../kit/eventually.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";

testInBrowser("dashboard: a drain with time and reason works, and ends by itself", async (browser) => {
  await using a = echoTarget({ prefix: "a:" });
  await using b = echoTarget({ prefix: "b:" });
  const targets = [`127.0.0.1:${a.port}`, `127.0.0.1:${b.port}`];
  await using proxy = await Proxy.start({ apps: [{ name: "web", ports: [ANY_PORT], targets }] });
  const page = await browser.open(`${proxy.adminUrl}/#/apps/web`);
  await page.getByRole("button", { name: `Operate ${targets[0]}` }).click();
  const form = page.getByRole("dialog");
  // Without a reason nothing is done.
  await form.getByRole("button", { name: "Drain" }).click();
  await form.getByText("Say why").waitFor();
  await form.getByLabel("For how long").selectOption({ label: "another time …" });
  await form.getByLabel(/^Time/).fill("6s");
  await form.getByLabel("Why").fill("kernel <b>update</b>");
  await keepPicture(page, "operate");
  await form.getByRole("button", { name: "Drain" }).click();
  await form.waitFor({ state: "hidden" });
  const row = page.locator(".list-targets .list-row", { hasText: `:${a.port}` });
  await row.locator(".override", { hasText: "drain" }).waitFor();
  // Text of others is text.
  await eventually("the reason", async () => /kernel <b>update<\/b>/.test(await row.innerText()));
  const port = await proxy.port("web");
  for (let n = 0; n < 4; n++) assert.equal(await askOnce(port, "?"), "b:?");
  await eventually("its end", () => proxy.logged("override of target ended").length === 1);
  await row.locator(".override").waitFor({ state: "detached" });
  await row.getByText("yes").waitFor();
  const replies = [await askOnce(port, "?"), await askOnce(port, "?")];
  assert.deepEqual(replies.sort(), ["a:?", "b:?"]);
});

testInBrowser("dashboard: a weight is set and taken back, by keyboard alone", async (browser) => {
  await using a = echoTarget();
  const target = `127.0.0.1:${a.port}`;
  await using proxy = await Proxy.start({ apps: [{ name: "web", ports: [ANY_PORT], targets: [target] }] });
  const page = await browser.open(`${proxy.adminUrl}/#/apps/web`);
  const operate = page.getByRole("button", { name: `Operate ${target}` });
  await operate.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("radio", { name: /^Weight/ }).focus();
  await page.keyboard.press("Space");
  await page.getByLabel(/^Weight 0 to/).fill("50%");
  await page.getByLabel("Why").fill("slow disk");
  await page.keyboard.press("Enter");
  const override = page.locator(".override", { hasText: "weight 50%" });
  await override.waitFor();
  assert.equal((await proxy.app("web")).targets[0]?.override?.weight?.reason, "slow disk");
  await operate.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("radio", { name: /^As configured/ }).check();
  await page.getByRole("button", { name: "As configured" }).click();
  await override.waitFor({ state: "detached" });
  assert.equal((await proxy.app("web")).targets[0]?.override, null);
  // Escape leaves everything as it is.
  await operate.click();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
});
