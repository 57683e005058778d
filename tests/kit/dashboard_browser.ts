import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { has, testIf } from "./programs.ts";

/** Where a page is opened, and how large. */
export interface PageOptions {
  readonly width?: number;
  readonly height?: number;
  readonly colours?: "light" | "dark";
  /** As on a telephone: a finger instead of a pointer. */
  readonly isPhone?: boolean;
}

const PROGRAM = "chromium";
const PICTURES = Deno.env.get("FPROXY_TEST_PICTURES") ?? "";

/**
 * As `Deno.test`, but skipped, with the reason printed, where there is no browser.
 * @param more programs that the test needs besides.
 */
export function testInBrowser(
  name: string,
  test: (browser: DashboardBrowser) => Promise<void>,
  more: readonly string[] = [],
): void {
  const missing = [PROGRAM, ...more].filter((program) => !has(program));
  const obstacle = missing.length === 0 ? null : `not installed (${missing.join(", ")})`;
  testIf(obstacle, name, async () => {
    await using browser = await DashboardBrowser.start();
    await test(browser);
  });
}

/** A browser for one test. What its pages complain of is an error of the test. */
export class DashboardBrowser implements AsyncDisposable {
  /** Errors of pages and of the content security policy, and requests that went elsewhere than to the page's server. */
  readonly complaints: string[] = [];
  readonly #contexts: BrowserContext[] = [];

  private constructor(private readonly browser: Browser) {}

  static async start(): Promise<DashboardBrowser> {
    const path = (Deno.env.get("PATH") ?? "").split(":").map((folder) => `${folder}/${PROGRAM}`).find(isFile);
    const options = path === undefined ? {} : { executablePath: path };
    // Without it root cannot start it, and in containers nobody can.
    return new DashboardBrowser(await chromium.launch({ ...options, args: ["--no-sandbox"] }));
  }

  /** Opens an address, in a context of its own: nothing is shared with other pages. */
  async open(url: string, options: PageOptions = {}): Promise<Page> {
    const { width = 1440, height = 900, colours = "light", isPhone = false } = options;
    const context = await this.browser.newContext({
      viewport: { width, height },
      colorScheme: colours,
      hasTouch: isPhone,
      isMobile: isPhone,
    });
    this.#contexts.push(context);
    const page = await context.newPage();
    const { origin } = new URL(url);
    page.on("pageerror", (error) => this.complaints.push(`${error}`));
    page.on("console", (message) => {
      const text = message.text();
      // A refused token, and a proxy that is gone, are told by the browser, too.
      if (message.type() === "error" && !/^Failed to load resource/.test(text)) this.complaints.push(text);
    });
    page.on("request", (request) => {
      const to = request.url();
      if (!to.startsWith(origin) && !to.startsWith("data:")) this.complaints.push(`request to ${to}`);
    });
    await page.goto(url);
    return page;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const context of this.#contexts) await context.close();
    await this.browser.close();
    if (this.complaints.length > 0) throw new Error(`Pages complained: ${this.complaints.join("; ")}`);
  }
}

/** Keeps a picture of a page, in the directory that `FPROXY_TEST_PICTURES` names; nothing without it. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  if (PICTURES !== "") await page.screenshot({ path: `${PICTURES}/${name}.png` });
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
