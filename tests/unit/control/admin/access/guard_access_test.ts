import assert from "node:assert/strict";
import { adminApp } from "../../../../../src/control/admin/app.ts";
import { Tokens } from "../../../../../src/control/admin/access/tokens.ts";
import type { ProblemBody } from "../../../../../src/control/admin/api/problem.ts";
import type { Status } from "../../../../../src/control/daemon/status.ts";
import type { AdminConfig } from "../../../../../src/model/config_admin.ts";
import { adminSource } from "../../../../kit/admin_source.ts";
import { FakeClock } from "../../../../kit/fake_clock.ts";
import { LogLines } from "../../../../kit/log_lines.ts";

const TOKENS: AdminConfig["tokens"] = [
  { name: "ops", role: "write", token: "change" },
  { name: "grafana", role: "read", token: "look" },
];

interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly tokens?: AdminConfig["tokens"];
  readonly isUnix?: boolean;
  readonly remoteIp?: string;
}

/** Status and, where it was refused, the problem's code. */
async function ask(asked: Asked = {}): Promise<[number, string]> {
  const { method = "GET", path = "/api/v1/log-level", headers = {}, tokens = [] } = asked;
  const { isUnix = false, remoteIp = "127.0.0.1" } = asked;
  const log = new LogLines().log;
  const known = new Tokens(new FakeClock(), log);
  known.configure({ token: "", tokens });
  const status = { apps: [], ready: true } as Partial<Status> as Status;
  const app = adminApp(
    adminSource(() => status),
    { tokens: known, hosts: () => new Set(["proxy.example"]) },
    log,
  );
  const response = await app.request(path, {
    method,
    headers: { host: "127.0.0.1:9901", "content-type": "application/json", ...headers },
    ...(method === "PUT" ? { body: '{"level": null}' } : {}),
  }, { remoteIp, isUnix });
  assert.equal(response.headers.get("access-control-allow-origin"), null);
  const text = await response.text();
  if (response.ok) return [response.status, ""];
  if (path.startsWith("/api")) {
    assert.equal(response.headers.get("content-type"), "application/problem+json");
  }
  const problem: ProblemBody = JSON.parse(text);
  assert.equal(problem.status, response.status);
  return [response.status, problem.code];
}

const OK = [200, ""];

Deno.test("with tokens a request without one, or with an unknown one, is refused", async () => {
  assert.deepEqual(await ask({ tokens: TOKENS }), [401, "unauthorized"]);
  for (const authorization of ["Bearer wrong", "Basic look", "look", "Bearer", "Bearer look look"]) {
    assert.deepEqual(
      await ask({ tokens: TOKENS, headers: { authorization } }),
      [401, "unauthorized"],
      authorization,
    );
  }
  assert.deepEqual(await ask({ tokens: TOKENS, isUnix: true }), [401, "unauthorized"]);
  assert.deepEqual(await ask({ tokens: TOKENS, headers: { authorization: "bearer look" } }), OK);
  assert.deepEqual(await ask({ tokens: TOKENS, path: "/livez" }), OK);
  assert.deepEqual(await ask({ tokens: TOKENS, path: "/readyz" }), OK);
});

Deno.test("a token for reading looks and changes nothing", async () => {
  const looks = { tokens: TOKENS, headers: { authorization: "Bearer look" } };
  assert.deepEqual(await ask(looks), OK);
  assert.deepEqual(await ask({ ...looks, method: "PUT" }), [403, "read_only"]);
  assert.deepEqual(await ask({ ...looks, path: "/api/v1/config/text" }), [403, "read_only"]);
  assert.deepEqual(await ask({ ...looks, path: "/api/v1/config/validate", method: "POST" }), [
    403,
    "read_only",
  ]);
  const changes = { tokens: TOKENS, headers: { authorization: "Bearer change" } };
  assert.deepEqual(await ask({ ...changes, method: "PUT" }), OK);
});

Deno.test("web pages of other sites may ask nothing, with a token or without", async () => {
  for (const tokens of [[], TOKENS]) {
    const authorization = tokens.length === 0 ? {} : { authorization: "Bearer change" };
    const from = (headers: Readonly<Record<string, string>>): Promise<[number, string]> =>
      ask({ tokens, headers: { ...authorization, ...headers } });
    for (const site of ["cross-site", "same-site", "anything"]) {
      assert.deepEqual(await from({ "sec-fetch-site": site }), [403, "cross_site"], site);
    }
    for (const origin of ["https://evil.example", "null", "http://127.0.0.1:8080", "http://localhost:9901"]) {
      assert.deepEqual(await from({ origin }), [403, "cross_site"], origin);
    }
    assert.deepEqual(await from({ "sec-fetch-site": "same-origin", origin: "http://127.0.0.1:9901" }), OK);
    assert.deepEqual(await from({ "sec-fetch-site": "none" }), OK);
  }
  assert.deepEqual(await ask({ method: "OPTIONS", headers: { origin: "https://evil.example" } }), [
    403,
    "cross_site",
  ]);
});

Deno.test("without a token the host must be one of the server's own", async () => {
  for (const host of ["evil.example", "evil.example:9901", "127.0.0.1.evil.example", "xlocalhost"]) {
    assert.deepEqual(await ask({ headers: { host } }), [421, "unknown_host"], host);
  }
  const own = [
    "127.0.0.1",
    "[::1]:9901",
    "10.0.0.7:9901",
    "localhost",
    "a.localhost:1",
    "Proxy.Example:9901",
  ];
  for (const host of own) assert.deepEqual(await ask({ headers: { host } }), OK, host);
  for (const host of ["", "a b", "a/b", "[::1", "user@127.0.0.1", "127.0.0.1:"]) {
    assert.deepEqual(await ask({ headers: { host } }), [400, "bad_host"], host);
  }
  const headers = { host: "evil.example", authorization: "Bearer look" };
  assert.deepEqual(await ask({ tokens: TOKENS, headers }), OK);
});

Deno.test("without a token only clients on the machine change anything; a unix socket is such a client", async () => {
  const change = { method: "PUT" };
  assert.deepEqual(await ask(change), OK);
  assert.deepEqual(await ask({ ...change, remoteIp: "192.0.2.7" }), [403, "token_needed"]);
  assert.deepEqual(await ask({ ...change, headers: { host: "10.0.0.7:9901" } }), [403, "token_needed"]);
  for (const name of ["forwarded", "x-forwarded-for", "via"]) {
    assert.deepEqual(await ask({ ...change, headers: { [name]: "x" } }), [403, "token_needed"], name);
  }
  assert.deepEqual(await ask({ ...change, isUnix: true, remoteIp: "", headers: { host: "whatever" } }), OK);
});
