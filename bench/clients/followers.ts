/**
 * Followers of an admin server that behave like open dashboards, and a scraper. Prints a line of JSON, the list of what is
 * followed, and goes on until it is killed.
 * Arguments: port of the admin server on 127.0.0.1, number of dashboards, seconds between scrapes (0 for none).
 * @module
 */
import { sleep, systemClock } from "../../src/base/clock.ts";
import { follow } from "./follow.ts";

const [port = 0, dashboards = 0, scrapeS = 0] = Deno.args.map(Number);
const admin = `http://127.0.0.1:${port}`;

/** What a dashboard follows; each with the queries that this or an earlier version takes. */
const STREAMS = [
  [`${admin}/api/v1/samples?interval=500ms`],
  [`${admin}/api/v1/events?last=100`],
  [`${admin}/api/v1/access?rate=50`, `${admin}/api/v1/access`],
];

async function scrape(): Promise<never> {
  for (;;) {
    // While the proxy starts anew there is nothing to scrape.
    await fetch(`${admin}/metrics`).then((response) => response.text()).catch(() => "");
    await sleep(systemClock, scrapeS * 1000);
  }
}

const followed = await Promise.all(
  Array.from({ length: dashboards }, () => STREAMS.map((urls) => follow(urls, systemClock))).flat(),
);
const urls = new Set(followed.filter((url) => url !== null).map((url) => url.slice(admin.length)));
if (scrapeS > 0) void scrape();
Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify([...urls]) + "\n"));
