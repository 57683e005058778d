import assert from "node:assert/strict";
import fc from "fast-check";
import { adminApp } from "../../../../src/control/admin/app.ts";
import { FileDocument } from "../../../../src/control/config/watching/config_document.ts";
import { accessBy } from "../../../kit/access_rules.ts";
import { adminSource } from "../../../kit/admin_source.ts";
import { AdminFixture, readToEnd, sendText } from "../../../kit/admin_fixture.ts";
import { LogLines } from "../../../kit/log_lines.ts";
import { wholeStatus } from "../../../kit/whole_status.ts";
import { within } from "../../../kit/within.ts";
import { testEnvironment } from "../config/test_environment.ts";

const PATHS = [
  "/api/v1/status",
  "/api/v1/names",
  "/api/v1/apps",
  "/api/v1/apps/web",
  "/api/v1/targets",
  "/api/v1/apps/web/targets",
  "/api/v1/apps/web/targets/10.0.0.1%3A80/override",
  "/api/v1/overrides",
  "/api/v1/config",
  "/api/v1/config/text",
  "/api/v1/config/validate",
  "/api/v1/rollouts",
  "/api/v1/rollouts/1",
  "/api/v1/log-level",
  "/api/status",
  "/api/openapi.json",
  "/api/docs",
  "/livez",
  "/readyz",
  "/readyz/web",
  "/",
];

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary" }),
  fc.constantFrom("..", "%", "%00", "%2f", "__proto__"),
);
const segment = text.map((one) => {
  try {
    return encodeURIComponent(one);
  } catch {
    return "%ff";
  }
});
const path = fc.oneof(
  fc.constantFrom(...PATHS),
  fc.tuple(fc.constantFrom(...PATHS), segment).map(([known, more]) => `${known}/${more}`),
  fc.array(segment, { maxLength: 6 }).map((parts) => `/api/v1/${parts.join("/")}`),
);
const queryName = fc.constantFrom(
  "limit",
  "cursor",
  "app",
  "health",
  "state",
  "ready",
  "part",
  "by",
  "x",
  "__proto__",
);
const query = fc.array(fc.tuple(queryName, segment), { maxLength: 4 })
  .map((pairs) => pairs.length === 0 ? "" : `?${pairs.map((pair) => pair.join("=")).join("&")}`);
const overrideBody = fc.record({
  state: fc.constantFrom("drain", "ready", null, "x", 1),
  weight: fc.oneof(fc.integer(), fc.string(), fc.constant(null)),
  for: fc.oneof(fc.string(), fc.constantFrom("1m", "1s")),
  level: fc.constantFrom("debug", "info", null, "x"),
  reason: text,
  by: text,
}, { requiredKeys: [] });
const body = fc.oneof(
  overrideBody.map((value) => JSON.stringify(value)),
  fc.json(),
  text,
  fc.constantFrom("apps: []", "apps: [{ name: web, ports: [1], targets: [a:1] }]", "admin: &a { x: *a }"),
);
const request = fc.record({
  method: fc.constantFrom("GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS", "PATCH", "TRACE2"),
  path,
  query,
  body,
  type: fc.constantFrom("application/json", "application/json; charset=x", "text/plain", ""),
  host: fc.constantFrom("127.0.0.1:9901", "localhost", "evil.example", "[::1]", ""),
  authorization: fc.constantFrom("", "Bearer secret", "Bearer", "Basic x"),
});

Deno.test("requests of all kinds never meet a fault", async () => {
  const log = new LogLines();
  const document = new FileDocument("no_such_file.yaml", testEnvironment({}), ["round_robin"]);
  const source = adminSource(wholeStatus, {
    document: {
      validate: (text) => document.validate(text),
      read: () => Promise.resolve({ text: "", hash: "a" }),
      replace: () => Promise.resolve(),
    },
  });
  const apps = [
    adminApp(source, accessBy(() => ""), log.log),
    adminApp(source, accessBy(() => "secret"), log.log),
  ];
  await fc.assert(
    fc.asyncProperty(request, fc.constantFrom(...apps), async (one, app) => {
      const hasBody = one.method !== "GET" && one.method !== "HEAD";
      const headers: Record<string, string> = { host: one.host };
      if (one.type !== "") headers["content-type"] = one.type;
      if (one.authorization !== "") headers["authorization"] = one.authorization;
      const init = { method: one.method, headers, ...(hasBody ? { body: one.body } : {}) };
      const response = await app.request(`${one.path}${one.query}`, init, { remoteIp: "127.0.0.1" });
      assert.ok(response.status < 500 || one.path.startsWith("/readyz"), `${response.status}`);
      // Dots in a path may lead out of it.
      const { pathname } = new URL(`http://localhost${one.path}`);
      if (response.status >= 400 && pathname.startsWith("/api/") && one.method !== "HEAD") {
        assert.equal(response.headers.get("content-type"), "application/problem+json");
        assert.equal((await response.json()).status, response.status);
      }
    }),
    { numRuns: 1_000 },
  );
  assert.deepEqual(log.lines.filter(({ level }) => level === "error"), []);
});

Deno.test("bytes of all kinds never meet a fault, and the server answers afterwards", async () => {
  await using fixture = await AdminFixture.start({ headMs: 20, bodyMs: 20 });
  const line = fc.oneof(
    fc.constantFrom(
      "GET /livez HTTP/1.1",
      "GET http://[ HTTP/1.1",
      "PUT /api/v1/log-level HTTP/1.1",
      "GET //api/v1/status HTTP/1.1",
      "OPTIONS * HTTP/1.1",
      "CONNECT a:1 HTTP/1.1",
      "Host: 127.0.0.1",
      "Host: a@b/c?d#e",
      "Host: [",
      "Upgrade: websocket",
      "Connection: Upgrade",
      "Expect: 100-continue",
      "Content-Length: 5",
      "Transfer-Encoding: chunked",
      "Content-Type: application/json",
      "Authorization: Bearer x",
      "",
      "5",
      "hello",
    ),
    fc.string(),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 8 }), async (lines) => {
      using connection = await fixture.connect();
      await sendText(connection, lines.map((one) => `${one}\r\n`).join("")).catch(() => {});
      const answer = await within("the end of the connection", readToEnd(connection));
      assert.doesNotMatch(answer, /^HTTP\/1\.1 5/m);
    }),
    { numRuns: 150 },
  );
  using connection = await fixture.connect();
  await sendText(connection, "GET /livez HTTP/1.0\r\nHost: localhost\r\n\r\n");
  assert.match(await readToEnd(connection), / 200 OK\r\n/);
  assert.deepEqual(fixture.log.messages, ["admin server listens"]);
});
