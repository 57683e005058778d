import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { keepPicture, testInBrowser } from "../../kit/dashboard_browser.ts";
import { webConfig } from "../../kit/dashboard_config.ts";
import { eventually } from "../../kit/eventually.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";

const START = { apps: [{ name: "web", ports: [ANY_PORT], targets: ["127.0.0.1:9"] }] };

/** Starts a proxy on a config with lines, and opens its editor. */
async function startOn(text: string): Promise<Proxy> {
  const proxy = await Proxy.start(START);
  const before = proxy.logged("config rolled out").length;
  await proxy.write(text);
  await eventually("the config", () => proxy.logged("config rolled out").length > before);
  return proxy;
}

async function typeAtEndOf(page: Page, line: string, text: string): Promise<void> {
  await page.locator(".cm-line", { hasText: line }).click();
  await page.keyboard.press("End");
  await page.keyboard.type(text);
}

testInBrowser(
  "dashboard: a mistake shows at its line while one types, and what is right is applied",
  async (browser) => {
    await using proxy = await startOn(webConfig("127.0.0.1:9"));
    const page = await browser.open(`${proxy.adminUrl}/#/config`);
    const apply = page.getByRole("button", { name: "Apply" });
    await page.getByText("Nothing is changed.").waitFor();
    // A duration that is none, in line 8.
    await typeAtEndOf(page, "connect_timeout: 3s", "oon");
    const problem = page.locator(".diagnostic-error");
    await problem.waitFor();
    assert.match(await problem.innerText(), /line 8:/);
    await page.locator(".cm-line", { hasText: "3soon" }).locator(".cm-lintRange-error").waitFor();
    await page.locator(".cm-gutter-lint .cm-lint-marker-error").waitFor();
    await page.getByText("1 mistake").waitFor();
    assert.equal(await apply.isDisabled(), true);
    await keepPicture(page, "config");
    // The place leads to the line, where one goes on typing.
    await problem.getByRole("button").click();
    await page.keyboard.press("End");
    for (let n = 0; n < 4; n++) await page.keyboard.press("Backspace");
    await page.keyboard.type("s");
    await problem.waitFor({ state: "detached" });
    await page.getByText("Nothing is changed.").waitFor();
    await typeAtEndOf(page, "targets", " # none");
    await typeAtEndOf(page, "connect_timeout", "\nidle_timeout: 1m");
    await eventually("what can be applied", async () => !await apply.isDisabled());
    await page.locator(".plan").getByText("idle_timeout").first().waitFor();
    await apply.click();
    await page.getByText(/Rollout #\d+/).waitFor();
    const written = await Deno.readTextFile(proxy.path);
    assert.match(written, /# none\n.*connect_timeout: 3s\n\s+idle_timeout: 1m/);
    await page.getByRole("link", { name: /Rollout #/ }).click();
    await page.getByRole("heading", { name: /Rollout #/ }).waitFor();
    await page.getByText("applied").waitFor();
    const listeners = page.locator(".receipt table", { hasText: "Listeners" });
    assert.match(await listeners.innerText(), /kept\s+1/);
    await page.locator(".diff-added", { hasText: "idle_timeout: 1m" }).waitFor();
  },
);

testInBrowser("dashboard: what others changed meanwhile is not written over", async (browser) => {
  await using proxy = await startOn(webConfig("127.0.0.1:9"));
  const page = await browser.open(`${proxy.adminUrl}/#/config`);
  await page.getByText("Nothing is changed.").waitFor();
  await typeAtEndOf(page, "connect_timeout", "  # mine");
  await proxy.write(webConfig("127.0.0.1:10"));
  const apply = page.getByRole("button", { name: "Apply" });
  await eventually("what can be applied", async () => !await apply.isDisabled());
  await apply.click();
  await page.getByText("The config was changed since").waitFor();
  assert.match(await Deno.readTextFile(proxy.path), /127\.0\.0\.1:10/);
  await page.getByRole("button", { name: "Load the new text" }).click();
  await page.locator(".cm-line", { hasText: "127.0.0.1:10" }).waitFor();
});

testInBrowser("dashboard: rollouts are listed, and a refused one says why, and where", async (browser) => {
  await using proxy = await startOn(webConfig("127.0.0.1:9"));
  const page = await browser.open(`${proxy.adminUrl}/#/rollouts`);
  await page.getByRole("row", { name: /applied/ }).first().waitFor();
  await proxy.write(webConfig("127.0.0.1:9", "    retries: 3"));
  await page.getByRole("row", { name: /refused/ }).getByRole("link").click();
  await page.getByText("line 9:5").waitFor();
  await page.getByText(/retries/).first().waitFor();
  await keepPicture(page, "rollout");
});
