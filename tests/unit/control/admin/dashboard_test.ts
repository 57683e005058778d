import assert from "node:assert/strict";
import { adminApp } from "../../../../src/control/admin/app.ts";
import type { Status } from "../../../../src/control/daemon/status.ts";
import { accessBy } from "../../../kit/access_rules.ts";
import { adminSource } from "../../../kit/admin_source.ts";
import { LogLines } from "../../../kit/log_lines.ts";

const app = adminApp(
  adminSource(() => ({ apps: [] } as Partial<Status> as Status)),
  accessBy(() => "a token"),
  new LogLines().log,
);

async function get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return await app.request(path, { headers: { host: "127.0.0.1:9901", ...headers } });
}

Deno.test("the dashboard needs no token, has nothing inline, and loads from this server alone", async () => {
  const response = await get("/");
  assert.equal(response.status, 200);
  assert.match(response.headers.get("content-type") ?? "", /^text\/html/);
  assert.match(
    response.headers.get("content-security-policy") ?? "",
    /default-src 'none'; script-src 'self';/,
  );
  const page = await response.text();
  assert.doesNotMatch(page, /<style|\sstyle=|\son\w+=|https?:\/\/|<script(?![^>]*src=)/);
  const links = [...page.matchAll(/(?:href|src)="(\/dashboard\/[^"]*)"/g)].map(([, link = ""]) => link);
  assert.ok(links.length >= 3);
  for (const link of links) {
    const file = await get(link);
    assert.equal(file.status, 200, link);
    assert.ok((await file.text()).length > 0);
  }
});

Deno.test("the dashboard's files are sent again only when they have changed, and compressed to who takes that", async () => {
  const plain = await get("/dashboard/main.js");
  const etag = plain.headers.get("etag") ?? "";
  const text = await plain.text();
  assert.match(etag, /^W\/".+"$/);
  const same = await get("/dashboard/main.js", { "if-none-match": etag });
  assert.deepEqual([same.status, await same.text()], [304, ""]);
  const gzipped = await get("/dashboard/main.js", { "accept-encoding": "br, gzip;q=0.8" });
  assert.equal(gzipped.headers.get("content-encoding"), "gzip");
  const stream = gzipped.body?.pipeThrough(new DecompressionStream("gzip"));
  assert.equal(await new Response(stream).text(), text);
});

Deno.test("what is no file of the dashboard is none", async () => {
  for (
    const path of [
      "/dashboard/x.js",
      "/dashboard/index.html",
      "/dashboard/..%2fapp.ts",
      "/dashboard/__proto__",
    ]
  ) {
    const response = await get(path);
    assert.equal(response.status, 404, path);
    await response.text();
  }
});

Deno.test("who asks is told what it may do", async () => {
  const refused = await get("/api/v1/whoami");
  assert.equal(refused.status, 401);
  await refused.text();
  const known = await get("/api/v1/whoami", { authorization: "Bearer a token" });
  assert.deepEqual((await known.json()).role, "write");
});
