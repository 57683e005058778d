import assert from "node:assert/strict";
import type { FrontReplicas } from "../../../../../src/region/fronts/driver.ts";
import { renderJson, renderTemplate } from "../../../../../src/region/fronts/file/render.ts";

const REPLICAS: FrontReplicas = new Map([
  ["web", [
    { node: "n1", address: "10.0.0.1", port: 8001, zone: "a", weight: 1 },
    { node: "n2", address: "fd00::2", port: 8002, zone: "b&c", weight: 2 },
  ]],
  ["api", []],
]);

Deno.test("file front: JSON", () => {
  const text = renderJson(REPLICAS);
  assert.equal(text.endsWith("}\n"), true);
  assert.deepEqual(JSON.parse(text), {
    apps: [{ name: "web", replicas: REPLICAS.get("web") }, { name: "api", replicas: [] }],
  });
});

Deno.test("file front: a template, where nothing is taken for HTML", () => {
  const template = `{{#app.web.replicas}}
server {{endpoint}} weight={{weight}}; # {{node}} in {{zone}}
{{/app.web.replicas}}
{{^app.api.replicas}}
# api has none
{{/app.api.replicas}}
{{#apps}}{{name}}:{{#replicas}} {{address}}{{^last}},{{/last}}{{/replicas}};{{/apps}}
`;
  assert.equal(
    renderTemplate(template, REPLICAS),
    `server 10.0.0.1:8001 weight=1; # n1 in a
server [fd00::2]:8002 weight=2; # n2 in b&c
# api has none
web: 10.0.0.1, fd00::2;api:;
`,
  );
  assert.throws(() => renderTemplate("{{#apps}}", REPLICAS), /Unclosed section "apps"/);
});
