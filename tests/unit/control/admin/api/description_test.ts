import assert from "node:assert/strict";
import { adminApp } from "../../../../../src/control/admin/app.ts";
import { apiRoutes } from "../../../../../src/control/admin/api/resources.ts";
import { accessBy } from "../../../../kit/access_rules.ts";
import { adminSource } from "../../../../kit/admin_source.ts";
import { LogLines } from "../../../../kit/log_lines.ts";
import { wholeStatus } from "../../../../kit/whole_status.ts";

const SOURCE = adminSource(wholeStatus);

async function get(path: string): Promise<Response> {
  const app = adminApp(SOURCE, accessBy(() => ""), new LogLines().log);
  const response = await app.request(path, { headers: { host: "localhost" } }, { remoteIp: "127.0.0.1" });
  assert.equal(response.status, 200);
  return response;
}

/** Values of all keys of this name, at any depth. */
function allOf(value: unknown, key: string): unknown[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap((
    [name, inner],
  ) => [...(name === key ? [inner] : []), ...allOf(inner, key)]);
}

Deno.test("the description has every route with its parameters, and every reference in it leads somewhere", async () => {
  const document = await (await get("/api/openapi.json")).json();
  assert.match(document.openapi, /^3\.1\./);
  for (const { method, path, params, query, body } of apiRoutes(SOURCE)) {
    const operation = document.paths[path]?.[method.toLowerCase()];
    assert.ok(operation !== undefined, `${method} ${path}`);
    const described = (operation.parameters ?? []).map(({ name }: { name: string }) => name).sort();
    assert.deepEqual(described, [...Object.keys(params.shape), ...Object.keys(query.shape)].sort(), path);
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    assert.deepEqual(inPath, Object.keys(params.shape), path);
    assert.equal(operation.requestBody !== undefined, body !== undefined, path);
    assert.ok(operation.responses["200"] !== undefined && operation.responses.default !== undefined);
  }
  const ids = allOf(document.paths, "operationId");
  assert.equal(new Set(ids).size, ids.length);
  const references = allOf(document, "$ref");
  assert.ok(references.length > 10);
  for (const reference of references) {
    const target = String(reference).replace(/^#\//, "").split("/")
      .reduce((inner: Record<string, unknown> | undefined, key) => inner?.[key] as typeof inner, document);
    assert.ok(target !== undefined, String(reference));
  }
});

Deno.test("the page for people has every route, and asks nobody else for anything", async () => {
  const response = await get("/api/docs");
  const page = await response.text();
  for (const { method, path } of apiRoutes(SOURCE)) {
    assert.ok(page.includes(`<code>${method} ${path}</code>`), path);
  }
  assert.doesNotMatch(page, /<script|<style|\sstyle=|\son\w+=|https?:\/\//);
  const policy = response.headers.get("content-security-policy") ?? "";
  assert.match(policy, /default-src 'none'; script-src 'self';/);
  assert.doesNotMatch(policy, /unsafe/);
  const links = [...page.matchAll(/(?:href|src)="(\/[^"]*)"/g)].map(([, link = ""]) => link);
  assert.deepEqual(links, ["/api/docs/style.css", "/api/openapi.json"]);
  for (const link of links) await (await get(link)).text();
  const anchors = [...page.matchAll(/href="#([^"]*)"/g)].map(([, id]) => id);
  for (const id of anchors) assert.ok(page.includes(`id="${id}"`), id);
});
