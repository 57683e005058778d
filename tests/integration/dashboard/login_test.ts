import assert from "node:assert/strict";
import { keepPicture, testInBrowser } from "../../kit/dashboard_browser.ts";
import { eventually } from "../../kit/eventually.ts";
import { ANY_PORT, Proxy } from "../../kit/proxy.ts";

const ADMIN = {
  listen: ANY_PORT,
  tokens: [{ name: "ops", role: "write" as const, token: "open-sesame-write" }, {
    name: "eyes",
    role: "read" as const,
    token: "open-sesame-read",
  }],
};
const CONFIG = { admin: ADMIN, apps: [{ name: "web", ports: [ANY_PORT], targets: ["127.0.0.1:9"] }] };

testInBrowser(
  "dashboard: it asks for a token, keeps it for the tab, and shows it to nobody",
  async (browser) => {
    await using proxy = await Proxy.start(CONFIG);
    const page = await browser.open(`${proxy.adminUrl}/#/apps/web?tab=events`);
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    await page.getByLabel("Token").fill("wrong");
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByText("The token is not known").waitFor();
    await keepPicture(page, "login");
    await page.getByLabel("Token").fill("open-sesame-write");
    await page.keyboard.press("Enter");
    // Where one wanted to go is where one is.
    await page.getByRole("heading", { name: "web" }).waitFor();
    await page.getByText("ops, may change things").waitFor();
    await page.reload();
    await page.getByRole("heading", { name: "web" }).waitFor();
    const kept = await page.evaluate("[JSON.stringify(localStorage), document.cookie, location.href].join()");
    assert.doesNotMatch(String(kept), /sesame/);
    assert.deepEqual(asked.filter((url) => url.includes("sesame")), []);
    await page.getByRole("button", { name: "Log out" }).click();
    await page.getByLabel("Token").waitFor();
    assert.equal(await page.evaluate("sessionStorage.length"), 0);
  },
);

testInBrowser("dashboard: who may only read is told so, and offered nothing else", async (browser) => {
  await using proxy = await Proxy.start(CONFIG);
  const page = await browser.open(`${proxy.adminUrl}/#/apps/web`);
  await page.getByLabel("Token").fill("open-sesame-read");
  await page.keyboard.press("Enter");
  await page.getByText("eyes, reads only").waitFor();
  await page.getByText('the token "eyes" is for reading only').first().waitFor();
  await eventually("a form that is off", () => page.getByRole("button", { name: /^Operate/ }).isDisabled());
  await page.getByRole("link", { name: "Config" }).click();
  await page.getByText("secrets redacted").waitFor();
  assert.doesNotMatch(await page.locator("main").innerText(), /sesame/);
});

testInBrowser(
  "dashboard: nothing inline may run, and other pages may not show it in a frame",
  async (browser) => {
    await using proxy = await Proxy.start(CONFIG);
    const response = await proxy.ask("/");
    const policy = response.headers.get("content-security-policy") ?? "";
    assert.match(policy, /default-src 'none'.*frame-ancestors 'none'/);
    assert.doesNotMatch(policy, /unsafe|\*/);
    await response.body?.cancel();
    const page = await browser.open(proxy.adminUrl);
    const ran = await page.evaluate(`
    const script = document.createElement("script");
    script.textContent = "globalThis.ran = true";
    document.body.append(script);
    "ran" in globalThis;
  `);
    assert.equal(ran, false);
    // The browser complains of that one, as it should.
    await eventually("the complaint", () => browser.complaints.length > 0);
    assert.match(browser.complaints.splice(0).join(), /Content Security Policy/);
  },
);
